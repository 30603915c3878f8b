"""The commands as real processes, and what may stand between them and their database or upstream."""

import asyncio
import contextlib
import io
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import psutil

from event_scheduler.cli.main import main
from tests.support.embedded import run_sql, wait_until
from tests.support.service import KEY

__all__ = [
    "SECRET",
    "Forwarder",
    "Running",
    "clean_environment",
    "find_free_port",
    "forwarding",
    "live_family",
    "new_database",
    "real_settings",
    "run",
    "run_inside",
    "running",
    "through_tcp",
]

SECRET = "canary-secret-of-the-tests-0123456789-abcdef"
START_LIMIT_S = 60
STOP_LIMIT_S = 30

_SOURCE = Path(__file__).parents[2] / "src"
_numbers = itertools.count()


def real_settings(*, database_url: str | None, upstream_url: str) -> dict[str, str]:
    """What `serve` needs."""
    needed = {"TICKETMASTER_API_KEY": KEY, "TICKETMASTER_BASE_URL": upstream_url, "SECRET_KEY": SECRET}
    return needed | ({"DATABASE_URL": database_url} if database_url else {})


def clean_environment(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """Nothing of this process' environment but what Python, its libraries and coverage need."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "LD_", "PYTHON"))}
    kept |= {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    return {**kept, "HOME": str(folder), "PYTHONPATH": str(_SOURCE), **settings}


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "event_scheduler", *arguments]


def run(*arguments: str, folder: Path, settings: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        _command(*arguments),
        cwd=folder,
        env=clean_environment(folder, settings or {}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=START_LIMIT_S,
    )


def run_inside(*arguments: str, folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in this process: for what needs no second process, and is asked for many times."""
    kept, place, argv = dict(os.environ), Path.cwd(), sys.argv
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    out, err = io.StringIO(), io.StringIO()
    try:
        os.environ.clear()
        os.environ.update(clean_environment(folder, settings))
        os.chdir(folder)
        sys.argv = ["event-scheduler", *arguments]
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
        status: object = 0
    except SystemExit as ended:
        status = ended.code or 0
    finally:
        os.environ.clear()
        os.environ.update(kept)
        os.chdir(place)
        sys.argv = argv
        for number, handler in handlers.items():
            signal.signal(number, handler)
    assert isinstance(status, int)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


class Running:
    """A command that serves on a port, until it is stopped or killed."""

    def __init__(self, *arguments: str, folder: Path, settings: dict[str, str], port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._outputs = [folder / f"{next(_numbers)}.{name}" for name in ("out", "err")]
        with self._outputs[0].open("wb") as out, self._outputs[1].open("wb") as err:
            self.process = subprocess.Popen(
                _command(*arguments),
                cwd=folder,
                env=clean_environment(folder, settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )
        self._began = time.monotonic()
        self._client = httpx2.Client(base_url=self.url, timeout=START_LIMIT_S, trust_env=False)

    @property
    def said(self) -> str:
        """Standard output so far."""
        return self._outputs[0].read_text()

    @property
    def log(self) -> str:
        """Standard error so far."""
        return self._outputs[1].read_text()

    def logged(self, event: str) -> list[dict[str, Any]]:
        """The log lines of one event."""
        lines = [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]
        return [line for line in lines if line["event"] == event]

    def get(self, path: str, **query: object) -> httpx2.Response:
        return self._client.get(path, params={name: str(value) for name, value in query.items()})

    def find_status(self, path: str) -> int | None:
        """The status of an answer; `None` if nobody answers."""
        try:
            return self._client.get(path).status_code
        except httpx2.TransportError:
            return None

    def await_status(self, path: str, status: int = 200, *, limit_s: float = START_LIMIT_S) -> float:
        """Wait for an answer; returns the seconds since the process was started."""

        def is_so() -> bool:
            assert self.process.poll() is None, f"it ended with {self.process.returncode}: {self.log}"
            return self.find_status(path) == status

        wait_until(is_so, limit_s)
        return time.monotonic() - self._began

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, and return the exit status."""
        self.process.send_signal(number)
        return self.process.wait(STOP_LIMIT_S)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(STOP_LIMIT_S)

    def end(self) -> None:
        """Stop it if it still runs, by force if it does not listen."""
        self._client.close()
        try:
            if self.process.poll() is None:
                self.stop()
        finally:
            # Its session holds nothing but what it started, such as workers.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_LIMIT_S)


@contextmanager
def running(
    *arguments: str, folder: Path, settings: dict[str, str] | None = None, port: int | None = None
) -> Iterator[Running]:
    """Start a command on a free port, or on the given one; it need not answer yet."""
    port = port or find_free_port()
    started = Running(*arguments, "--port", str(port), folder=folder, settings=settings or {}, port=port)
    try:
        yield started
    finally:
        started.end()


def live_family(parent: psutil.Process) -> Callable[[], list[psutil.Process]]:
    """Tell, whenever asked, which of a process' present children and grandchildren are still there."""
    family = parent.children(recursive=True)

    def is_live(process: psutil.Process) -> bool:
        with contextlib.suppress(psutil.NoSuchProcess):
            return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
        return False

    return lambda: [process for process in family if is_live(process)]


@contextmanager
def new_database(find_url: Callable[[str], str]) -> Iterator[str]:
    """An empty database for longer than one test."""
    name = f"processes_{os.getpid()}_{next(_numbers)}"
    run_sql(find_url("postgres"), f"CREATE DATABASE {name}", "SELECT 1")
    try:
        yield find_url(name)
    finally:
        run_sql(find_url("postgres"), f"DROP DATABASE {name} WITH (FORCE)", "SELECT 1")


class Forwarder:
    """A TCP port of this machine that leads to another address while it is open, and refuses while it is closed."""

    def __init__(self, target: str | tuple[str, int] | None) -> None:
        """Take a port, closed.

        Args:
            target: A Unix socket, or host and port; `None` swallows everything and never answers.
        """
        self.target = target
        """May be changed; counts for new connections."""
        self.connections = 0
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="forwarder", daemon=True)
        self._thread.start()
        # Bound and not listening: nobody else gets the port, and whoever connects is refused.
        self._bound = self._bind(0)
        self.port: int = self._bound.getsockname()[1]

    def open(self) -> None:
        self._run(self._open())

    def close(self) -> None:
        """Cut all connections, and refuse further ones."""
        self._run(self._close())
        self._bound = self._bind(self.port)

    def stop(self) -> None:
        self._run(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_LIMIT_S)
        self._loop.close()

    @staticmethod
    def _bind(port: int) -> socket.socket:
        bound = socket.socket()
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        return bound

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(STOP_LIMIT_S)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._bound)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        self._bound.close()
        while self._writers:
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            if self.target is None:
                await reader.read()
            else:
                await self._forward(self.target, reader, writer)
        except OSError:
            pass  # either side went away, which is what the other side is shown now
        finally:
            writer.transport.abort()
            self._writers.discard(writer)

    async def _forward(
        self, target: str | tuple[str, int], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        opening = asyncio.open_unix_connection(target) if isinstance(target, str) else asyncio.open_connection(*target)
        far_reader, far_writer = await opening
        try:
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    finally:
        writer.close()


@contextmanager
def forwarding(target: str | tuple[str, int] | None) -> Iterator[Forwarder]:
    """A forwarder, closed at first."""
    forwarder = Forwarder(target)
    try:
        yield forwarder
    finally:
        forwarder.stop()


@contextmanager
def through_tcp(database_url: str) -> Iterator[tuple[Forwarder, str]]:
    """Put a forwarder, closed at first, before a database that has but a Unix socket; with the address to use."""
    parts = urlsplit(database_url)
    query = parse_qs(parts.query)
    with forwarding(f"{query['host'][0]}/.s.PGSQL.{query['port'][0]}") as forwarder:
        yield forwarder, f"postgresql://postgres:{parts.password}@127.0.0.1:{forwarder.port}{parts.path}"
