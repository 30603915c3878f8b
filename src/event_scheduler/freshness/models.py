"""What the cache knows about a search, and what it answers."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType

from event_scheduler.catalog.models import EventKind, StoredEvent

__all__ = [
    "Answer",
    "CacheOutcome",
    "Cursor",
    "Entry",
    "EventAnswer",
    "Failure",
    "Need",
    "Notice",
    "Progress",
    "Reading",
    "ReadingId",
]

ReadingId = NewType("ReadingId", int)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursor:
    """Where a reading goes on."""

    part: int
    """Which of the search's questions, zero-based."""

    page: int
    """Which page of its answer, zero-based."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One look at the source for one search, as far as it went."""

    id: ReadingId
    asked_at: datetime
    """When it began; "from now on" counts from here."""

    fetched_at: datetime
    """When its first page was read; its age counts from here."""

    next: Cursor | None
    """Where to read on; `None` when there is nothing more to read."""

    is_truncated: bool
    """Whether the source has more than it lets anybody read."""

    total: int
    """How many matches the source claims."""

    is_total_exact: bool
    """Whether that is a count of what this search answers: neither capped, nor cut here, nor partly unasked."""

    members: int
    """How many events it holds."""

    settled: int
    """How many of them, from the front, have their final place."""

    frontier: datetime | None
    """Where in time it has come to, if it is by date: nothing unread lies before (after it, when descending)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Progress:
    """How far a reading has come after a further page."""

    next: Cursor | None
    is_truncated: bool
    total: int
    is_total_exact: bool
    frontier: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """The last fetch that failed, if none has succeeded since."""

    at: datetime
    detail: str
    retry_after_s: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """All that is stored about one search, at one moment of the database's time."""

    now: datetime
    current: Reading | None = None
    previous: Reading | None = None
    """The reading before, kept for pages that the current one has not reached again yet."""

    is_leased: bool = False
    """Whether some process is fetching at this moment."""

    failure: Failure | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Need:
    """Which part of a search somebody wants."""

    offset: int
    count: int
    kinds: frozenset[EventKind] | None = None
    """`None` for all."""

    refresh: bool = False
    """Whether a new reading is wanted, however fresh the one in hand."""


class CacheOutcome(Enum):
    """How an answer came about (RFC 9211)."""

    HIT = "hit"
    MISS = "fwd=miss; stored"
    STALE_FETCHED = "fwd=stale; stored"
    REFRESHED = "fwd=request; stored"
    COLLAPSED = "fwd=miss; collapsed"
    STALE = "fwd=stale; fwd-status=503"


class Notice(Enum):
    """Something the asker should know about an answer."""

    REFRESH_TOO_SOON = "refresh_too_soon"


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A page of a search."""

    events: tuple[StoredEvent, ...]
    total: int
    is_total_exact: bool
    has_more: bool
    """Whether a further page can be asked for."""

    reachable: int
    """How many matches can be paged to, as far as is known."""

    fetched_at: datetime
    expires_at: datetime
    now: datetime
    is_stale: bool
    is_empty: bool
    """Whether the whole search, not only this page, found nothing."""

    outcome: CacheOutcome
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EventAnswer:
    """One event, asked for by its id."""

    event: StoredEvent
    now: datetime
    expires_at: datetime
    is_stale: bool
    outcome: CacheOutcome
