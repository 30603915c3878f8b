"""`event-scheduler db`: migrations."""

import asyncio

import typer

from event_scheduler.cli.storage import with_database
from event_scheduler.database.engine import Database, describe_database
from event_scheduler.database.migrate import check_migrations, upgrade
from event_scheduler.settings import Settings, load_settings

__all__ = ["app"]

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command("upgrade")
def run_upgrade() -> None:
    """Bring the database to this version's schema; does nothing if it is there already."""
    settings, _ = load_settings()
    with with_database(settings) as complete:
        asyncio.run(upgrade(complete.database_url or ""))
        current, _ = asyncio.run(_check(complete))
        typer.echo(f"{describe_database(complete.database_url or '')} is at schema {current}.")


@app.command("check")
def run_check() -> None:
    """Say whether the database has this version's schema; exit status 1 if not."""
    settings, _ = load_settings()
    with with_database(settings) as complete:
        current, wanted = asyncio.run(_check(complete))
        name = describe_database(complete.database_url or "")
    if current == wanted:
        typer.echo(f"{name} is at schema {current}, as this version wants.")
        return
    typer.echo(f"{name} is at schema {current or 'none'}, this version wants {wanted}: event-scheduler db upgrade")
    raise typer.Exit(1)


async def _check(settings: Settings) -> tuple[str | None, str | None]:
    database = Database(settings.database_url or "")
    try:
        return await check_migrations(database)
    finally:
        await database.aclose()
