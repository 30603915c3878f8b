"""Each language has its own document of an event, and older looks never win."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from event_scheduler.catalog.models import (
    AttractionRef,
    Event,
    EventId,
    EventKind,
    EventStatus,
    Moment,
    Precision,
    SaleStatus,
    VenueRef,
)
from event_scheduler.catalog.store import EventStore
from event_scheduler.database.engine import Database
from tests.support.pages import page_of, row
from tests.support.service import running_service
from tests.support.upstream import reply, running_upstream

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
ID = EventId("A1")


def event(name: str, *, attractions: tuple[str, ...] = ()) -> Event:
    return Event(
        id=ID,
        source="ticketmaster",
        name=name,
        status=EventStatus.SCHEDULED,
        sale_status=SaleStatus.ONSALE,
        kind=EventKind.MAIN,
        start=Moment(precision=Precision.NONE),
        venue=VenueRef(id="V1", name="The Venue"),
        attractions=tuple(AttractionRef(id=id_, name=id_) for id_ in attractions),
    )


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url)
    yield opened
    await opened.aclose()


async def save(database: Database, found: Event, at: datetime, *, locale: str = "") -> None:
    async with database.transaction() as connection:
        await EventStore(connection).save([found], locale=locale, fetched_at=at)


async def test_a_search_in_another_language_leaves_the_answer_in_hand_as_it_is(database_url: str) -> None:
    english, german = row("A1"), row("A1") | {"name": "Ereignis A1"}
    async with (
        running_upstream() as upstream,
        running_service(database_url=database_url, upstream_url=upstream.base_url) as service,
    ):
        upstream.answers = [reply(200, page_of([english])), reply(200, page_of([german]))]
        before = await service.search(keyword="a")
        translated = await service.search(keyword="a", locale="de")
        assert [found["name"] for found in translated["events"]] == ["Ereignis A1"]
        assert await service.search(keyword="a") == before
        assert (await service.get("/events/A1")).json() == before["events"][0]


async def test_a_change_moves_changed_at_and_nothing_else_does(database: Database) -> None:
    await save(database, event("one"), NOW)
    await save(database, event("one"), NOW + timedelta(hours=1))
    async with database.reading() as connection:
        same = await EventStore(connection).find(ID)
    assert same is not None
    assert (same.first_seen_at, same.changed_at, same.fetched_at) == (NOW, NOW, NOW + timedelta(hours=1))
    await save(database, event("two"), NOW + timedelta(hours=2))
    async with database.reading() as connection:
        other = await EventStore(connection).find(ID)
    assert other is not None
    assert (other.name, other.first_seen_at, other.changed_at) == ("two", NOW, NOW + timedelta(hours=2))


async def test_an_older_look_never_overwrites_a_newer_one(database: Database) -> None:
    await save(database, event("new"), NOW)
    await save(database, event("old"), NOW - timedelta(seconds=1))
    async with database.reading() as connection:
        kept = await EventStore(connection).find(ID)
    assert kept is not None
    assert kept.name == "new"


async def test_attractions_follow_what_was_last_told(database: Database) -> None:
    await save(database, event("one", attractions=("X", "Y")), NOW)
    await save(database, event("one", attractions=("Z", "X")), NOW + timedelta(hours=1))
    async with database.reading() as connection:
        rows = await connection.execute(
            text("SELECT attraction_id FROM event_attractions WHERE event_id = 'A1' ORDER BY position")
        )
        assert list(rows.scalars()) == ["Z", "X"]
