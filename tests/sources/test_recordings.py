"""Real answers of 2016 to 2026: every event is understood, and the odd ones mean what they say."""

import json
import os
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import httpx2
import msgspec
import pytest

from event_scheduler.catalog.models import Event
from event_scheduler.sources.ticketmaster import parsing, wire
from event_scheduler.sources.ticketmaster.answers import retry_after_s
from event_scheduler.sources.ticketmaster.mapping import to_event, to_images
from tests.sources.recorded_facts import FACTS

FOLDER = os.environ.get("TICKETMASTER_RECORDINGS")

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="set TICKETMASTER_RECORDINGS to a folder of recorded answers to run these"
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def load(name: str) -> bytes:
    return (Path(FOLDER or ".") / f"{name}.json").read_bytes()


def page_body(name: str) -> bytes:
    """Put a file into the form of a search answer: some keep only the list, or one event alone."""
    tree = json.loads(load(name))
    if isinstance(tree, dict) and "_embedded" in tree and "events" in tree["_embedded"]:
        return load(name)
    rows = tree if isinstance(tree, list) else [tree]
    return json.dumps({"_embedded": {"events": rows}}).encode()


def holds_events(name: str) -> bool:
    tree = json.loads(load(name))
    if isinstance(tree, list):
        return "dates" in tree[0]
    return "events" in tree.get("_embedded", {}) or (tree.get("type") == "event" and "dates" in tree)


@cache
def event_files() -> list[str]:
    return [path.stem for path in sorted(Path(FOLDER or ".").glob("*.json")) if holds_events(path.stem)]


@cache
def events_of(name: str) -> dict[str, Event]:
    answer = parsing.parse_events(page_body(name))
    mapped = [to_event(raw, now=NOW) for raw in answer.events]
    return {event.id: event for event in mapped if event is not None}


def test_every_recorded_event_is_understood() -> None:
    total = 0
    for name in event_files():
        rows = json.loads(page_body(name))["_embedded"]["events"]
        wanted = [row["id"] for row in rows if row.get("id") and row.get("name") and not row.get("test")]
        found = events_of(name)
        assert set(found) == set(wanted), name
        for event in found.values():
            assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
        total += len(rows)
    assert (len(event_files()), total) == (38, 593)


def test_no_recorded_web_address_and_no_start_is_lost() -> None:
    for name in event_files():
        found = events_of(name)
        for row in json.loads(page_body(name))["_embedded"]["events"]:
            event, start = found[row["id"]], row["dates"]["start"]
            assert event.url == row.get("url")
            assert (event.start.utc is not None) == ("dateTime" in start)
            assert (event.start.local_date is not None) == ("localDate" in start)
            assert (event.start.local_time is not None) == ("localTime" in start)


def test_recorded_coordinates_of_both_countries_lie_west() -> None:
    venues = [event.venue for name in event_files() for event in events_of(name).values() if event.venue]
    assert not [venue for venue in venues if venue.country_code in {"US", "CA"} and (venue.longitude or -1) > 0]


def pick(value: object, path: str) -> object:
    for key in path.split("."):
        if isinstance(value, list):
            value = value[int(key)]
        else:
            assert isinstance(value, dict)
            value = value[key]
    return value


@pytest.mark.parametrize(("name", "event_id"), FACTS, ids=str)
def test_facts_of_odd_events(name: str, event_id: str) -> None:
    written = json.loads(msgspec.json.encode(events_of(name)[event_id]))
    wanted = FACTS[name, event_id]
    assert {path: pick(written, path) for path in wanted} == wanted


def test_two_recorded_venues_have_no_name() -> None:
    venues = {
        event.venue.id
        for event in events_of("events-fi-au-us-2022-fitness").values()
        if event.venue is not None and event.venue.name is None
    }
    assert 1 <= len(venues) <= 2


def test_recorded_pages_tell_their_size() -> None:
    page = parsing.parse_events(load("events-us-2023-11-size3-page0")).page
    assert (page.total, page.total_pages) == (242_251, 80_751)
    empty = parsing.parse_events(load("events-empty-2026-10"))
    assert (empty.received, empty.page.total_pages) == (0, 0)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("error-400-date-DIS1015", "DIS1015"),
        ("error-400-paging-DIS1035", "DIS1035"),
        ("error-400-size-DIS1036", "DIS1036"),
        ("error-400-sort-DIS1005", "DIS1005"),
        ("error-401-invalid-apikey", "oauth.v2.InvalidApiKey"),
        ("error-404-event-DIS1004", "DIS1004"),
        ("error-429-quota", "policies.ratelimit.QuotaViolation"),
    ],
)
def test_recorded_errors_tell_their_code(name: str, code: str) -> None:
    fault = parsing.parse_fault(load(name))
    assert fault is not None
    assert fault.code == code
    assert fault.detail


def test_recorded_venues() -> None:
    assert len(parsing.parse_venues(load("venues-2016-06-page0-sdk"))) == 20
    assert parsing.parse_venues(load("venues-2016-06-empty-sdk")) == []
    for name in ("venue-2016-01-detail-sdk", "venue-2016-06-detail-sdk"):
        venue = parsing.parse_venue(load(name))
        tree = json.loads(load(name))
        assert (venue.id, venue.name, venue.timezone) == (tree["id"], tree["name"], tree["timezone"])


def test_recorded_attractions() -> None:
    for name in ("attractions-2016-01-page0-sdk", "attractions-2021-11-search"):
        rows = json.loads(load(name))["_embedded"]["attractions"]
        assert [found.id for found in parsing.parse_attractions(load(name))] == [row["id"] for row in rows]
    assert parsing.parse_attraction(load("attraction-2016-01-detail-sdk")).name


def test_recorded_classifications() -> None:
    segments = parsing.parse_classifications(load("classifications-2016-01-page0-sdk"))
    assert len(segments) == len(json.loads(load("classifications-2016-01-page0-sdk"))["_embedded"]["classifications"])
    segment = parsing.parse_classification(load("classification-2016-01-detail-sdk"))
    genres = wire.many(wire.one(segment.embedded, wire.LevelParts).genres, wire.Level)
    assert (segment.id is not None, len(genres) > 1) == (True, True)
    for name in ("segment-2016-09-detail-docs", "genre-2016-09-detail-docs", "subgenre-2016-09-detail-docs"):
        level = parsing.parse_level(load(name))
        assert (level.id, level.name) == (json.loads(load(name))["id"], json.loads(load(name))["name"])


def test_recorded_images_of_an_event() -> None:
    images = to_images(parsing.parse_event_images(load("event-images-2016-01-sdk")))
    rows = json.loads(load("event-images-2016-01-sdk"))["images"]
    own = {row["url"] for row in rows if not row["fallback"]}
    assert {image.url for image in images[: len(own)]} == own


def test_a_recorded_reset_is_in_milliseconds() -> None:
    headers = httpx2.Headers(json.loads(load("headers-200-2026-10"))["headers"])
    reset = datetime.fromtimestamp(int(headers["Rate-Limit-Reset"]) / 1000, UTC)
    assert reset.year == 2026
    now = datetime.fromtimestamp(reset.timestamp() - 100, UTC)
    assert retry_after_s(headers, now=now, is_quota=True) == 100
