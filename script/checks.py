"""The checks that run no test; `script/check` calls this with the environment's Python.

Usage: checks.py [name ...]   without names, all of them, in the order below
"""

import os
import re
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

__all__ = ["main"]

ROOT = Path(__file__).resolve().parents[1]
RUN, DEV = ROOT / "requirements-run.txt", ROOT / "requirements.txt"
LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"
NOT_OURS = ("src/event_scheduler/api/static/vendor/",)
"""Copied from other projects byte by byte, with digests."""

Check = Callable[[], Iterator[str]]
"""Yields one line for each fault."""


def main(names: list[str]) -> int:
    """Run the named checks, or all.

    Returns:
        The exit status: 0 if no fault was found, 1 if there were any, 2 for an unknown name.
    """
    if unknown := sorted(set(names) - set(CHECKS)):
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(CHECKS)}", file=sys.stderr)
        return 2
    bad = []
    for name in names or CHECKS:
        faults = list(CHECKS[name]())
        print(f"{name:12} {'ok' if not faults else 'FAILED'}", flush=True)
        for fault in faults:
            print(f"  {fault}", flush=True)
        bad += [name] if faults else []
    if bad:
        print(f"failed: {', '.join(bad)}", file=sys.stderr)
    return 1 if bad else 0


def check_lint() -> Iterator[str]:
    """Ruff's rules."""
    return _run(sys.executable, "-m", "ruff", "check", "--output-format=concise", ".")


def check_format() -> Iterator[str]:
    """Ruff's layout."""
    return _run(sys.executable, "-m", "ruff", "format", "--check", "--output-format=concise", ".")


def check_types() -> Iterator[str]:
    """Types, strictly, tests and scripts included."""
    yield from _run(sys.executable, "-m", "mypy")
    scripts = sorted(str(path) for path in (ROOT / "script").glob("*.py"))
    yield from _run(sys.executable, "-m", "mypy", *scripts)


def check_layers() -> Iterator[str]:
    """Imports point down only, and the other contracts of import-linter."""
    return _run(sys.executable, "-c", LINT_IMPORTS)


def check_shell() -> Iterator[str]:
    """Shell scripts can be parsed and executed."""
    for path in sorted([*(ROOT / "script").iterdir(), *(ROOT / ".ci").glob("*")]):
        first = path.read_bytes().partition(b"\n")[0].decode(errors="replace") if path.is_file() else ""
        if not first.startswith("#!"):
            continue
        if not path.stat().st_mode & stat.S_IXUSR:
            yield f"{path.relative_to(ROOT)} is not executable"
        if first.endswith(("sh", "bash")):
            yield from _run("bash" if first.endswith("bash") else "sh", "-n", str(path))


def check_locks() -> Iterator[str]:
    """The requirements files answer to pyproject.toml and to each other; looked at without a network."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run, dev = _read_pins(RUN), _read_pins(DEV)
    if (ROOT / "uv.lock").exists():
        yield "uv.lock: the requirements files are the lock; remove it"
    for path, pins in ((RUN, run), (DEV, dev)):
        yield from _check_pins(path, pins)
    wanted = project["project"]["dependencies"]
    for path, pins, requirements in (
        (RUN, run, wanted),
        (DEV, dev, [*wanted, *project["dependency-groups"]["dev"], *project["build-system"]["requires"]]),
    ):
        yield from _check_requirements(path, pins, requirements)
    for name in sorted(run):
        if run[name] != dev.get(name):
            yield f"{name}: requirements.txt and requirements-run.txt differ; run script/lock"


def check_text() -> Iterator[str]:
    """Every text ends in one newline, without blanks at line ends, carriage returns or marks of a merge."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - wherever git is
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in sorted({name for name in listed.stdout.decode().split("\0") if name}):
        path = ROOT / name
        if name.startswith(NOT_OURS) or path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        if b"\0" not in data:
            yield from (f"{name}: {fault}" for fault in _find_text_faults(data))


def _find_text_faults(data: bytes) -> Iterator[str]:
    if data and (not data.endswith(b"\n") or data.endswith(b"\n\n")):
        yield "does not end in one newline"
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.endswith((b" ", b"\t")):
            yield f"line {number} ends in blanks"
        if line.endswith(b"\r"):
            yield f"line {number} ends in a carriage return"
        if line.startswith((b"<<<<<<< ", b">>>>>>> ")):
            yield f"line {number} is the mark of a merge"


Pin = tuple[str, str, frozenset[str]]
"""Version, marker or "", and hashes."""


def _read_pins(path: Path) -> dict[str, list[Pin]]:
    """Read what a requirements file pins, by canonical name; one name may be there once for each kind of platform."""
    pins: dict[str, list[Pin]] = {}
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        requirement, *hashes = re.split(r"\s+--hash=", line.strip())
        if requirement and not requirement.startswith(("#", "-")):
            parsed = Requirement(requirement)
            version = str(parsed.specifier).removeprefix("==")
            pin = (version, str(parsed.marker or ""), frozenset(value.strip() for value in hashes))
            pins.setdefault(canonicalize_name(parsed.name), []).append(pin)
    return pins


def _check_pins(path: Path, pins: dict[str, list[Pin]]) -> Iterator[str]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if "://" in line or re.match(r"\s*(-[a-z]|--(?!hash=))", line) or " @ " in line:
            yield f"{path.name}:{number} names a place to download from, or an option: {line.strip()}"
    for name, versions in pins.items():
        for version, _, hashes in versions:
            if not re.fullmatch(r"[\w.!+]+", version):
                yield f"{path.name}: {name} is not pinned to one version"
            if not hashes or not all(value.startswith("sha256:") for value in hashes):
                yield f"{path.name}: {name} has no sha256"


def _check_requirements(path: Path, pins: dict[str, list[Pin]], requirements: list[str]) -> Iterator[str]:
    for text in requirements:
        wanted = Requirement(text)
        versions = [version for version, _, _ in pins.get(canonicalize_name(wanted.name), [])]
        if not versions or not all(
            wanted.specifier.contains(Version(version), prereleases=True) for version in versions
        ):
            found = ", ".join(versions) or "nothing"
            yield f"{path.name}: pyproject.toml wants {text}, pinned is {found}; run script/lock"


def _run(*command: str) -> Iterator[str]:
    """Run a program in the project's folder and yield what it said if it failed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},  # this checkout's, wherever else the package may be found
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
    )
    if done.returncode != 0:
        lines = (done.stdout + done.stderr).strip().splitlines()
        yield from lines or [f"{command[0]} ended with {done.returncode}"]


CHECKS: dict[str, Check] = {
    "shell": check_shell,
    "text": check_text,
    "locks": check_locks,
    "lint": check_lint,
    "format": check_format,
    "layers": check_layers,
    "types": check_types,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
