"""The bundled PostgreSQL under repeated `kill -9`: committed rows stay, nothing needs help, nothing is left running."""

import contextlib
import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import asyncpg
import psutil
import pytest

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

pytestmark = pytest.mark.faults

ROUNDS = 10


@pytest.fixture
def place() -> Iterator[Path]:
    with private_place() as place:
        yield place


def pids_of_app(app: App, _place: Path) -> list[int]:
    return [app.process.pid]


def pids_of_postgres(_app: App, place: Path) -> list[int]:
    return [postmaster(place / "data").pid]


def pids_of_supervisor(_app: App, place: Path) -> list[int]:
    return [process.pid for process in supervisors(place)]


def pids_of_all(app: App, place: Path) -> list[int]:
    return [app.process.pid, *(process.pid for process in live_processes(place))]


def pids_of_the_three_owners(app: App, place: Path) -> list[int]:
    """All but PostgreSQL's backends, which thus become orphans."""
    return [*pids_of_app(app, place), *pids_of_supervisor(app, place), *pids_of_postgres(app, place)]


@pytest.mark.parametrize(
    "choose", [pids_of_app, pids_of_postgres, pids_of_supervisor, pids_of_all, pids_of_the_three_owners]
)
def test_the_next_start_needs_no_help_and_has_all_committed_rows(
    place: Path, choose: Callable[[App, Path], list[int]]
) -> None:
    for number in range(ROUNDS):
        app = App(place / "data", fsync="on")
        url = app.url()
        run_sql(url, "CREATE TABLE IF NOT EXISTS t (v int)", "INSERT INTO t VALUES ($1) RETURNING v", values=(number,))
        time.sleep(random.uniform(0, 0.1))
        for pid in choose(app, place):
            with contextlib.suppress(ProcessLookupError):  # the first to be killed may take others along
                os.kill(pid, signal.SIGKILL)
        app.kill()
        with start(place / "data") as server:
            assert run_sql(server.url("postgres"), "SELECT array_agg(v ORDER BY v) FROM t") == [*range(number + 1)]
        wait_until(lambda: not live_processes(place), 5)


@pytest.mark.parametrize("choose", [pids_of_postgres, pids_of_supervisor])
def test_a_killed_postgresql_is_back_within_five_seconds_under_a_living_app(
    place: Path, choose: Callable[[App, Path], list[int]]
) -> None:
    app = App(place / "data", fsync="on")
    app.url()
    with start(place / "data") as server:
        run_sql(server.url("postgres"), "CREATE TABLE t (v int)", "SELECT 1")
        for number in range(ROUNDS):
            killed = choose(app, place)
            os.kill(killed[0], signal.SIGKILL)
            wait_until(partial(is_replaced, killed, partial(choose, app, place)), 5)
            wait_until(lambda: answers(server), 5)
            run_sql(server.url("postgres"), "INSERT INTO t VALUES ($1) RETURNING v", values=(number,))
        assert run_sql(server.url("postgres"), "SELECT count(*) FROM t") == ROUNDS
    app.leave()


def is_replaced(killed: list[int], choose: Callable[[], list[int]]) -> bool:
    try:
        return choose() not in ([], killed)
    except (OSError, IndexError, psutil.Error):  # nothing there at this moment
        return False


def test_a_busy_backend_that_outlives_its_postmaster_does_not_keep_the_next_one_away(place: Path) -> None:
    """Computing in a loop, it never looks whether its postmaster lives, and its shared memory blocks a new one."""
    loop = "DO $$ DECLARE i bigint := 0; BEGIN LOOP i := i + 1; END LOOP; END $$"
    with start(place / "data") as server:

        def compute() -> None:
            with pytest.raises((OSError, asyncpg.PostgresError, asyncpg.InterfaceError)):
                run_sql(server.url("postgres"), loop, "SELECT 1")

        busy = threading.Thread(target=compute)
        busy.start()
        running = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'DO %' AND state = 'active'"
        wait_until(lambda: run_sql(server.url("postgres"), running) == 1)
        postmaster(place / "data").kill()
        wait_until(lambda: answers(server), 5)
        busy.join(5)
        assert not busy.is_alive()


def test_starters_that_come_and_go_at_random_always_find_a_server(place: Path) -> None:
    with start(place / "data") as server:
        run_sql(server.url("postgres"), "CREATE TABLE t (v int)", "SELECT 1")
    failures: list[BaseException] = []

    def come_and_go() -> None:
        try:
            for _ in range(ROUNDS):
                app = App(place / "data")
                run_sql(app.url(), "INSERT INTO t VALUES (1) RETURNING v")
                time.sleep(random.uniform(0, 0.05))
                random.choice([app.leave, app.kill])()
        except BaseException as error:  # noqa: BLE001 - told by the main thread
            failures.append(error)

    threads = [threading.Thread(target=come_and_go) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    wait_until(lambda: not live_processes(place), 5)
    with start(place / "data") as server:
        assert run_sql(server.url("postgres"), "SELECT count(*) FROM t") == 3 * ROUNDS
