import os
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from event_scheduler.sandbox.app import create_sandbox

DAY = date(2026, 11, 22)
Search = Callable[..., dict[str, Any]]


class Hand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def move(self, **amount: float) -> None:
        self.time += timedelta(**amount)


def open_client(app: Starlette, *, host: str = "127.0.0.1") -> TestClient:
    mounted = Starlette(routes=[Mount("/sandbox", app)])
    return TestClient(mounted, base_url="http://localhost:8000/sandbox", client=(host, 50_000))


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture(scope="session")
def client() -> Iterator[TestClient]:
    """One world for all tests, without a limit on the rate."""
    with open_client(create_sandbox(today=DAY, requests_per_second=float("inf"), daily_quota=10**9)) as opened:
        yield opened


@pytest.fixture(scope="session")
def search(client: TestClient) -> Search:
    """Return the body of a search that succeeds; `kind` is what is searched for."""

    def run(kind: str = "events", **params: str | int | list[str]) -> dict[str, Any]:
        answer = client.get(f"discovery/v2/{kind}.json", params={"apikey": "key", **params})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return run


@pytest.fixture(scope="session")
def many_events(search: Search) -> list[dict[str, Any]]:
    """A third of the world, and everything without a date, read through searches of three days every nine days."""
    events: dict[str, dict[str, Any]] = {}
    for days in range(-3, 346, 9):
        begin = datetime(DAY.year, DAY.month, DAY.day, tzinfo=UTC) + timedelta(days=days)
        _read_pages(
            search,
            events,
            startDateTime=f"{begin:%Y-%m-%dT%H:%M:%SZ}",
            endDateTime=f"{begin + timedelta(days=3):%Y-%m-%dT%H:%M:%SZ}",
            includeTest="yes",
        )
    _read_pages(search, events, includeTBA="only")
    _read_pages(search, events, includeTBD="only")
    return list(events.values())


def _read_pages(search: Search, events: dict[str, dict[str, Any]], **params: str) -> None:
    number = 0
    while True:
        body = search(size=200, page=number, sort="id,asc", **params)
        assert body["page"]["totalElements"] <= 1_200, "a window that cannot be read whole"
        events.update({event["id"]: event for event in body.get("_embedded", {}).get("events", [])})
        number += 1
        if number >= body["page"]["totalPages"]:
            return


@pytest.fixture(scope="session")
def recordings() -> Path:
    folder = os.environ.get("TICKETMASTER_RECORDINGS")
    if not folder:
        pytest.skip("TICKETMASTER_RECORDINGS does not name a folder with recorded answers")
    return Path(folder)
