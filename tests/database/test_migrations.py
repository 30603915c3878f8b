"""Migrations: once, whole, and to the very tables that the code declares."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from event_scheduler.database.engine import Database
from event_scheduler.database.migrate import _create_config, check_migrations, upgrade
from event_scheduler.schema import metadata


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    database = Database(empty_database_url)
    yield database
    await database.aclose()


def compare(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def list_names(database: Database) -> set[str]:
    async with database.reading() as connection:
        rows = await connection.execute(
            text(
                "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' "
                "UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'"
            )
        )
        return set(rows.scalars()) - {"alembic_version_pkc"}


async def test_they_lead_to_the_declared_tables(empty: Database, empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    async with empty.reading() as connection:
        assert await connection.run_sync(compare) == []


async def test_constraints_and_indexes_bear_the_declared_names(empty: Database, empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    by_migration = await list_names(empty)
    async with empty.transaction() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
        await connection.run_sync(metadata.create_all)
    assert await list_names(empty) == by_migration


async def test_five_starters_at_once_migrate_once(empty: Database, empty_database_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_database_url) for _ in range(5)))
    current, wanted = await check_migrations(empty)
    assert current == wanted is not None


async def test_they_can_be_taken_back(empty: Database, empty_database_url: str) -> None:
    await upgrade(empty_database_url)
    async with empty.transaction() as connection:
        await connection.run_sync(lambda sync: downgrade(_create_config(sync), "base"))
    assert await list_names(empty) == set()
    await upgrade(empty_database_url)


async def test_an_empty_database_is_told_apart(empty: Database) -> None:
    current, wanted = await check_migrations(empty)
    assert current is None
    assert wanted is not None
