"""The small process that owns `postgres`: starts it, restarts it, and stops it when nobody uses it any more.

Run by `embedded.py` as `python -m event_scheduler.database.supervisor HOME TASK`; not meant to be typed.

The protocol of the lock and the control socket
-----------------------------------------------
`HOME/lock` is held by `flock` from the moment a starter decides to start a supervisor until that supervisor's last
breath: the starter takes it and the supervisor inherits the open file. So "locked" means that a supervisor lives (or
is about to), and "free" that none does, whatever was killed: the kernel gives the lock back.

`RUN/control` is a listening Unix socket, made by the starter under the lock. Every user of the database holds one
connection to it; the starter's own is a socket pair, so there is no moment without a user. The supervisor answers
with lines of JSON: `{"state": "preparing"}`, `{"state": "ready"}` (again after every restart) or
`{"state": "failed", "reason": …}`. A user leaves by closing its sending side. When the last one has left, the socket
is removed first, then PostgreSQL stopped, then the connection closed, then the lock freed. A starter that comes in
between finds no socket and a held lock, or an end of file before "ready": both mean "look again in a moment".
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from event_scheduler.database import postmaster

__all__ = ["LOG_LIMIT_BYTES", "Task", "main"]

LOG_LIMIT_BYTES = 1_000_000
"""The log is renamed to `supervisor.log.1` at this size, replacing the one before."""

_TICK_S = 0.02
_TOUCH_S = 3600  # cleaners of temporary folders take sockets that look unused for days
_STOP_STEPS = ((signal.SIGINT, 10.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 3.0))
_MAX_FAILED_STARTS = 5
_MAX_PAUSE_S = 2.0
_STEADY_S = 10.0
"""A run that lasted this long says that the one before it is no reason to wait."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """What a starter tells its supervisor, as JSON on the command line; no secrets."""

    run: str
    """The folder of the sockets: `control`, and PostgreSQL's in `pg/`."""

    bin_dir: str
    account: tuple[int, int] | None
    """The user and group that run PostgreSQL, when we are root."""

    lock: int
    """Inherited file, locked."""

    listener: int
    """Inherited listening socket."""

    user: int
    """Inherited connection of the starter."""

    settings: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Write it for `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Task":
        """Read what `to_json` wrote."""
        values = json.loads(text)
        account = values.pop("account")
        return cls(account=tuple(account) if account else None, **values)


class _Log:
    """Writes to standard error, which is the log file, and keeps that file small."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.last: deque[str] = deque(maxlen=40)

    def write(self, text: str) -> None:
        self.last.extend(text.splitlines())
        # A full disk must not end the supervisor.
        with contextlib.suppress(OSError):
            os.write(2, text.encode())
            if os.fstat(2).st_size > LOG_LIMIT_BYTES:
                self._rotate()

    def _rotate(self) -> None:
        owner = os.fstat(2)
        self._path.rename(self._path.with_name("supervisor.log.1"))
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if os.geteuid() == 0:
            os.fchown(file, owner.st_uid, owner.st_gid)
        os.dup2(file, 1)
        os.dup2(file, 2)
        os.close(file)


class _Supervisor:
    """One thread and one loop; nothing in it waits for a user."""

    def __init__(self, home: Path, task: Task) -> None:
        self._home = home
        self._data = home / "data"
        self._run = Path(task.run)
        self._task = task
        self._log = _Log(home / "supervisor.log")
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(fileno=task.listener)
        self._users: set[socket.socket] = set()
        self._wakeups, self._waker = socket.socketpair()
        self._postgres: subprocess.Popen[bytes] | None = None
        self._ready_since: float | None = None
        self._next_start = 0.0
        self._failed_starts = 0
        self._short_runs = 0
        self._stops: list[tuple[signal.Signals, float]] | None = None  # the steps left, once we are stopping
        self._stop_limit = 0.0

    def run(self) -> None:
        """Work until the last user has left or PostgreSQL proves unable to start."""
        self._watch_signals()
        self._watch(self._listener, self._accept)
        self._listener.setblocking(False)
        self._add_user(socket.socket(fileno=self._task.user))
        try:
            self._prepare()
            while self._step():
                for key, _ in self._selector.select(self._patience()):
                    key.data()
        except (OSError, postmaster.PrepareError, subprocess.SubprocessError) as error:
            self._fail(_sentence(error, self._home))
        finally:
            self._remove_control()
            if self._postgres is not None and self._postgres.poll() is None:
                self._postgres.send_signal(signal.SIGQUIT)
                self._postgres.wait(_STOP_STEPS[-1][1])

    def _prepare(self) -> None:
        postmaster.clear_leftovers(self._data, self._run / "pg")
        if not (self._data / "PG_VERSION").exists():
            self._tell("preparing")
            postmaster.initialize(self._home, Path(self._task.bin_dir), self._task.account, self._task.settings)

    def _patience(self) -> float:
        """How long to sleep when nothing happens, in seconds."""
        steady = self._ready_since is not None and self._stops is None
        return _TOUCH_S if steady else _TICK_S

    def _step(self) -> bool:
        """Do what time or the end of a child asks for; False once all is done."""
        now = time.monotonic()
        if self._postgres is not None and (status := self._postgres.poll()) is not None:
            self._ended(status, now)
        if self._stops is not None:
            return self._stop_step(now)
        if self._postgres is None and now >= self._next_start:
            self._start()
        elif self._ready_since is not None:
            with contextlib.suppress(OSError):
                os.utime(self._run / "control")
        elif self._postgres is not None and postmaster.is_ready(self._data, self._postgres.pid):
            self._ready_since, self._failed_starts = now, 0
            self._tell("ready")
        return True

    def _start(self) -> None:
        self._log.last.clear()
        task = self._task
        self._postgres = postmaster.start(self._data, self._run / "pg", Path(task.bin_dir), task.account, task.settings)
        output = self._postgres.stdout
        if output is not None:
            os.set_blocking(output.fileno(), False)
            self._watch(output, lambda: self._read(output))

    def _ended(self, status: int, now: float) -> None:
        """PostgreSQL has ended, by itself or killed: plan the next start, or give up."""
        if self._postgres is not None and self._postgres.stdout is not None:
            self._read(self._postgres.stdout)
        self._log.write(f"supervisor: postgres ended with status {status}\n")
        lived_s = 0.0 if self._ready_since is None else now - self._ready_since
        self._failed_starts += self._ready_since is None
        self._postgres, self._ready_since = None, None
        if self._stops is not None:
            return
        last = list(self._log.last)[:-1]
        if self._failed_starts >= _MAX_FAILED_STARTS:
            raise postmaster.PrepareError(postmaster.explain(last, self._home))
        # Backends of a killed postmaster take a moment to notice; until then their memory and files are in the way.
        postmaster.clear_leftovers(self._data, self._run / "pg")
        self._short_runs = 0 if lived_s > _STEADY_S else self._short_runs + 1
        pause_s = min(_MAX_PAUSE_S, 0.05 * 2**self._short_runs) if self._short_runs > 1 else 0.0
        self._next_start = time.monotonic() + pause_s

    def _stop_step(self, now: float) -> bool:
        """Fast, then immediate, then kill, each with its limit."""
        if self._postgres is None:
            return False
        if self._stops and now >= self._stop_limit:
            number, limit_s = self._stops.pop(0)
            self._postgres.send_signal(number)
            self._stop_limit = now + limit_s
        return True

    def _begin_stop(self) -> None:
        if self._stops is None:
            self._stops = list(_STOP_STEPS)
            self._remove_control()

    def _remove_control(self) -> None:
        """Take no more users. The lock is still ours, so the socket is, too."""
        if self._listener.fileno() != -1:
            (self._run / "control").unlink(missing_ok=True)
            self._selector.unregister(self._listener)
            self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError, ConnectionError):
            self._add_user(self._listener.accept()[0])

    def _add_user(self, user: socket.socket) -> None:
        user.setblocking(False)
        self._users.add(user)
        self._watch(user, lambda: self._hear(user))
        if self._ready_since is not None:
            self._send(user, "ready")

    def _hear(self, user: socket.socket) -> None:
        """Users never say anything; what can be read is the end."""
        with contextlib.suppress(BlockingIOError, ConnectionError):
            if user.recv(64):
                return
        self._selector.unregister(user)
        if len(self._users) > 1:
            self._users.remove(user)
            user.close()
        else:  # it hears the end of file when all is stopped
            self._begin_stop()

    def _read(self, output: IO[bytes]) -> None:
        """Move what PostgreSQL says to the log."""
        with contextlib.suppress(BlockingIOError, ValueError):
            while text := os.read(output.fileno(), 65536):
                self._log.write(text.decode(errors="replace"))
            self._selector.unregister(output)
            output.close()

    def _tell(self, state: str, reason: str = "") -> None:
        for user in self._users:
            self._send(user, state, reason)

    @staticmethod
    def _send(user: socket.socket, state: str, reason: str = "") -> None:
        with contextlib.suppress(OSError):
            user.send(json.dumps({"state": state, "reason": reason}).encode() + b"\n")

    def _fail(self, reason: str) -> None:
        self._log.write(f"supervisor: giving up: {reason}\n")
        self._tell("failed", reason)

    def _watch(self, source: socket.socket | IO[bytes], act: Callable[[], object]) -> None:
        self._selector.register(source, selectors.EVENT_READ, act)

    def _watch_signals(self) -> None:
        """Let the end of a child and a request to stop wake the loop."""
        for end in (self._wakeups, self._waker):
            end.setblocking(False)
        self._watch(self._wakeups, lambda: self._wakeups.recv(4096))
        signal.set_wakeup_fd(self._waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self._begin_stop())


def _sentence(error: Exception, home: Path) -> str:
    if isinstance(error, postmaster.PrepareError):
        return str(error)
    return f"PostgreSQL cannot be started in {home}: {getattr(error, 'strerror', None) or error}."


def main() -> None:
    """Supervise the cluster in the first argument as the second, a `Task`, says."""
    home, task = Path(sys.argv[1]), Task.from_json(sys.argv[2])
    # A child of the application would stay as a zombie when it ends before the application does; nobody waits for an
    # orphan but init. The lock and the sockets go along.
    if os.fork():
        os._exit(0)
    _Supervisor(home, task).run()


if __name__ == "__main__":
    main()
