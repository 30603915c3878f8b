"""Processes that use the bundled PostgreSQL, and ways to look at what runs."""

import asyncio
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import asyncpg
import psutil

from event_scheduler.database.binaries import Binaries
from event_scheduler.database.embedded import EmbeddedServer, embedded_postgres

__all__ = [
    "App",
    "answers",
    "live_processes",
    "postmaster",
    "private_place",
    "run_sql",
    "start",
    "supervisors",
    "wait_until",
]

_SUPERVISOR = "event_scheduler.database.supervisor"

_APP = """
    import sys
    from pathlib import Path
    from event_scheduler.database.embedded import embedded_postgres
    settings = {"fsync": sys.argv[3]}
    with embedded_postgres(Path(sys.argv[1]), settings=settings, root_base=Path(sys.argv[2])) as server:
        print(server.url("postgres"), flush=True)
        sys.stdin.readline()
"""
"""An application: says the address, stays until its input ends."""


class App:
    """A process that uses the server of a data directory until it is told to leave, or killed."""

    def __init__(
        self,
        data_dir: Path,
        *,
        python: str = sys.executable,
        env: dict[str, str] | None = None,
        account: pwd.struct_passwd | None = None,
        fsync: str = "off",
    ) -> None:
        self.process = subprocess.Popen(
            [python, "-c", textwrap.dedent(_APP), str(data_dir), str(data_dir.parent / "base"), fsync],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src"), **(env or {})},
            text=True,
            cwd="/",
            start_new_session=True,
            user=account and account.pw_uid,
            group=account and account.pw_gid,
            extra_groups=account and [],
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.stdin, self.stdout = self.process.stdin, self.process.stdout

    def url(self) -> str:
        """The address of the database `postgres`, as soon as it is there."""
        return self.stdout.readline().strip()

    def leave(self) -> None:
        self.stdin.close()
        self.end()

    def kill(self) -> None:
        self.process.kill()
        self.end()

    def end(self) -> None:
        self.process.wait(30)
        self.stdin.close()
        self.stdout.close()


@contextmanager
def private_place() -> Iterator[Path]:
    """A folder that an unprivileged user can pass through; what still runs below it at the end is a failure."""
    folder = Path(tempfile.mkdtemp(prefix="embedded-", dir="/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
        wait_until(lambda: not live_processes(folder))
    finally:
        for process in live_processes(folder):
            process.kill()
        shutil.rmtree(folder)


def live_processes(folder: Path) -> list[psutil.Process]:
    """The supervisors and PostgreSQL processes that work below this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            command, cwd = process.cmdline(), process.cwd()  # a zombie has neither
        except psutil.Error:
            continue
        ours = "postgres" in "".join(command[:1]) or _SUPERVISOR in command
        if ours and (str(folder) in " ".join(command) or cwd.startswith(str(folder))):
            found.append(process)
    return found


def postmaster(data_dir: Path) -> psutil.Process:
    return psutil.Process(int((data_dir / "postgres" / "data" / "postmaster.pid").read_text().split()[0]))


def supervisors(folder: Path) -> list[psutil.Process]:
    return [process for process in live_processes(folder) if process.name().startswith("python")]


def wait_until(is_so: Callable[[], object], limit_s: float = 10) -> None:
    deadline = time.monotonic() + limit_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.02)


def run_sql(url: str, *statements: str, values: tuple[object, ...] = ()) -> object:
    """Run the statements, the last, with the values, as a query for one value."""

    async def run() -> object:
        connection = await asyncpg.connect(url, timeout=5)
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            value: object = await connection.fetchval(statements[-1], *values)
            return value
        finally:
            await connection.close(timeout=5)

    return asyncio.run(run())


def answers(server: EmbeddedServer) -> bool:
    try:
        return run_sql(server.url("postgres"), "SELECT 1") == 1
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        return False


def start(
    data_dir: Path, *, report: Callable[[str], None] = lambda _: None, binaries: Binaries | None = None
) -> AbstractContextManager[EmbeddedServer]:
    """The server, fast instead of safe, with root's folders beside the data directory."""
    return embedded_postgres(
        data_dir, settings={"fsync": "off"}, root_base=data_dir.parent / "base", report=report, binaries=binaries
    )
