"""Ticketmaster as a source of events: pages of a search, and single events."""

from collections.abc import Iterable
from typing import Final

import structlog
from structlog.typing import FilteringBoundLogger

from event_scheduler.catalog.models import Event, EventId
from event_scheduler.clock import Clock
from event_scheduler.sources.errors import SourceAnswerError, SourceDepthError, SourceNotFoundError
from event_scheduler.sources.guard import Attempt, SourceGuard
from event_scheduler.sources.models import SourcePage, SourceQuery
from event_scheduler.sources.ticketmaster import parsing, wire
from event_scheduler.sources.ticketmaster.client import TicketmasterClient
from event_scheduler.sources.ticketmaster.mapping import SOURCE, to_event
from event_scheduler.sources.ticketmaster.query import DEFAULT_LOCALE, to_params
from event_scheduler.sources.ticketmaster.texts import to_id

__all__ = ["PAGE_SIZE", "TicketmasterSource"]

PAGE_SIZE: Final = 200
"""The largest allowed; 201 is a 400 `DIS1036` (observed October 2026)."""

_MAX_DEPTH: Final = 1_000
"""`size * page` must be less (Discovery API v2, "Deep Paging")."""

_TOTAL_CEILING: Final = 10_000
"""What very large searches report instead of a count (observed October 2026); older answers went beyond, and could be
read no further."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)


class TicketmasterSource:
    """Answers in the words of the catalogue; the only thing of this package that others need."""

    name: Final = SOURCE

    PAGE_SIZE: Final = PAGE_SIZE

    MAX_DEPTH: Final = _MAX_DEPTH

    def __init__(self, *, client: TicketmasterClient, guard: SourceGuard, clock: Clock) -> None:
        self._client = client
        self._guard = guard
        self._clock = clock

    async def fetch_page(self, query: SourceQuery, *, page: int) -> SourcePage:
        """Fetch one page of a search, in the source's order.

        Args:
            query: What to look for.
            page: Zero-based; at most 4, since deep paging ends at 1,000 items.

        Returns:
            At most 200 events, possibly none, and the total the source claims.

        Raises:
            SourceDepthError: The page lies too deep; found before any call is made.
            SourceError: No usable answer after all tries, by its kind.
        """
        if page < 0:
            raise ValueError("pages are counted from zero")
        if page * PAGE_SIZE >= _MAX_DEPTH:
            raise SourceDepthError("The event source does not let anybody read this far.")
        params = to_params(query)

        async def ask(attempt: Attempt) -> parsing.SearchPage:
            return await self._client.search_events(params, size=PAGE_SIZE, page=page, attempt=attempt)

        answer = await self._guard.call(ask)
        now = self._clock.now()
        mapped = [event for raw in answer.events if (event := to_event(raw, now=now)) is not None]
        skipped = answer.received - len(mapped)
        if skipped:
            _log.info("source_rows_skipped", source=self.name, received=answer.received, skipped=skipped)
        total = answer.page.total if answer.page.total is not None else page * PAGE_SIZE + answer.received
        return SourcePage(
            events=_each_once(mapped),
            received=answer.received,
            skipped=skipped,
            total=total,
            is_total_capped=answer.page.total is None or total >= _TOTAL_CEILING,
            is_last=_is_last(answer, page),
        )

    async def fetch_event(self, event_id: str) -> Event:
        """Fetch one event by its id.

        Raises:
            SourceNotFoundError: The source does not know it (any more), or it is a test event.
            SourceAnswerError: The answer is about another event, or of no use.
            SourceError: No usable answer after all tries, by its kind.
        """
        if to_id(event_id) != event_id:
            raise SourceNotFoundError("The event source knows no such event.")  # No id of theirs; no call is spent.

        async def ask(attempt: Attempt) -> Event:
            raw = await self._client.get_event(event_id, locale=DEFAULT_LOCALE, attempt=attempt)
            return self._to_wanted(raw, event_id)

        return await self._guard.call(ask)

    def _to_wanted(self, raw: wire.Event, event_id: str) -> Event:
        if raw.test is True:
            raise SourceNotFoundError("The event source knows no such event.")
        event = to_event(raw, now=self._clock.now())
        if event is None or event.id != event_id:
            raise SourceAnswerError("The event source gave an unusable answer. Please try again shortly.")
        return event


def _each_once(events: Iterable[Event]) -> tuple[Event, ...]:
    """Keep the first of each id."""
    found: dict[EventId, Event] = {}
    for event in events:
        found.setdefault(event.id, event)
    return tuple(found.values())


def _is_last(answer: parsing.SearchPage, page: int) -> bool:
    """Believe the page block; without one, a page that is not full is the last. An empty page always is."""
    if answer.received == 0:
        return True
    if answer.page.total_pages is None:
        return answer.received < PAGE_SIZE
    return page + 1 >= answer.page.total_pages
