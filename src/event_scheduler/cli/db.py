"""`event-scheduler db`: migrations."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from event_scheduler.cli.storage import with_database
from event_scheduler.database.engine import Database, describe_database
from event_scheduler.database.errors import DatabaseUnavailableError
from event_scheduler.database.migrate import check_migrations, upgrade
from event_scheduler.settings import Settings, load_settings

__all__ = ["app"]

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command("upgrade")
def run_upgrade() -> None:
    """Bring the database to this version's schema; does nothing if it is there already."""
    settings, _ = load_settings()
    with with_database(settings) as complete, _naming_database(complete):
        asyncio.run(upgrade(complete.database_url or ""))
        current, _ = asyncio.run(_check(complete))
        typer.echo(f"{describe_database(complete.database_url or '')} is at schema {current}.")


@app.command("check")
def run_check() -> None:
    """Say whether the database has this version's schema; exit status 1 if not."""
    settings, _ = load_settings()
    with with_database(settings) as complete, _naming_database(complete):
        current, wanted = asyncio.run(_check(complete))
        name = describe_database(complete.database_url or "")
    if current == wanted:
        typer.echo(f"{name} is at schema {current}, as this version wants.")
        return
    typer.echo(f"{name} is at schema {current or 'none'}, this version wants {wanted}: event-scheduler db upgrade")
    raise typer.Exit(1)


@contextmanager
def _naming_database(settings: Settings) -> Iterator[None]:
    """Say which database is away, and why: whoever runs this command can mend it."""
    try:
        yield
    except DatabaseUnavailableError as error:
        reason = " ".join(str(error.__cause__ or error).split())
        name = describe_database(settings.database_url or "")
        raise DatabaseUnavailableError(f"The database {name} cannot be used ({reason}). Check DATABASE_URL.") from error


async def _check(settings: Settings) -> tuple[str | None, str | None]:
    database = Database(settings.database_url or "")
    try:
        return await check_migrations(database)
    finally:
        await database.aclose()
