"""The bundled PostgreSQL, with real processes: shared, kept, back after kills, and gone at the end."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.embedded import (
    App,
    answers,
    live_processes,
    postmaster,
    private_place,
    run_sql,
    start,
    supervisors,
    wait_until,
)

SOURCE = Path(__file__).parents[2] / "src"


@pytest.fixture
def empty() -> Iterator[Path]:
    with private_place() as place:
        yield place


@pytest.fixture(scope="module")
def original() -> Iterator[Path]:
    """A cluster that was made once and stopped."""
    with private_place() as place:
        with start(place / "data"):
            pass
        yield place


@pytest.fixture
def place(empty: Path, original: Path) -> Path:
    """A folder whose `data` holds a cluster of its own."""
    home = empty / "data" / "postgres"
    home.mkdir(parents=True)
    for name in ("data", "password"):
        subprocess.run(["/bin/cp", "-a", original / "data" / "postgres" / name, home], check=True)
    return empty


def test_data_is_kept_from_one_start_to_the_next(empty: Path) -> None:
    said: list[str] = []
    with start(empty / "data", report=said.append) as server:
        server.create_database("app")
        run_sql(server.url("app"), "CREATE TABLE t (v text)", "INSERT INTO t VALUES ('kept') RETURNING 1")
    assert len(said) == 1
    assert said[0].startswith("Preparing the database in ")

    with start(empty / "data", report=said.append) as server:
        server.create_database("app")
        assert run_sql(server.url("app"), "SELECT v FROM t") == "kept"
    assert len(said) == 1


def test_the_server_is_what_our_sql_needs(place: Path) -> None:
    with start(place / "data") as server:
        url = server.url("postgres")
        assert server.password not in repr(server)
        assert run_sql(url, "SHOW server_encoding") == "UTF8"
        assert run_sql(url, "SHOW timezone") == "UTC"
        assert run_sql(url, "SHOW data_checksums") == "on"
        assert run_sql(url, "SHOW listen_addresses") == ""
        assert run_sql(url, "SELECT to_tsvector('simple', 'ÆGIR, Björk')::text") == "'björk':2 'ægir':1"
        with pytest.raises(asyncpg.InvalidPasswordError):
            run_sql(url.replace(server.password, "guess"), "SELECT 1")
        asyncio.run(_select_by_sqlalchemy(url))


async def _select_by_sqlalchemy(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await engine.dispose()


def test_a_database_is_created_once_by_many_at_once(place: Path) -> None:
    with start(place / "data") as server:

        async def create() -> None:  # inside a running loop, too
            await asyncio.gather(*[asyncio.to_thread(server.create_database, 'a "strange" name') for _ in range(5)])
            server.create_database('a "strange" name')

        asyncio.run(create())
        assert run_sql(server.url('a "strange" name'), "SELECT current_database()") == 'a "strange" name'


def test_two_starters_share_one_server_and_the_last_to_leave_stops_it(place: Path) -> None:
    first, second = App(place / "data"), App(place / "data")
    url = first.url()
    assert second.url() == url
    assert len([process for process in live_processes(place) if "-D" in process.cmdline()]) == 1

    first.leave()
    assert run_sql(url, "SELECT 1") == 1

    second.leave()
    wait_until(lambda: not live_processes(place), 2)


def test_a_starter_that_comes_while_the_server_stops_gets_a_new_one(place: Path) -> None:
    for _ in range(3):
        app = App(place / "data")
        app.url()
        app.stdin.close()
        with start(place / "data") as server:
            assert run_sql(server.url("postgres"), "SELECT 1") == 1
        app.end()


def test_nothing_is_left_running_by_a_killed_app(place: Path) -> None:
    app = App(place / "data")
    app.url()
    assert live_processes(place)
    app.kill()
    wait_until(lambda: not live_processes(place), 5)


def test_ctrl_c_in_the_terminal_is_for_the_app_alone(place: Path) -> None:
    app = App(place / "data")
    url = app.url()
    with start(place / "data"):
        os.killpg(app.process.pid, signal.SIGINT)
        app.end()
        assert run_sql(url, "SELECT 1") == 1


def test_a_killed_postgres_is_back_at_the_same_address(place: Path) -> None:
    with start(place / "data") as server:
        run_sql(server.url("postgres"), "CREATE TABLE t (v int)", "INSERT INTO t VALUES (1) RETURNING 1")
        postmaster(place / "data").kill()
        wait_until(lambda: answers(server), 5)
        assert run_sql(server.url("postgres"), "SELECT v FROM t") == 1


def test_a_killed_supervisor_is_replaced(place: Path) -> None:
    with start(place / "data") as server:
        killed = supervisors(place)
        killed[0].kill()
        wait_until(lambda: supervisors(place) not in ([], killed), 5)
        wait_until(lambda: answers(server), 5)


def test_a_pid_file_that_names_a_foreign_process_is_no_obstacle(place: Path) -> None:
    with start(place / "data") as server:
        data = server.socket_dir.parents[1] / "data"
    account = data.stat()
    user = account.st_uid if os.geteuid() == 0 else None  # of the same user, or PostgreSQL would not mind it
    with subprocess.Popen(["/bin/sleep", "60"], user=user) as bystander:
        for file in (data / "postmaster.pid", server.socket_dir / ".s.PGSQL.5432.lock"):
            file.write_text(f"{bystander.pid}\n{data}\n0\n5432\n{server.socket_dir}\n\n\nready\n")
        with start(place / "data") as again:
            assert run_sql(again.url("postgres"), "SELECT 1") == 1
        assert bystander.poll() is None
        bystander.kill()


def test_a_start_killed_during_the_first_preparation_leaves_nothing_in_the_way(empty: Path) -> None:
    app = App(empty / "data")
    home = empty / "data" / "postgres"
    wait_until(lambda: any(home.glob("new-*/data/PG_VERSION")))
    supervisors(empty)[0].kill()
    app.kill()
    assert not (home / "data").exists()
    with start(empty / "data") as server:
        assert run_sql(server.url("postgres"), "SELECT 1") == 1
    assert not list(home.glob("new-*"))


def test_the_log_has_a_bound(place: Path) -> None:
    with start(place / "data") as server:
        noise = "DO $$ BEGIN FOR i IN 1..3000 LOOP RAISE LOG '%', repeat('x', 1000); END LOOP; END $$"
        run_sql(server.url("postgres"), noise, "SELECT 1")
        home = server.socket_dir.parents[1]
        wait_until((home / "supervisor.log.1").exists)
    assert (home / "supervisor.log").stat().st_size < 1_200_000
    assert (home / "supervisor.log.1").stat().st_size < 1_200_000


def test_a_supervisor_without_its_starter_ends(place: Path) -> None:
    """The starter's connection is inherited, not made later: killed in between, it leaves nothing behind."""
    with start(place / "data"):
        task = json.loads(supervisors(place)[0].cmdline()[-1])
    assert set(task) == {"run", "bin_dir", "account", "lock", "listener", "user", "settings"}
    ours, theirs = socket.socketpair()
    ours.close()
    home = place / "data" / "postgres"
    lock = os.open(home / "lock", os.O_RDWR)
    with theirs, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(home / "run" / "control"))
        listener.listen()
        task |= {"lock": lock, "listener": listener.fileno(), "user": theirs.fileno()}
        subprocess.run(
            [sys.executable, "-P", "-m", "event_scheduler.database.supervisor", str(home), json.dumps(task)],
            check=True,
            pass_fds=(lock, listener.fileno(), theirs.fileno()),
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
    os.close(lock)
    wait_until(lambda: not live_processes(place), 5)
