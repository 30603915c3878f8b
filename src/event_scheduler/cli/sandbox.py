"""`event-scheduler sandbox`: the pretend Ticketmaster alone."""

from pathlib import Path
from typing import Annotated

import typer
from starlette.applications import Starlette
from starlette.routing import Mount

from event_scheduler.cli.listening import listen, serve
from event_scheduler.sandbox.app import create_sandbox, warm_up
from event_scheduler.settings import LogLevel, SettingsError
from event_scheduler.telemetry.logs import configure_logging

__all__ = ["run_sandbox"]

_HOST = "127.0.0.1"


def run_sandbox(
    *,
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65_535)] = 8100,
    recordings: Annotated[
        Path | None, typer.Option(help="Serve the recorded answers in this folder.", resolve_path=True)
    ] = None,
    seed: Annotated[int, typer.Option(help="Which pretend world.")] = 1,
    requests_per_second: Annotated[float, typer.Option(help="Limit for each key.", min=0.001)] = 5,
    daily_quota: Annotated[int, typer.Option(help="Limit for each key.", min=1)] = 5000,
) -> None:
    """Run the pretend Ticketmaster alone, for people who write clients and for tests."""
    configure_logging(level=LogLevel.WARNING, log_format=None, secrets=())
    url = f"http://{_HOST}:{port}"
    try:
        sandbox = create_sandbox(
            seed=seed,
            recordings=recordings,
            public_url=url,
            requests_per_second=requests_per_second,
            daily_quota=daily_quota,
        )
    except (OSError, ValueError) as error:
        raise SettingsError(f"--recordings {recordings} cannot be served: {error}.") from None
    app = Starlette(routes=[Mount("/sandbox", sandbox)])
    with listen(_HOST, port, command="event-scheduler sandbox") as listener:
        warm_up(sandbox)
        serve(app, listener, announce=lambda: _announce(url))


def _announce(url: str) -> None:
    typer.echo(f"Sandbox: TICKETMASTER_BASE_URL={url}/sandbox/discovery/v2 (any key). Ctrl-C stops it.")
