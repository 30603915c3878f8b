"""Bringing a database to this version's schema, once, however many processes start together."""

from datetime import timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from event_scheduler.database.engine import Database

__all__ = ["check_migrations", "upgrade"]

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"

# Any number that nothing else in this database takes for an advisory lock; "evsched" in ASCII.
_LOCK_KEY = 0x65767363686564

MIGRATION_LIMIT = timedelta(minutes=10)
"""How long one statement of a migration may take."""

_LOCK_WAIT = "60s"
"""How long a starter waits for another one that is migrating."""


def _create_config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    # The lock belongs to the transaction, as the migrations do: a process that dies here leaves neither.
    connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_WAIT}'"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    connection.execute(text("SET LOCAL lock_timeout = '5s'"))
    command.upgrade(_create_config(connection), "head")


async def upgrade(url: str) -> None:
    """Apply all outstanding migrations in one transaction, under an advisory lock.

    Args:
        url: The database, in any form that `DATABASE_URL` takes.

    Raises:
        DatabaseUnavailableError: The database is away, or another process migrates for longer than a minute.
    """
    # A connection of its own: a migration may take longer than any request is allowed to.
    database = Database(url, statement_limit=MIGRATION_LIMIT)
    try:
        async with database.transaction() as connection:
            await connection.run_sync(_upgrade)
    finally:
        await database.aclose()


async def check_migrations(database: Database) -> tuple[str | None, str | None]:
    """Compare a database's schema version with this program's.

    Returns:
        The revision that the database is at (`None`: empty), and the one that this program wants.

    Raises:
        DatabaseUnavailableError: The database is away.
    """
    head = ScriptDirectory.from_config(_create_config()).get_current_head()
    async with database.reading() as connection:
        current = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return current, head
