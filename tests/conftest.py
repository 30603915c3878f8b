"""What all tests share: one real PostgreSQL, a migrated template cloned for each test, a sandbox over real HTTP."""

import asyncio
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg
import pytest
from hypothesis import HealthCheck, settings

from event_scheduler.database.embedded import embedded_postgres
from event_scheduler.database.migrate import upgrade
from tests.support.server import RunningSandbox, running_sandbox
from tests.support.service import Service, running_service

# A test fails for what the code does, never for how busy the machine is.
settings.register_profile("core", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("core")

_SERVER = "EVENT_SCHEDULER_TEST_SERVER"
"""Hands the one server's address from the process that starts it to the workers."""

_ANY = "any_database"
"""Stands for the database in that address."""

_TEMPLATE = "template_event_scheduler"
_stack = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start the server once, in the process that starts the workers."""
    if hasattr(config, "workerinput") or config.option.collectonly or os.environ.get(_SERVER):
        return
    # Not below pytest's own folder, which nobody else may enter: as root, PostgreSQL runs as somebody else.
    folder = Path(tempfile.mkdtemp(prefix="event-scheduler-tests-"))
    _stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o711)
    # Nothing here need survive a power cut.
    server = _stack.enter_context(embedded_postgres(folder, settings={"fsync": "off", "synchronous_commit": "off"}))
    server.create_database(_TEMPLATE)
    asyncio.run(upgrade(server.url(_TEMPLATE)))
    os.environ[_SERVER] = server.url(_ANY)
    _stack.callback(os.environ.pop, _SERVER, None)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server."""
    if not hasattr(config, "workerinput"):
        _stack.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def _url(database: str) -> str:
    return os.environ[_SERVER].replace(_ANY, database)


def _execute(statement: str) -> None:
    async def execute() -> None:
        connection = await asyncpg.connect(_url("postgres"))
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    asyncio.run(execute())


@pytest.fixture
def server_url() -> Callable[[str], str]:
    """Give the address of any database of the one server."""
    return _url


_numbers = itertools.count()


@contextmanager
def _own_database(how: str = "") -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    _execute(f"CREATE DATABASE {name} {how}")
    yield _url(name)
    _execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_database_url() -> Iterator[str]:
    """A database of this test's own, without any table."""
    with _own_database() as url:
        yield url


@pytest.fixture
def database_url() -> Iterator[str]:
    """A database of this test's own, migrated and empty."""
    with _own_database(f"TEMPLATE {_TEMPLATE} STRATEGY FILE_COPY") as url:
        yield url


@pytest.fixture(scope="session")
def _sandbox_process() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(_sandbox_process: RunningSandbox) -> RunningSandbox:
    """The sandbox over real HTTP, its counters at zero."""
    _sandbox_process.reset()
    return _sandbox_process


@pytest.fixture
async def service(database_url: str, sandbox: RunningSandbox) -> AsyncIterator[Service]:
    """The application on a database of its own, asking the sandbox."""
    async with running_service(database_url=database_url, upstream_url=sandbox.base_url) as running:
        yield running
