"""Normalised searches: which questions are one, and what belongs to their answers."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from event_scheduler.catalog.models import Moment, Precision
from event_scheduler.freshness.search import IncludeUndated, Search, Window
from event_scheduler.sources.models import DistanceUnit, GeoCircle, Sort, SourceQuery

NOON = datetime(2026, 12, 5, 12, tzinfo=UTC)
DAY = date(2026, 12, 5)


def key(search: Search, *, base_url: str = "https://one.test") -> bytes:
    return search.compute_key(source="ticketmaster", base_url=base_url)


def test_case_does_not_matter_in_text_and_matters_in_ids() -> None:
    assert key(Search(query=SourceQuery(keyword="Jazz", city="BERLIN"))) == key(
        Search(query=SourceQuery(keyword="jazz", city="berlin"))
    )
    assert key(Search(query=SourceQuery(venue_ids=("aB",)))) != key(Search(query=SourceQuery(venue_ids=("Ab",))))


DIFFERENT: dict[str, object] = {
    "keyword": "x", "city": "x", "country_code": "DE", "state_code": "CA", "postal_code": "1", "locale": "de",
    "classification_name": "x", "segment_ids": ("x",), "genre_ids": ("x",), "venue_ids": ("x",),
    "attraction_ids": ("x",), "circle": GeoCircle(latitude=1, longitude=2, radius=3, unit=DistanceUnit.KM),
    "first_start": NOON, "last_start": NOON, "undated": True, "sort": Sort.NAME_ASC,
}  # fmt: skip


def test_every_field_that_changes_the_answer_changes_the_key() -> None:
    assert set(DIFFERENT) == {field.name for field in fields(SourceQuery)}
    searches = [Search()]
    for name, value in DIFFERENT.items():
        changed: dict[str, object] = {name: value}
        searches.append(Search(query=replace(SourceQuery(), **changed)))  # type: ignore[arg-type]
    searches += [
        Search(window=Window(start=NOON)),
        Search(window=Window(end=NOON)),
        Search(window=Window(start=DAY)),
        Search(include_undated=IncludeUndated.YES),
    ]
    keys = {key(search) for search in searches}
    assert len(keys) == len(searches)
    assert key(Search(), base_url="https://other.test") not in keys


def test_text_that_looks_like_two_parameters_is_another_search() -> None:
    assert key(Search(query=SourceQuery(keyword="a&city=b"))) != key(Search(query=SourceQuery(keyword="a", city="b")))


def timed(moment: datetime) -> Moment:
    return Moment(precision=Precision.TIME, local_date=moment.date(), local_time=moment.time(), utc=moment)


def dated(day: date, zone: str | None = None) -> Moment:
    return Moment(precision=Precision.DATE, local_date=day, time_zone=zone)


HOLDS = [
    (Window(), timed(NOON), True),
    (Window(start=NOON), timed(NOON), True),
    (Window(end=NOON), timed(NOON), False),
    (Window(start=NOON + timedelta(seconds=1)), timed(NOON), False),
    (Window(start=NOON), dated(DAY), True),  # what is left of the day lies within
    (Window(start=datetime(2026, 12, 6, tzinfo=UTC)), dated(DAY), False),
    (Window(start=datetime(2026, 12, 6, tzinfo=UTC)), dated(DAY, "America/Los_Angeles"), True),
    (Window(end=datetime(2026, 12, 5, tzinfo=UTC)), dated(DAY), False),
    (Window(end=datetime(2026, 12, 5, tzinfo=UTC)), dated(DAY, "Asia/Tokyo"), True),
    (Window(start=DAY, end=DAY + timedelta(days=1)), dated(DAY), True),
    (Window(start=DAY, end=DAY), dated(DAY), False),
    (Window(start=DAY, end=DAY + timedelta(days=1)), dated(DAY + timedelta(days=1)), False),
    (
        Window(start=DAY),
        Moment(precision=Precision.TIME, utc=datetime(2026, 12, 5, 2, tzinfo=UTC), time_zone="America/Chicago"),
        False,  # still the fourth there
    ),
    (Window(), Moment(precision=Precision.NONE), True),
    (Window(start=DAY), Moment(precision=Precision.NONE), False),
    (Window(start=DAY), dated(date.max), True),
    (Window(end=datetime(2027, 1, 1, tzinfo=UTC)), dated(date.min, "Asia/Tokyo"), True),
]


@pytest.mark.parametrize(("window", "start", "is_held"), HOLDS)
def test_what_lies_within_a_window(window: Window, start: Moment, is_held: bool) -> None:
    assert window.holds(start) is is_held


def test_from_now_on_means_from_the_hour_rounded_down() -> None:
    asked_at = datetime(2026, 11, 22, 14, 37, 12, 5, tzinfo=UTC)
    (query,) = Search().plan(asked_at=asked_at)
    assert (query.first_start, query.last_start) == (datetime(2026, 11, 22, 14, tzinfo=UTC), None)


def test_no_start_is_added_to_a_window_that_has_passed() -> None:
    (query,) = Search(window=Window(end=NOON)).plan(asked_at=NOON + timedelta(hours=1))
    assert (query.first_start, query.last_start) == (None, NOON - timedelta(seconds=1))


def test_a_day_is_asked_for_in_every_zone() -> None:
    (query,) = Search(window=Window(start=DAY, end=DAY + timedelta(days=1))).plan(asked_at=NOON)
    midnight = datetime.combine(DAY, time(0), UTC)
    assert query.first_start == midnight - timedelta(hours=14)
    assert query.last_start == midnight + timedelta(hours=36) - timedelta(seconds=1)


def test_a_fraction_of_a_second_is_rounded_into_the_window() -> None:
    half = timedelta(milliseconds=500)
    (query,) = Search(window=Window(start=NOON + half, end=NOON + timedelta(seconds=9) + half)).plan(asked_at=NOON)
    assert (query.first_start, query.last_start) == (NOON + timedelta(seconds=1), NOON + timedelta(seconds=9))


def test_events_without_a_date_are_a_question_of_their_own_without_dates() -> None:
    dated_query, undated_query = Search(include_undated=IncludeUndated.YES, window=Window(start=DAY)).plan(
        asked_at=NOON
    )
    assert (dated_query.undated, undated_query.undated) == (False, True)
    assert undated_query.first_start is undated_query.last_start is None


def test_the_edges_of_the_calendar_are_no_error() -> None:
    for window in (Window(start=date.min), Window(end=date.max), Window(start=date.max), Window(end=date.min)):
        assert Search(window=window).plan(asked_at=NOON)
