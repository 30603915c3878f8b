"""What can be asked of the source and kept: a search, or one event by its id."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from event_scheduler.catalog.models import Event, EventId, Precision
from event_scheduler.freshness.models import Cursor, Progress, Reading
from event_scheduler.freshness.search import Search
from event_scheduler.sources.errors import SourceNotFoundError
from event_scheduler.sources.models import Sort, SourcePage, SourceQuery
from event_scheduler.sources.ticketmaster.source import TicketmasterSource

__all__ = ["Lookup", "Question", "SearchQuestion", "find_depth", "is_part_read"]


@dataclass(frozen=True, kw_only=True, slots=True)
class SearchQuestion:
    """A search, to be read page by page."""

    search: Search
    key: bytes

    @property
    def sort(self) -> Sort:
        """The order of the answer."""
        return self.search.query.sort

    @property
    def locale(self) -> str:
        """The language of the answer; empty for the default."""
        return self.search.query.locale or ""

    async def ask(self, source: TicketmasterSource, cursor: Cursor, *, asked_at: datetime) -> SourcePage:
        """Fetch one page.

        Raises:
            SourceError: The source gave no usable answer.
        """
        return await source.fetch_page(self._plan(asked_at)[cursor.part], page=cursor.page)

    def select(self, page: SourcePage, cursor: Cursor, *, asked_at: datetime) -> list[Event]:
        """Select what belongs to the answer; the source was asked a little more widely."""
        if self._plan(asked_at)[cursor.part].undated:
            return [event for event in page.events if event.start.precision is Precision.NONE]
        return [event for event in page.events if self.search.holds(event)]

    def advance(self, reading: Reading, page: SourcePage, cursor: Cursor, *, kept: int) -> Progress:
        """Say where a reading stands after a further page.

        Args:
            reading: The state before.
            page: What came.
            cursor: Where it came from.
            kept: How many of its events were new and belong to the answer.
        """
        is_first_page, is_last_part = cursor.page == 0, cursor.part + 1 == len(self._plan(reading.asked_at))
        following: Cursor | None = Cursor(part=cursor.part, page=cursor.page + 1)
        is_truncated = reading.is_truncated
        if is_part_read(page, cursor):
            is_truncated = is_truncated or not page.is_last
            following = None if is_last_part else Cursor(part=cursor.part + 1, page=0)
        held = reading.members + kept
        if following is None and not is_truncated:
            return Progress(next=None, is_truncated=False, total=held, is_total_exact=True)
        return Progress(
            next=following,
            is_truncated=is_truncated,
            total=max(held, reading.total, reading.members + page.total if is_first_page else 0),
            is_total_exact=(reading.is_total_exact or (is_first_page and not reading.is_truncated))
            and is_last_part
            and kept == page.received
            and not page.is_total_capped
            and not self._may_cut,
        )

    @property
    def _may_cut(self) -> bool:
        """Whether the source is asked more widely than the answer goes, so that its count is not ours."""
        bounds = (self.search.window.start, self.search.window.end)
        return any(bound is not None and not isinstance(bound, datetime) for bound in bounds)

    def _plan(self, asked_at: datetime) -> tuple[SourceQuery, ...]:
        return self.search.plan(asked_at=asked_at)


def find_depth(reading: Reading) -> int:
    """Say how many members a reading can come to at most, as far as the source lets anybody read."""
    if reading.next is None:
        return reading.members
    return reading.members + TicketmasterSource.MAX_DEPTH - reading.next.page * TicketmasterSource.PAGE_SIZE


def is_part_read(page: SourcePage, cursor: Cursor) -> bool:
    """Say whether a page was the last that can be read of its question."""
    return page.is_last or (cursor.page + 1) * TicketmasterSource.PAGE_SIZE >= TicketmasterSource.MAX_DEPTH


@dataclass(frozen=True, kw_only=True, slots=True)
class Lookup:
    """One event, by its id: a reading of at most one member."""

    event_id: EventId
    key: bytes
    sort: Sort = Sort.DATE_ASC
    locale: str = ""

    @classmethod
    def of(cls, event_id: EventId, *, source: str, base_url: str) -> "Lookup":
        """Build the question for one event of one source."""
        key = hashlib.sha256(f"event\x00{source}\x00{base_url}\x00{event_id}".encode()).digest()
        return cls(event_id=event_id, key=key)

    async def ask(self, source: TicketmasterSource, cursor: Cursor, *, asked_at: datetime) -> SourcePage:  # noqa: ARG002
        """Fetch the event; "unknown" is an answer as well, an empty one.

        Raises:
            SourceError: The source gave no usable answer.
        """
        page = SourcePage(events=(), received=0, skipped=0, total=0, is_total_capped=False, is_last=True)
        try:
            event = await source.fetch_event(self.event_id)
        except SourceNotFoundError:
            return page
        return replace(page, events=(event,), received=1, total=1)

    def select(self, page: SourcePage, cursor: Cursor, *, asked_at: datetime) -> list[Event]:  # noqa: ARG002
        """Select what belongs to the answer: all of it."""
        return list(page.events)

    def advance(self, reading: Reading, page: SourcePage, cursor: Cursor, *, kept: int) -> Progress:  # noqa: ARG002
        """Say where the reading stands: at its end."""
        return Progress(next=None, is_truncated=False, total=kept, is_total_exact=True)


Question = SearchQuestion | Lookup
