"""Every recorded answer through the whole service: HTTP, client, mapping, database, `/events`."""

import json
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import RunningSandbox, running_sandbox
from tests.support.service import Service, running_service

FOLDER = os.environ.get("TICKETMASTER_RECORDINGS", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="set TICKETMASTER_RECORDINGS to a folder of recorded answers to run these"
)

SINCE_EVER = {"startDateTime": "1990-01-01T00:00:00Z", "includeTBA": "yes"}


def read_events(path: Path) -> list[Any]:
    """The events that a recording holds: a page, a bare array, or one event."""
    body = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(body, list):
        found = body
    elif "dates" in body:
        found = [body]
    else:
        found = body.get("_embedded", {}).get("events", [])
    return [event for event in found if "dates" in event]


HOLDING = (
    {path.stem: events for path in sorted(Path(FOLDER).glob("*.json")) if (events := read_events(path))}
    if FOLDER
    else {}
)


@pytest.fixture(scope="module")
def recorded() -> Iterator[RunningSandbox]:
    with running_sandbox(recordings=Path(FOLDER)) as running:
        yield running


@pytest.fixture
async def service(database_url: str, recorded: RunningSandbox) -> AsyncIterator[Service]:
    async with running_service(database_url=database_url, upstream_url=recorded.base_url) as running:
        yield running


def test_nothing_is_missing_from_the_folder() -> None:
    assert len(HOLDING) == 38
    assert sum(len(events) for events in HOLDING.values()) == 593


@pytest.mark.parametrize("stem", sorted(HOLDING))
async def test_every_event_of_a_recording_is_answered(service: Service, stem: str) -> None:
    expected = {
        event["id"] for event in HOLDING[stem] if event.get("id") and event.get("name") and not event.get("test")
    }
    answered: dict[str, Any] = {}
    page = 1
    while True:
        body = await service.search(keyword=f"recording:{stem}", size=100, page=page, **SINCE_EVER)
        answered |= {event["id"]: event for event in body["events"]}
        if body["links"]["next"] is None:
            break
        page += 1
    assert set(answered) == expected
    for event_id, event in answered.items():
        found = (await service.get(f"/events/{event_id}")).json()
        assert found | {"fetchedAt": None} == event | {"fetchedAt": None}


async def test_all_recordings_together_are_each_event_once(service: Service) -> None:
    expected = {event["id"] for events in HOLDING.values() for event in events if not event.get("test")}
    answered: list[str] = []
    page = 1
    while True:
        body = await service.search(size=100, page=page, **SINCE_EVER)
        answered += [event["id"] for event in body["events"]]
        if body["links"]["next"] is None:
            break
        page += 1
    assert len(answered) == len(set(answered))
    assert set(answered) == expected
    assert (body["total"], body["totalRelation"]) == (len(expected), "exact")
