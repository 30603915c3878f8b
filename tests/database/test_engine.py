"""Connections: every accepted form of address, short waits, errors that say what helps."""

import asyncio
import socket
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from event_scheduler.database.engine import Database, describe_database, normalise_url
from event_scheduler.database.errors import DatabaseUnavailableError


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_form_of_address_is_taken(scheme: str) -> None:
    url, arguments = normalise_url(f"{scheme}://u:p%40@h:5433/n?sslmode=require&connect_timeout=3")
    assert url == "postgresql+asyncpg://u:p%40@h:5433/n"
    assert arguments == {"ssl": "require"}


def test_a_certificate_is_checked_when_asked_for() -> None:
    _, arguments = normalise_url("postgresql://u@h/n?sslmode=verify-full")
    assert getattr(arguments["ssl"], "check_hostname", None) is True


def test_a_description_holds_no_secret() -> None:
    assert describe_database("postgresql://user:secret@db:5432/eventsdb") == "db:5432/eventsdb"


async def test_a_refused_connection_is_a_passing_failure() -> None:
    database = Database("postgresql://u:p@127.0.0.1:1/n")
    with pytest.raises(DatabaseUnavailableError):
        async with database.reading():
            pass
    await database.aclose()


async def test_a_frozen_server_is_a_passing_failure_within_the_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        database = Database(f"postgresql://u:p@127.0.0.1:{silent.getsockname()[1]}/n")
        async with asyncio.timeout(10):
            with pytest.raises(DatabaseUnavailableError):
                async with database.transaction():
                    pass
        await database.aclose()


async def test_a_backend_that_is_ended_is_replaced(database_url: str) -> None:
    database = Database(database_url)
    async with database.reading() as connection:
        pid = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
    other = Database(database_url)
    async with other.reading() as connection:
        await connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    await other.aclose()
    async with database.reading() as connection:
        assert (await connection.execute(text("SELECT 1"))).scalar_one() == 1
    await database.aclose()


async def test_a_full_pool_is_told_within_a_second_or_so(database_url: str) -> None:
    database = Database(database_url)
    release = asyncio.Event()

    async def hold() -> None:
        async with database.reading():
            await release.wait()

    holders = [asyncio.create_task(hold()) for _ in range(10)]
    await asyncio.sleep(0.3)
    with pytest.raises(DatabaseUnavailableError):
        async with database.reading():
            pass
    release.set()
    await asyncio.gather(*holders)
    async with database.reading():
        pass
    await database.aclose()


async def test_a_statement_that_takes_too_long_is_cut_off(database_url: str) -> None:
    database = Database(database_url, statement_limit=timedelta(milliseconds=200))
    with pytest.raises(DatabaseUnavailableError):
        async with database.reading() as connection:
            await connection.execute(text("SELECT pg_sleep(20)"))
    await database.aclose()


async def test_a_defect_of_ours_is_not_dressed_up_as_an_outage(database_url: str) -> None:
    database = Database(database_url)
    with pytest.raises(DBAPIError):
        async with database.reading() as connection:
            await connection.execute(text("SELECT no_such_column FROM events"))
    await database.aclose()
