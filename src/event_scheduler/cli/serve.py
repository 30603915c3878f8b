"""`event-scheduler serve`: the server with real settings."""

import multiprocessing
import os
import signal
import socket
import threading
from typing import Annotated

import structlog
import typer
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from event_scheduler.app import create_app
from event_scheduler.cli.listening import create_config, listen, serve
from event_scheduler.cli.storage import with_database
from event_scheduler.database.engine import describe_database
from event_scheduler.settings import Settings, load_settings
from event_scheduler.telemetry.logs import configure_logging
from event_scheduler.version import VERSION

__all__ = ["create_worker_app", "run_serve"]

_MIGRATE = "EVENT_SCHEDULER_MIGRATE"
"""How this command tells its worker processes whether to migrate; not a setting."""

log = structlog.stdlib.get_logger(__name__)


def run_serve(
    *,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [HOST]")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on. [PORT]")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that serve. [WEB_CONCURRENCY]")] = None,
    migrate: Annotated[bool, typer.Option(help="Bring the database to this version's schema on start.")] = True,
) -> None:
    """Serve with real settings: environment variables, also read from .env in the working directory."""
    overrides = {"HOST": host, "PORT": port, "WEB_CONCURRENCY": workers}
    settings, warnings = load_settings(overrides=overrides)
    settings.require_complete()
    _configure_logging(settings)
    for warning in warnings:
        log.warning("setting_unknown", detail=warning)
    with (
        listen(settings.host, settings.port, command="event-scheduler serve") as listener,
        with_database(settings) as complete,
    ):
        _configure_logging(complete)  # again: the embedded database's password is a secret, too
        log.info(
            "starting",
            version=VERSION,
            url=settings.public_url,
            workers=settings.web_concurrency,
            database=describe_database(complete.database_url or ""),
        )
        if settings.web_concurrency == 1:
            serve(create_app(complete, migrate=migrate), listener)
        else:
            _serve_by_many(complete, listener, migrate=migrate)


def _configure_logging(settings: Settings) -> None:
    configure_logging(level=settings.log_level, log_format=settings.log_format, secrets=settings.secrets)


def _serve_by_many(settings: Settings, listener: socket.socket, *, migrate: bool) -> None:
    # The workers are fresh interpreters: they read the settings again, less what this process decided.
    os.environ["DATABASE_URL"] = settings.database_url or ""
    os.environ["PORT"], os.environ["PUBLIC_URL"] = str(settings.port), settings.public_url
    os.environ[_MIGRATE] = "yes" if migrate else "no"
    config = create_config("event_scheduler.cli.serve:create_worker_app", workers=settings.web_concurrency)
    Multiprocess(config, sockets=[listener]).run()


def create_worker_app() -> ASGIApp:
    """Create the application in a worker process of `serve --workers`."""
    threading.Thread(target=_stop_with_parent, daemon=True).start()
    settings, _ = load_settings()
    _configure_logging(settings)
    return create_app(settings, migrate=os.environ.get(_MIGRATE) != "no")


def _stop_with_parent() -> None:
    """End this worker when the process that started it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
