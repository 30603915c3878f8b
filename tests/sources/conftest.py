from collections.abc import AsyncIterator
from datetime import timedelta

import httpx2
import pytest

from event_scheduler.clock import Clock
from event_scheduler.outbound.client import create_client
from event_scheduler.sources.guard import SourceGuard
from event_scheduler.sources.ticketmaster.client import TicketmasterClient
from event_scheduler.sources.ticketmaster.source import TicketmasterSource
from tests.support.upstream import Upstream, running_upstream

KEY = "canary/KEY+4711 ä"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running_upstream() as running:
        yield running


@pytest.fixture
async def http() -> AsyncIterator[httpx2.AsyncClient]:
    async with create_client() as client:
        yield client


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def source(upstream: Upstream, http: httpx2.AsyncClient, clock: Clock) -> TicketmasterSource:
    return TicketmasterSource(
        client=TicketmasterClient(http=http, base_url=upstream.base_url, api_key=KEY, clock=clock),
        guard=SourceGuard(source="ticketmaster", clock=clock, deadline=timedelta(seconds=3)),
        clock=clock,
    )
