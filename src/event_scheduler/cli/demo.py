"""`event-scheduler demo`: everything on this machine, nothing configured."""

import secrets
from typing import Annotated

import typer

from event_scheduler.app import create_app
from event_scheduler.cli.listening import listen, serve
from event_scheduler.cli.storage import with_database
from event_scheduler.sandbox.app import create_sandbox, warm_up
from event_scheduler.settings import Settings, SettingsError, is_loopback_url, load_settings
from event_scheduler.telemetry.logs import configure_logging

__all__ = ["run_demo"]

_READ = frozenset({"HOST", "PORT", "PUBLIC_URL", "DATA_DIR"})
"""The only settings that the demo takes from outside; never a key, never `.env`."""


def run_demo(
    *,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [PORT, 8000]")] = None,
) -> None:
    """Run everything on this machine: the real server and database, a pretend Ticketmaster. Needs no settings."""
    settings = _create_settings(port)
    _configure_logging(settings)
    with (
        listen(settings.host, settings.port, command="event-scheduler demo") as listener,
        # A database for each port: two demos on one machine do not meet.
        with_database(settings, name=f"demo_{settings.port}") as complete,
    ):
        _configure_logging(complete)  # again: the embedded database's password is a secret, too
        sandbox = create_sandbox(public_url=settings.public_url)
        warm_up(sandbox)
        serve(create_app(complete, sandbox=sandbox), listener, announce=lambda: _announce(settings))


def _configure_logging(settings: Settings) -> None:
    configure_logging(level=settings.log_level, log_format=settings.log_format, secrets=settings.secrets)


def _create_settings(port: int | None) -> Settings:
    settings, _ = load_settings(dotenv=None, only=_READ, overrides={"PORT": port})
    if not is_loopback_url(settings.public_url):
        raise SettingsError(
            "PUBLIC_URL must be on this machine for the demo, which anybody could sign in to. Unset it, or use serve."
        )
    pretend = {
        "TICKETMASTER_API_KEY": "any-key-opens-the-sandbox",
        "TICKETMASTER_BASE_URL": f"http://{_reachable(settings.host)}:{settings.port}/sandbox/discovery/v2",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "PORT": port,
    }
    settings, _ = load_settings(dotenv=None, only=_READ, overrides=pretend)
    return settings


def _reachable(host: str) -> str:
    """Name the address by which this process reaches itself."""
    if host in {"0.0.0.0", ""}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return "[::1]" if host == "::" else f"[{host}]" if ":" in host else host


def _announce(settings: Settings) -> None:
    url = settings.public_url
    typer.echo(
        f"""
  Event Scheduler demo: pretend events, the real service.

    Try it in the browser   {url}/docs
    or in a terminal        curl "{url}/events?page=1&size=10"
    The pretend upstream    {url}/sandbox/control/counters

  Ctrl-C stops it; what it stored stays for the next time.
"""
    )
