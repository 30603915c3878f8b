"""One run of the `postgres` program: what must be cleared away before it, how it is started, and why it ended.

Imports nothing but the standard library, so that the supervisor starts quickly and stays small.
"""

import contextlib
import ctypes
import locale
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["PORT", "PrepareError", "clear_leftovers", "explain", "initialize", "is_ready", "start"]

PORT = 5432
"""Only part of the socket's name: the socket's folder is private to one cluster and nothing listens on TCP."""

_INITDB_LIMIT_S = 120
_FAST_STOP_LIMIT_S = 10
_QUICK_STOP_LIMIT_S = 1.5
_POLL_S = 0.02
_PR_SET_PDEATHSIG = 1
_FIRST_WITH_BUILTIN_LOCALES = 17

_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "logging_collector": "off",
    "log_destination": "stderr",
    "lc_messages": "C",  # explain() reads the messages
    "timezone": "UTC",
    "log_timezone": "UTC",
}

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class PrepareError(Exception):
    """The cluster cannot be made or used; the message is one sentence for the person at the terminal."""


def initialize(home: Path, bin_dir: Path, account: tuple[int, int] | None, settings: Mapping[str, str]) -> None:
    """Make the cluster `home/data`, superuser `postgres`, with the password in `home/password`.

    It is made beside its place and renamed when it is whole, so a process killed on the way leaves nothing that
    counts; what such a process left is removed here.

    Raises:
        PrepareError: initdb failed or took longer than two minutes.
        OSError: The folder cannot be written.
    """
    for leftover in home.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix="new-", dir=home))
    try:
        _fill(staging, home / "password", bin_dir, account, settings)
        (staging / "data").rename(home / "data")
        _sync(home)
    finally:  # on a full disk, what is not whole would only be in the way
        shutil.rmtree(staging, ignore_errors=True)


def start(
    data: Path, socket_dir: Path, bin_dir: Path, account: tuple[int, int] | None, settings: Mapping[str, str]
) -> subprocess.Popen[bytes]:
    """Start `postgres` as our child; its log is the pipe `stdout`.

    On Linux the kernel stops it (fast: no client is waited for) as soon as this process is gone, however it went.
    """
    command = [str(bin_dir / "postgres"), "-D", str(data), "-p", str(PORT), "-k", str(socket_dir)]
    for name, value in {**_SETTINGS, **settings}.items():
        command += ["-c", f"{name}={value}"]
    return subprocess.Popen(  # noqa: S603 - our own command line
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=_environment(),
        cwd="/",
        start_new_session=True,
        preexec_fn=_die_with_parent(signal.SIGINT),  # noqa: PLW1509 - this process has one thread
        **_as(account),
    )


def is_ready(data: Path, pid: int) -> bool:
    """Tell whether the postmaster with this pid takes connections, by what it writes into `postmaster.pid`."""
    lines = _pid_file(data)
    return lines[:1] == [str(pid)] and lines[7:8] == ["ready"]


def clear_leftovers(data: Path, socket_dir: Path) -> None:
    """Stop every PostgreSQL process that still works on this directory, then remove the files that name it.

    Only the holder of the cluster's lock may call this: whatever runs on the directory then belongs to a supervisor
    that is gone. A lock file whose pid belongs to something else by now would make PostgreSQL refuse to start, so
    once nothing of ours is left, these files are removed without touching that other process.

    Raises:
        PrepareError: A process did not go even when killed.
    """
    main = _postmaster_pid(data)
    if main is not None and main in _processes(data):
        _signal({main}, signal.SIGINT)
        _wait_until(lambda: main not in _processes(data), _FAST_STOP_LIMIT_S)
    for number, limit_s in ((signal.SIGQUIT, _QUICK_STOP_LIMIT_S), (signal.SIGKILL, _QUICK_STOP_LIMIT_S)):
        _signal(_processes(data), number)
        _wait_until(lambda: not _processes(data), limit_s)
    if left := _processes(data):
        raise PrepareError(f"PostgreSQL processes of an earlier run cannot be stopped: {sorted(left)}.")
    for path in (data / "postmaster.pid", *socket_dir.glob(".s.PGSQL.*")):
        path.unlink(missing_ok=True)


