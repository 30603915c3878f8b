"""The one decision, case by case, and what must hold for every case."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_scheduler.catalog.models import EventId, EventKind
from event_scheduler.freshness.models import Cursor, Entry, Need, Notice, Reading, ReadingId
from event_scheduler.freshness.policy import (
    EMPTY_TTL,
    Fetch,
    FetchDecision,
    Lifetimes,
    Member,
    Serve,
    arrange,
    decide,
)
from event_scheduler.sources.models import Sort

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
LIFETIMES = Lifetimes(fresh=timedelta(hours=1), stale_if_error=timedelta(days=7), refresh_floor=timedelta(minutes=1))
MORE = Cursor(part=0, page=1)


def reading(age: timedelta, *, number: int = 1, members: int = 200, following: Cursor | None = MORE) -> Reading:
    told_at = NOW - age
    return Reading(
        id=ReadingId(number),
        asked_at=told_at,
        fetched_at=told_at,
        next=following,
        is_truncated=False,
        total=members,
        is_total_exact=True,
        members=members,
        settled=members,
        frontier=None,
    )


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


FIRST = Need(offset=0, count=20)
FORCED = Need(offset=0, count=20, refresh=True)
FRESH, OLD, ANCIENT = reading(minutes(10)), reading(minutes(61)), reading(timedelta(days=8))
EMPTY = reading(minutes(4), members=0, following=None)

CASES = {
    "nothing stored": (Entry(now=NOW), FIRST, False, FetchDecision(fetch=Fetch.BEGIN, fallback=None)),
    "fresh": (Entry(now=NOW, current=FRESH), FIRST, True, Serve(reading=FRESH)),
    "fresh, too short": (
        Entry(now=NOW, current=FRESH), FIRST, False, FetchDecision(fetch=Fetch.CONTINUE, fallback=None)
    ),
    "fresh, too short, the one before has it": (
        Entry(now=NOW, current=FRESH, previous=OLD), FIRST, False,
        FetchDecision(fetch=Fetch.CONTINUE, fallback=OLD),
    ),
    "old": (Entry(now=NOW, current=OLD), FIRST, True, FetchDecision(fetch=Fetch.BEGIN, fallback=OLD)),
    "too old to serve": (
        Entry(now=NOW, current=ANCIENT), FIRST, True, FetchDecision(fetch=Fetch.BEGIN, fallback=None)
    ),
    "exactly an hour old": (
        Entry(now=NOW, current=reading(minutes(60))), FIRST, True,
        FetchDecision(fetch=Fetch.BEGIN, fallback=reading(minutes(60))),
    ),
    "empty, four minutes": (Entry(now=NOW, current=EMPTY), FIRST, True, Serve(reading=EMPTY)),
    "empty, five minutes": (
        Entry(now=NOW, current=reading(EMPTY_TTL, members=0, following=None)), FIRST, True,
        FetchDecision(fetch=Fetch.BEGIN, fallback=reading(EMPTY_TTL, members=0, following=None)),
    ),
    "refresh": (Entry(now=NOW, current=FRESH), FORCED, True, FetchDecision(fetch=Fetch.BEGIN, fallback=FRESH)),
    "refresh too soon": (
        Entry(now=NOW, current=reading(minutes(0.5))), FORCED, True,
        Serve(reading=reading(minutes(0.5)), notices=(Notice.REFRESH_TOO_SOON,)),
    ),
    "refresh too soon, too short": (
        Entry(now=NOW, current=reading(minutes(0.5))), FORCED, False,
        FetchDecision(fetch=Fetch.CONTINUE, fallback=None),
    ),
    "from the future": (
        Entry(now=NOW, current=reading(-minutes(5))), FIRST, True,
        FetchDecision(fetch=Fetch.BEGIN, fallback=reading(-minutes(5))),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_decision(case: str) -> None:
    entry, need, has_page, decision = CASES[case]
    assert decide(entry, need, LIFETIMES, has_page=has_page, is_new=False) == decision


@given(
    age=st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30)),
    offset=st.integers(0, 2000),
    has_page=st.booleans(),
    refresh=st.booleans(),
)
def test_a_reading_made_for_the_asker_is_never_asked_for_again(
    age: timedelta,
    offset: int,
    has_page: bool,
    refresh: bool,
) -> None:
    entry = Entry(now=NOW, current=reading(age))
    need = Need(offset=offset, count=20, refresh=refresh)
    decision = decide(entry, need, LIFETIMES, has_page=has_page, is_new=True)
    assert isinstance(decision, Serve) == has_page
    assert not isinstance(decision, FetchDecision) or decision.fetch is Fetch.CONTINUE


@given(
    age=st.timedeltas(min_value=timedelta(days=-30), max_value=timedelta(days=30)),
    before=st.none() | st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=30)),
    has_page=st.booleans(),
    refresh=st.booleans(),
)
def test_what_serves_without_asking_is_fresh_and_whole(
    age: timedelta,
    before: timedelta | None,
    has_page: bool,
    refresh: bool,
) -> None:
    previous = None if before is None else reading(before, number=0)
    entry = Entry(now=NOW, current=reading(age), previous=previous)
    need = Need(offset=0, count=20, refresh=refresh)
    decision = decide(entry, need, LIFETIMES, has_page=has_page, is_new=False)
    if isinstance(decision, Serve):
        assert has_page
        assert timedelta(seconds=-1) <= age < LIFETIMES.fresh
    elif decision.fallback is not None:
        assert NOW - decision.fallback.fetched_at < LIFETIMES.stale_if_error


JANUARY = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def told_events(draw: st.DrawFn) -> list[tuple[datetime, Member]]:
    """Events as a source tells them: by the start of the day where the time is unknown, else by the time."""
    ids = draw(st.lists(st.text("abAB019_-", min_size=1, max_size=3), min_size=2, max_size=30, unique=True))
    told = []
    for event_id in ids:
        hour = JANUARY + timedelta(hours=draw(st.integers(0, 35)))
        is_known = draw(st.booleans())
        told_at = hour if is_known else hour.replace(hour=0)
        sort_at = hour if is_known else told_at + timedelta(days=1, microseconds=-1)
        told.append((told_at, Member(event_id=EventId(event_id), kind=EventKind.MAIN, sort_at=sort_at)))
    return sorted(told, key=lambda pair: pair[0])


@settings(max_examples=300)
@given(told=told_events(), cuts=st.lists(st.integers(1, 20), min_size=1, max_size=6))
def test_the_order_is_the_same_however_the_pages_fall(told: list[tuple[datetime, Member]], cuts: list[int]) -> None:
    """What is settled never moves, and in the end all of it is in our order, ties by id in byte order."""
    whole = sorted((member for _, member in told), key=lambda m: (m.sort_at or NOW, m.event_id.encode()))
    settled: list[Member] = []
    tail: list[Member] = []
    bounds = [0, *sorted(cut for cut in cuts if cut < len(told)), len(told)]
    for begin, end in pairwise(bounds):
        page, is_last = told[begin:end], end == len(told)
        frontier = page[-1][0] if page else None
        found = [member for _, member in page]
        arrangement = arrange(tail, found, sort=Sort.DATE_ASC, frontier=frontier, is_last=is_last)
        settled += arrangement.members[: arrangement.settled]
        tail = list(arrangement.members[arrangement.settled :])
        assert settled == whole[: len(settled)]
    assert settled == whole


@pytest.mark.parametrize("sort", [Sort.NAME_ASC, Sort.RELEVANCE_DESC, Sort.DISTANCE_ASC])
def test_an_order_that_is_not_by_date_is_the_sources_own(sort: Sort) -> None:
    found = [Member(event_id=EventId(id_), kind=EventKind.MAIN, sort_at=None) for id_ in "bca"]
    arrangement = arrange([], found, sort=sort, frontier=None, is_last=False)
    assert (list(arrangement.members), arrangement.settled) == (found, 3)
