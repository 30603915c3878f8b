"""The bundled PostgreSQL: there as long as somebody uses it, gone afterwards, whatever gets killed on the way.

`embedded_postgres` starts a supervisor (`supervisor.py`, which explains the protocol) or joins the one that runs.
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
import site
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import asyncpg
from typing_extensions import override

from event_scheduler.database import cluster
from event_scheduler.database.binaries import (
    Binaries,
    EmbeddedPostgresError,
    copy_binaries,
    find_binaries,
    is_runnable,
)
from event_scheduler.database.postmaster import PORT
from event_scheduler.database.supervisor import Task

__all__ = ["ROOT_BASE", "EmbeddedPostgresError", "EmbeddedServer", "embedded_postgres"]

ROOT_BASE = Path("/var/lib/event-scheduler")
"""Where root's clusters and programs lie when PostgreSQL's user cannot reach them in their own places."""

_START_LIMIT_S = 120
"""How long to wait for a server that is being made, started, recovered or stopped."""

_STOP_LIMIT_S = 20
_MAX_PAUSE_S = 30.0
_POLL_S = 0.02

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """A running PostgreSQL that only this user of this machine can connect to."""

    socket_dir: Path
    """The folder of PostgreSQL's Unix socket."""

    port: int
    """Part of the socket's name; nothing listens on TCP."""

    password: str = field(repr=False)
    """Of the superuser `postgres`."""

    def url(self, database: str) -> str:
        """The address of a database, as libpq, asyncpg and SQLAlchemy take it; the same after every restart."""
        host = quote(str(self.socket_dir), safe="/")
        return f"postgresql://postgres:{self.password}@/{quote(database, safe='')}?host={host}&port={self.port}"

    def create_database(self, name: str) -> None:
        """Create a database unless it exists; several processes may do so at once.

        Raises:
            EmbeddedPostgresError: The server did not do it within a minute.
        """
        failure: list[Exception] = []

        def create() -> None:
            try:
                asyncio.run(asyncio.wait_for(_create_database(self.url("postgres"), name), 60))
            except (OSError, TimeoutError, asyncpg.PostgresError) as error:
                failure.append(error)

        # In a thread of its own, since the caller's may have a running event loop.
        thread = threading.Thread(target=create, name="create-database")
        thread.start()
        thread.join()
        if failure:
            raise EmbeddedPostgresError(f"The database {name} cannot be created: {failure[0]}.") from failure[0]


@contextmanager
def embedded_postgres(
    data_dir: Path,
    *,
    report: Callable[[str], None] = lambda _: None,
    settings: Mapping[str, str] | None = None,
    binaries: Binaries | None = None,
    root_base: Path = ROOT_BASE,
) -> Iterator[EmbeddedServer]:
    """Run the bundled PostgreSQL while the context is open, sharing it with every process that does the same.

    It survives the death of any of its processes: a killed PostgreSQL is back within seconds, and so is a killed
    supervisor. After the last context is closed, or its process killed, nothing is left running. Processes made by a
    bare `os.fork` inside the context count as users until they end.

    Args:
        data_dir: The cluster lies in its folder `postgres`, or is linked from there.
        report: Called with one line before a step that may take over a second.
        settings: Of `postgresql.conf`, on top of ours; those of whoever starts the server count.
        binaries: The PostgreSQL to run instead of the one that `find_binaries` finds.
        root_base: Where root keeps what PostgreSQL's user could not reach elsewhere.

    Raises:
        EmbeddedPostgresError: It cannot run; the message says why in one sentence.
    """
    starter = _Starter(data_dir, report, dict(settings or {}), binaries, root_base)
    holder = _Holder(starter, starter.connect())
    holder.start()
    try:
        yield starter.server()
    finally:
        holder.stop()


