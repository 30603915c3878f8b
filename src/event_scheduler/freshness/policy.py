"""What to do with a search: one pure decision, from what is stored, what is asked, and the time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum

from event_scheduler.catalog.models import Event, EventId, EventKind, Precision
from event_scheduler.freshness.models import Entry, Need, Notice, Reading
from event_scheduler.sources.models import Sort

__all__ = [
    "Arrangement",
    "Decision",
    "Fetch",
    "Lifetimes",
    "Member",
    "Serve",
    "arrange",
    "compute_frontier",
    "decide",
    "is_fresh",
    "lifetime_of",
]

EMPTY_TTL = timedelta(minutes=5)
"""How long "nothing found" and "no such event" count as fresh: shorter, for shows are announced at any moment."""

_CLOCK_LEEWAY = timedelta(seconds=-1)
_FAR = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lifetimes:
    """The operator's settings that the decision depends on."""

    fresh: timedelta
    stale_if_error: timedelta
    refresh_floor: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Serve:
    """Answer from this reading; no upstream call."""

    reading: Reading
    notices: tuple[Notice, ...] = ()


class Fetch(Enum):
    """Which upstream call to make."""

    BEGIN = "begin"
    """A new reading, from the first page."""

    CONTINUE = "continue"
    """The current reading's next page."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FetchDecision:
    """Ask the source first."""

    fetch: Fetch
    fallback: Reading | None
    """What serves, marked stale, when the source does not answer in time."""


Decision = Serve | FetchDecision


def lifetime_of(reading: Reading, lifetimes: Lifetimes) -> timedelta:
    """Say how long a reading counts as fresh, from its `fetched_at`."""
    is_empty = reading.members == 0 and reading.next is None
    return min(lifetimes.fresh, EMPTY_TTL) if is_empty else lifetimes.fresh


def is_fresh(fetched_at: datetime, now: datetime, lifetime: timedelta) -> bool:
    """Say whether something told at `fetched_at` is fresh.

    What seems to come from the future is not: a clock that was set back must not make anything immortal.
    """
    return _CLOCK_LEEWAY <= now - fetched_at < lifetime


def decide(entry: Entry, need: Need, lifetimes: Lifetimes, *, has_page: bool, is_new: bool) -> Decision:
    """Decide how to answer.

    Args:
        entry: What is stored, and the time.
        need: What is asked for.
        lifetimes: The operator's settings.
        has_page: Whether the current reading, as far as it went, holds the whole page asked for: enough settled
            events of the kinds wanted, or all there are.
        is_new: Whether the current reading was made since the asker came: then it is fresh, whatever its lifetime.
    """
    current = entry.current
    if current is None:
        return FetchDecision(fetch=Fetch.BEGIN, fallback=None)
    is_too_soon = need.refresh and not is_new and is_fresh(current.fetched_at, entry.now, lifetimes.refresh_floor)
    is_good = is_new or (
        is_fresh(current.fetched_at, entry.now, lifetime_of(current, lifetimes)) and (not need.refresh or is_too_soon)
    )
    if not is_good:
        candidates = (current if has_page else None, entry.previous)
        return FetchDecision(fetch=Fetch.BEGIN, fallback=_find_fallback(candidates, entry.now, need, lifetimes))
    if not has_page:
        fallback = _find_fallback((entry.previous,), entry.now, need, lifetimes)
        return FetchDecision(fetch=Fetch.CONTINUE, fallback=fallback)
    return Serve(reading=current, notices=(Notice.REFRESH_TOO_SOON,) if is_too_soon else ())


def _find_fallback(
    candidates: Sequence[Reading | None], now: datetime, need: Need, lifetimes: Lifetimes
) -> Reading | None:
    for reading in candidates:
        if reading is None or now - reading.fetched_at >= lifetimes.stale_if_error:
            continue
        if reading.next is None or reading.settled >= need.offset + need.count:
            return reading
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """An event's place in a reading."""

    event_id: EventId
    kind: EventKind
    sort_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangement:
    """The members from the first unsettled place on."""

    members: tuple[Member, ...]
    settled: int
    """How many of them, from the front, have their final place now."""


def compute_frontier(events: Sequence[Event], sort: Sort) -> datetime | None:
    """Say up to where in time the source has surely told everything, after a page of its answer.

    The source sorts an event whose time is unknown somewhere within its day, we sort it at the end of that day. So a
    page that is not the last leaves it open whether more such events of its last day follow.

    Args:
        events: The page, in the source's order.
        sort: The order asked for.

    Returns:
        Members that sort before this moment (after it, when descending) are settled; `None`: nothing is, or the order
        is not by date.
    """
    if sort not in {Sort.DATE_ASC, Sort.DATE_DESC}:
        return None
    last = next((event.start for event in reversed(events) if event.start.sort_at() is not None), None)
    if last is None or (moment := last.sort_at()) is None:
        return None
    try:
        if sort is Sort.DATE_DESC:
            # What follows starts no later; a day of unknown time that begins now ends within 24 h + a DST change, and
            # where its zone is unknown we took UTC.
            return moment + timedelta(hours=25 + 14)
        if last.precision is Precision.TIME:
            return moment
        return moment - timedelta(hours=25 + 14)
    except OverflowError:
        return moment


def arrange(
    unsettled: Sequence[Member], page: Sequence[Member], *, sort: Sort, frontier: datetime | None, is_last: bool
) -> Arrangement:
    """Put a further page of members in order behind the settled ones.

    By date: ties by id in byte order, which is how Python compares ASCII and PostgreSQL's "C" collation all text.
    Otherwise the source's own order stands.

    Args:
        unsettled: The members that had no final place yet.
        page: The new ones, in the source's order; none that the reading holds already.
        sort: The order asked for.
        frontier: See `compute_frontier`.
        is_last: Whether nothing follows, so that every place is final.
    """
    members = [*unsettled, *page]
    if sort not in {Sort.DATE_ASC, Sort.DATE_DESC}:
        return Arrangement(members=tuple(members), settled=len(members))
    members.sort(key=lambda member: member.event_id.encode())
    members.sort(key=lambda member: member.sort_at or _FAR, reverse=sort is Sort.DATE_DESC)
    if is_last:
        return Arrangement(members=tuple(members), settled=len(members))
    if frontier is None:
        return Arrangement(members=tuple(members), settled=0)
    settled = sum(
        (at > frontier) if sort is Sort.DATE_DESC else (at < frontier)
        for at in (member.sort_at or _FAR for member in members)
    )
    return Arrangement(members=tuple(members), settled=settled)
