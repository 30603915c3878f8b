"""The application: joins the routes, the middleware in their order, and the life of the resources."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from asgi_correlation_id import CorrelationIdMiddleware
from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp

from event_scheduler.api.docs import STATIC_PATH, create_docs_router, create_static_app
from event_scheduler.api.events import create_events_router
from event_scheduler.api.openapi import install_openapi
from event_scheduler.api.problems import ProblemRenderer
from event_scheduler.api.service import create_service_router
from event_scheduler.asgi.middleware import PathMiddleware, RequestMiddleware
from event_scheduler.clock import Clock
from event_scheduler.database.engine import describe_database
from event_scheduler.database.errors import DatabaseUnavailableError
from event_scheduler.database.migrate import upgrade
from event_scheduler.factory import Factory, Resources
from event_scheduler.settings import Settings
from event_scheduler.version import VERSION

__all__ = ["create_app"]

_FIRST_UPGRADE_WAIT_S = 15.0
_UPGRADE_PAUSE_S = 1.0

log = structlog.stdlib.get_logger(__name__)


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    migrate: bool = True,
    sandbox: ASGIApp | None = None,
) -> FastAPI:
    """Create the application.

    Args:
        settings: Checked settings, with a database.
        clock: Tells the time; tests move it.
        migrate: Whether to bring the database to this version's schema on start.
        sandbox: What to serve below `/sandbox`; its presence makes this the demo.
    """
    resources = Resources.create(settings, clock=clock)
    factory = Factory(resources)
    problems = ProblemRenderer(public_url=settings.public_url)

    @asynccontextmanager
    async def live(_app: FastAPI) -> AsyncIterator[None]:
        tried = asyncio.Event()
        preparing = asyncio.create_task(_prepare_database(resources, tried)) if migrate else None
        if preparing is not None:
            # Usually a moment, and then nobody meets a database without tables. If it is away, or takes longer, the
            # server starts all the same, and is ready once the database is.
            with suppress(TimeoutError):
                await asyncio.wait_for(tried.wait(), timeout=_FIRST_UPGRADE_WAIT_S)
        try:
            yield
        finally:
            if preparing is not None:
                preparing.cancel()
                with suppress(asyncio.CancelledError):
                    await preparing
            await resources.aclose()

    app = FastAPI(
        title="Event Scheduler",
        lifespan=live,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[
            Middleware(CorrelationIdMiddleware, header_name="X-Request-ID"),
            Middleware(RequestMiddleware, answer_crash=problems.answer_crash),
            Middleware(PathMiddleware),
        ],
    )
    app.include_router(create_events_router(factory))
    app.include_router(create_service_router(factory, is_demo=sandbox is not None))
    app.include_router(create_docs_router(banner="Demo: pretend events" if sandbox is not None else None))
    app.mount(STATIC_PATH, create_static_app())
    if sandbox is not None:
        app.mount("/sandbox", sandbox)
    problems.install(app)
    install_openapi(app, version=VERSION)

    @app.get("/", include_in_schema=False)
    async def show_start() -> RedirectResponse:
        return RedirectResponse("/docs")

    return app


async def _prepare_database(resources: Resources, tried: asyncio.Event) -> None:
    """Bring the database to this version's schema, trying until it is there; one log line when away, one when back."""
    url = resources.settings.database_url or ""
    is_away = False
    while True:
        try:
            await upgrade(url)
        except DatabaseUnavailableError as error:
            if not is_away:
                log.warning("database_away", database=describe_database(url), reason=str(error.__cause__ or error))
            is_away = True
            tried.set()
            await asyncio.sleep(_UPGRADE_PAUSE_S)
        except Exception:
            # A defect of a migration. The server stays up to say so: /readyz names the schema that is wanted.
            log.exception("migration_failed", database=describe_database(url))
            tried.set()
            return
        else:
            log.info("database_ready", database=describe_database(url))
            tried.set()
            return