class _Starter:
    """Joins the server of one data directory, or starts it."""

    def __init__(
        self,
        data_dir: Path,
        report: Callable[[str], None],
        settings: dict[str, str],
        binaries: Binaries | None,
        root_base: Path,
    ) -> None:
        self._report = report
        self._settings = settings
        self._binaries = binaries
        self._root_base = root_base
        with _plainly(data_dir):
            self._home = cluster.locate(data_dir, root_base=root_base, report=report)

    def connect(self) -> socket.socket:
        """Return a connection to a supervisor whose PostgreSQL is ready.

        Raises:
            EmbeddedPostgresError: It cannot run, or not within two minutes.
        """
        deadline = time.monotonic() + _START_LIMIT_S
        with _plainly(self._home):
            while time.monotonic() < deadline:
                user = self._join() or self._start()
                if user is not None and self._await_ready(user, deadline):
                    return user
                time.sleep(_POLL_S)
        raise EmbeddedPostgresError(f"PostgreSQL in {self._home} was not ready within {_START_LIMIT_S} seconds.")

    def server(self) -> EmbeddedServer:
        """Describe the server that was connected to."""
        with _plainly(self._home):
            run = cluster.find_run(self._home)
            if run is None:
                raise EmbeddedPostgresError(f"The sockets of {self._home} were removed.")
            return EmbeddedServer(run / "pg", PORT, cluster.read_password(self._home))

    def _join(self) -> socket.socket | None:
        """Connect to the supervisor that runs, if one does."""
        run = cluster.find_run(self._home)
        if run is None:
            return None
        user = socket.socket(socket.AF_UNIX)
        user.settimeout(1)
        try:
            user.connect(str(run / "control"))
        except (FileNotFoundError, ConnectionError, TimeoutError):
            user.close()
            return None
        return user

    def _start(self) -> socket.socket | None:
        """Start a supervisor, unless one lives (or another starter is about to); see there for the lock."""
        lock = os.open(self._home / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        else:
            return self._launch(lock)
        finally:
            os.close(lock)

    def _launch(self, lock: int) -> socket.socket:
        account = cluster.find_account(self._home)
        binaries = self._choose_binaries(account)
        cluster.read_password(self._home)
        run = cluster.make_folders(self._home, account)
        control = run / "control"
        control.unlink(missing_ok=True)
        ours, theirs = socket.socketpair()
        with socket.socket(socket.AF_UNIX) as listener, theirs:
            listener.bind(str(control))
            control.chmod(0o600)
            listener.listen(64)
            task = Task(
                run=str(run),
                bin_dir=str(binaries.bin_dir),
                account=(account.uid, account.gid) if account else None,
                lock=lock,
                listener=listener.fileno(),
                user=theirs.fileno(),
                settings=self._settings,
            )
            try:
                _spawn(self._home, task)
            except BaseException:
                ours.close()
                raise
        return ours

    def _choose_binaries(self, account: cluster.Account | None) -> Binaries:
        major = cluster.find_major(self._home)
        given = None if self._binaries is None else [self._binaries]
        binaries = find_binaries(major=major, candidates=given)
        if account is None or is_runnable(binaries, account):
            return binaries
        if not (self._root_base / f"postgresql-{binaries.release}").exists():
            self._report(f"Copying PostgreSQL to {self._root_base}, where its user {account.name} can run it")
        return copy_binaries(binaries, self._root_base)

    def _await_ready(self, user: socket.socket, deadline: float) -> bool:
        """Wait for the supervisor's word; False if it ended instead, so that one has to look again."""
        heard = b""
        while (left_s := deadline - time.monotonic()) > 0:
            user.settimeout(left_s)
            try:
                piece = user.recv(4096)
            except (TimeoutError, ConnectionError):
                piece = b""
            if not piece:
                break
            heard += piece
            *lines, heard = heard.split(b"\n")
            for line in lines:
                word = json.loads(line)
                if word["state"] == "ready":
                    user.settimeout(None)
                    return True
                if word["state"] == "failed":
                    user.close()
                    raise EmbeddedPostgresError(word["reason"])
                self._report(f"Preparing the database in {self._home} (first start)")
        user.close()
        return False


class _Holder(threading.Thread):
    """Keeps the connection that keeps the server alive, and replaces it when the supervisor was killed."""

    def __init__(self, starter: _Starter, connection: socket.socket) -> None:
        super().__init__(name="embedded-postgres", daemon=True)
        self._starter = starter
        self._connection = connection
        self._leaving = threading.Event()
        self._mutex = threading.Lock()

    @override
    def run(self) -> None:
        """Wait for the end of each connection; the one we asked for is the last."""
        while True:
            with contextlib.suppress(OSError):
                while self._connection.recv(4096):
                    pass
            self._connection.close()
            if self._leaving.is_set() or not self._connect_again():
                return

    def stop(self) -> None:
        """Leave; if nobody else uses the server, return when it has stopped, after 20 seconds at the latest."""
        with self._mutex:
            self._leaving.set()
            self._hang_up()
        self.join(_STOP_LIMIT_S)

    def _connect_again(self) -> bool:
        pause_s = 0.0
        while not self._leaving.wait(pause_s):
            try:
                connection = self._starter.connect()
            except EmbeddedPostgresError as error:
                if not pause_s:
                    _log.warning("the embedded PostgreSQL is away: %s", error)
                pause_s = min(_MAX_PAUSE_S, max(0.2, pause_s * 2))
                continue
            _log.info("the embedded PostgreSQL was started again")
            with self._mutex:
                self._connection = connection
                if self._leaving.is_set():
                    self._hang_up()
            return True
        return False

    def _hang_up(self) -> None:
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_WR)


def _spawn(home: Path, task: Task) -> None:
    """Start the supervisor with the lock and the sockets; it detaches itself, so this returns at once."""
    log = os.open(home / "supervisor.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        if os.geteuid() == 0:
            owner = home.stat()
            os.fchown(log, owner.st_uid, owner.st_gid)
        done = subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, "-P", "-m", "event_scheduler.database.supervisor", str(home), task.to_json()],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=(task.lock, task.listener, task.user),
            cwd="/",
            env=_environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for the application alone
            timeout=_START_LIMIT_S,
        )
    except subprocess.TimeoutExpired:
        raise EmbeddedPostgresError(f"The database's supervisor did not start in {home}.") from None
    finally:
        os.close(log)
    if done.returncode != 0:
        raise EmbeddedPostgresError(f"The database's supervisor does not start; see {home / 'supervisor.log'}.")


def _environment() -> dict[str, str]:
    """Only what Python, coverage and PostgreSQL's libraries need: no setting or secret of the application."""
    prefixes = ("PYTHON", "COVERAGE", "LD_", "DYLD_", "LC_")
    kept = {name: value for name, value in os.environ.items() if name.startswith(prefixes)}
    kept |= {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LANG", "SYSTEMROOT") if name in os.environ}
    # We may have been found through sys.path alone, which a new process does not inherit.
    source = str(Path(__file__).resolve().parents[2])
    if source not in {*site.getsitepackages(), site.getusersitepackages()}:
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [source, kept.get("PYTHONPATH")]))
    return kept


async def _create_database(url: str, name: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
            quoted = name.replace('"', '""')
            # Unlike template1, nobody can be connected to template0, which would make this fail.
            with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                await connection.execute(f'CREATE DATABASE "{quoted}" TEMPLATE template0')
    finally:
        await connection.close()


@contextmanager
def _plainly(place: Path) -> Iterator[None]:
    """Say in one sentence which folder cannot be used, and why."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise EmbeddedPostgresError(f"The database cannot be kept in {error.filename or place}: {why}.") from error
