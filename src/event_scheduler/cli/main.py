"""`event-scheduler`: joins the commands and turns refusals into one line and an exit status."""

import signal
import sys
from types import FrameType
from typing import NoReturn

import typer

from event_scheduler.cli import db, demo, sandbox, serve
from event_scheduler.database.binaries import EmbeddedPostgresError
from event_scheduler.errors import AppError
from event_scheduler.version import VERSION

__all__ = ["app", "main"]

REFUSED = 2
"""Exit status when something about the set-up has to be mended first."""

app = typer.Typer(
    name="event-scheduler",
    help="Events from Ticketmaster, kept fresh for an hour, honest about their age.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo.run_demo)
app.command("serve")(serve.run_serve)
app.command("sandbox")(sandbox.run_sandbox)
app.add_typer(db.app, name="db")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer's callback
    if wanted:
        typer.echo(f"event-scheduler {VERSION}")
        raise typer.Exit


@app.callback()
def _start(
    *,
    _version: bool = typer.Option(False, "--version", callback=_show_version, is_eager=True, help="Show the version."),
) -> None:
    pass


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    # The server has its own handler while it serves, and hands the signal on once it has stopped: leave by the front
    # door, so that everything opened on the way is closed.
    raise SystemExit(0)


def main() -> None:
    """Run the command line."""
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        app()
    except (AppError, EmbeddedPostgresError) as error:
        print(f"event-scheduler: {getattr(error, 'detail', error)}", file=sys.stderr)
        raise SystemExit(REFUSED) from None
