"""The application, as tests talk to it."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import httpx2

from event_scheduler.app import create_app
from event_scheduler.clock import Clock
from event_scheduler.settings import Settings, load_settings
from tests.support.server import serving

KEY = "canary-key-of-the-tests"


class Service:
    """A running application, and the clock it reads."""

    def __init__(self, client: httpx2.AsyncClient, clock: Clock) -> None:
        self.client = client
        self._clock = clock

    def wait(self, **amount: float) -> None:
        """Let time pass, for everything that decides by the time all processes share."""
        self._clock.offset += timedelta(**amount)

    async def get(self, path: str, *, headers: dict[str, str] | None = None, **query: object) -> httpx2.Response:
        return await self.client.get(path, params={name: str(value) for name, value in query.items()}, headers=headers)

    async def search(self, **query: object) -> dict[str, Any]:
        """Search, and expect to succeed."""
        response = await self.client.get("/events", params={name: str(value) for name, value in query.items()})
        assert response.status_code == 200, response.text
        body: dict[str, Any] = response.json()
        return body


def load_test_settings(*, database_url: str, upstream_url: str, **settings: object) -> Settings:
    overrides = {
        "DATABASE_URL": database_url,
        "TICKETMASTER_API_KEY": KEY,
        "TICKETMASTER_BASE_URL": upstream_url,
        "PUBLIC_URL": "http://events.test",
        # A busy machine is no failing upstream; tests about waiting set their own.
        "TICKETMASTER_TIMEOUT_SECONDS": 30,
        **{name.upper(): value for name, value in settings.items()},
    }
    loaded, _ = load_settings(environment={}, dotenv=None, overrides=overrides)
    return loaded


@asynccontextmanager
async def running_service(
    *, database_url: str, upstream_url: str, migrate: bool = False, **settings: object
) -> AsyncIterator[Service]:
    """Run the application in this process, without a socket of its own."""
    clock = Clock()
    loaded = load_test_settings(database_url=database_url, upstream_url=upstream_url, **settings)
    app = create_app(loaded, clock=clock, migrate=migrate)
    async with app.router.lifespan_context(app):
        transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx2.AsyncClient(transport=transport, base_url="http://events.test", timeout=60) as client:
            yield Service(client, clock)


@contextmanager
def serving_service(*, database_url: str, upstream_url: str) -> Iterator[str]:
    """Serve the application on a real socket, for programs that come from outside.

    Yields:
        Its address.
    """
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = load_test_settings(database_url=database_url, upstream_url=upstream_url, public_url=url)
        with serving(create_app(settings, migrate=False), listener, lifespan="on"):
            yield url