def explain(lines: Iterable[str], home: Path) -> str:
    """Make one sentence of the last lines that PostgreSQL or initdb wrote."""
    text = list(lines)
    if any("No space left on device" in line for line in text):
        return f"PostgreSQL cannot start because the disk is full ({home})."
    telling = [line for line in text if re.search(r"\b(PANIC|FATAL|ERROR|error):", line)] or text[-1:]
    words = re.sub(r"^.*?\b(PANIC|FATAL|ERROR|error):\s*", "", telling[-1]).strip() if telling else "it said nothing"
    return f"PostgreSQL does not start: {words} (more in {home / 'supervisor.log'})."


def _fill(
    staging: Path, secret: Path, bin_dir: Path, account: tuple[int, int] | None, settings: Mapping[str, str]
) -> None:
    data, password = staging / "data", staging / "password"
    data.mkdir(mode=0o700)
    password.touch(mode=0o600)
    password.write_bytes(secret.read_bytes())
    if account is not None:
        for path in (data, password, staging):
            os.chown(path, *account)
    try:
        done = _run([*_initdb(bin_dir, settings), f"--pwfile={password}", "-D", str(data)], account)
    except subprocess.TimeoutExpired:
        raise PrepareError(f"initdb took longer than {_INITDB_LIMIT_S} seconds in {secret.parent}.") from None
    if done.returncode != 0:
        sys.stderr.write(done.stdout)
        raise PrepareError(explain(done.stdout.splitlines(), secret.parent))


def _processes(data: Path) -> set[int]:
    """The live PostgreSQL processes on this directory, without our own unreaped children.

    Every one of them has it as its working directory; a process title can be changed, this cannot be mistaken.
    Where there is no /proc, the postmaster is known by its pid file and `ps`; its orphans end by themselves.
    """
    if not Path("/proc/self/cwd").exists():
        return _processes_by_ps(data)
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "cwd").readlink() == data and (process / "comm").read_text().startswith("postgres"):
                found.add(int(process.name))
    return found


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _wait_until(is_so: Callable[[], bool], limit_s: float) -> None:
    deadline = time.monotonic() + limit_s
    while not is_so() and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def _processes_by_ps(data: Path) -> set[int]:
    pid = _postmaster_pid(data)
    if pid is None or shutil.which("ps") is None:
        return set()
    answer = _run(["ps", "-o", "stat=,command=", "-p", str(pid)], None).stdout
    is_ours = "postgres" in answer and f"-D {data}" in answer and not answer.startswith("Z")
    return {pid} if is_ours else set()


def _postmaster_pid(data: Path) -> int | None:
    first = _pid_file(data)[:1]
    return int(first[0]) if first and first[0].isdigit() else None


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text(errors="replace").splitlines()]
    except OSError:
        return []


def _initdb(bin_dir: Path, settings: Mapping[str, str]) -> list[str]:
    command = [str(bin_dir / "initdb"), "--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"]
    command += ["--data-checksums", "--no-instructions", "--locale=C"]
    # Full-text search and pg_trgm ask LC_CTYPE, not the provider, what a letter is: with C only ASCII would count.
    for name in ("C.UTF-8", "en_US.UTF-8"):
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_CTYPE, name)
            command.append(f"--lc-ctype={name}")
            break
    version = _run([str(bin_dir / "initdb"), "--version"], None).stdout
    if int((re.search(r"\) (\d+)", version) or ["", "0"])[1]) >= _FIRST_WITH_BUILTIN_LOCALES:
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if settings.get("fsync") == "off":
        command.append("--no-sync")
    return command


def _run(command: list[str], account: tuple[int, int] | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command line
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=_INITDB_LIMIT_S,
        env=_environment(),
        cwd="/",
        preexec_fn=_die_with_parent(signal.SIGKILL),
        **_as(account),
    )


def _as(account: tuple[int, int] | None) -> dict[str, Any]:
    """The arguments of `subprocess` that give up all groups, the group and the user, in this order."""
    if account is None:
        return {}
    return {"user": account[0], "group": account[1], "extra_groups": [], "umask": 0o077}


def _environment() -> dict[str, str]:
    """Nothing of the application's settings and secrets; only what the programs need to find their libraries."""
    kept = {name: value for name, value in os.environ.items() if name in {"LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"}}
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC", **kept}


def _die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """What the child does before it becomes another program: ask the kernel for a signal when we are gone.

    `subprocess` calls it after changing the user, which would have cancelled the request. Should we have ended before
    the request was made, nobody would send the signal: the child sees that by its new parent and ends itself.
    """
    if _libc is None:
        return None
    prctl, parent = _libc.prctl, os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask


def _sync(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
