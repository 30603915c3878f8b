"""Reading events through the cache: what the API, the pages and the commands call."""

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from event_scheduler.catalog.models import EventId, StoredEvent
from event_scheduler.catalog.store import EventStore
from event_scheduler.clock import Clock
from event_scheduler.database.engine import Database
from event_scheduler.freshness.errors import EventNotFoundError, TooDeepError
from event_scheduler.freshness.fetcher import Fetcher
from event_scheduler.freshness.flights import Flights
from event_scheduler.freshness.models import Answer, CacheOutcome, Entry, EventAnswer, Need, Notice, Reading
from event_scheduler.freshness.policy import (
    Fetch,
    FetchDecision,
    Lifetimes,
    Serve,
    decide,
    is_fresh,
    lifetime_of,
)
from event_scheduler.freshness.questions import Lookup, Question, SearchQuestion, find_depth
from event_scheduler.freshness.search import Search
from event_scheduler.freshness.store import SearchStore
from event_scheduler.sources.errors import SourceError, SourceUnavailableError
from event_scheduler.sources.models import Sort

__all__ = ["EventReader", "Fetches", "Lookups", "Reads", "Waits"]

Fetches = Flights[bytes, bool]
"""Upstream calls by the key of their search; whether one was made, or another process made it."""

Reads = Flights[tuple[bytes, Need], Answer]
"""Whole answers, by the search's key and what is wanted of it."""

Lookups = Flights[bytes, EventAnswer]
"""Single events, by the key of their lookup."""

_FETCHED = frozenset({CacheOutcome.MISS, CacheOutcome.STALE_FETCHED, CacheOutcome.REFRESHED})

log = structlog.stdlib.get_logger(__name__)

_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")
_RETRY_SOON_S = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Waits:
    """How long a request waits for the source."""

    with_copy: timedelta
    """With an old copy in hand."""

    without_copy: timedelta
    """With nothing in hand."""


class EventReader:
    """Answers searches and single events from the database, asking the source when the cache's law says so."""

    def __init__(
        self,
        *,
        database: Database,
        fetcher: Fetcher,
        fetches: Fetches,
        reads: Reads,
        lookups: Lookups,
        clock: Clock,
        lifetimes: Lifetimes,
        waits: Waits,
        source_name: str,
        base_url: str,
    ) -> None:
        self._database = database
        self._fetcher = fetcher
        self._fetches = fetches
        self._reads = reads
        self._lookups = lookups
        self._clock = clock
        self._lifetimes = lifetimes
        self._waits = waits
        self._source_name = source_name
        self._base_url = base_url

    async def search(self, search: Search, need: Need) -> Answer:
        """Answer one page of a search.

        Args:
            search: The normalised search.
            need: Which part of it.

        Returns:
            The page, fresh or marked stale.

        Raises:
            TooDeepError: The page lies beyond what can be reached; names the date to go on from.
            SourceError: The source gave no answer in time and there is no copy to serve.
            DatabaseUnavailableError: The database is away.
        """
        key = search.compute_key(source=self._source_name, base_url=self._base_url)
        # Requests for the same page at the same time share one look at the database as well: a crowd that waited for
        # one fetch must not then queue for connections.
        task, is_ours = self._reads.join(
            (key, need), lambda: self._search(SearchQuestion(search=search, key=key), need)
        )
        answer = await asyncio.shield(task)
        return answer if is_ours or answer.outcome not in _FETCHED else replace(answer, outcome=CacheOutcome.COLLAPSED)

    async def _search(self, question: SearchQuestion, need: Need) -> Answer:
        outcome = CacheOutcome.HIT
        waited = _Stopwatch()
        first: Entry | None = None
        while True:
            entry, has_page = await self._look(question, need)
            first = first or entry
            decision = decide(entry, need, self._lifetimes, has_page=has_page, is_new=_is_other(entry, first))
            if isinstance(decision, Serve):
                return await self._answer(question.search, decision.reading, need, entry.now, outcome, decision.notices)
            failure, is_ours = await self._fetch(question, decision, entry, waited)
            if failure is not None:
                if decision.fallback is None:
                    raise failure
                return await self._answer(question.search, decision.fallback, need, entry.now, CacheOutcome.STALE)
            outcome = _to_outcome(first, decision, need, is_ours=is_ours)

    async def read_event(self, event_id: str) -> EventAnswer:
        """Answer one event by its id: from the catalogue while it is fresh, else by asking the source.

        Raises:
            EventNotFoundError: Nobody knows the id.
            SourceError: It is unknown here and the source cannot tell.
            DatabaseUnavailableError: The database is away.
        """
        if not _ID.fullmatch(event_id):  # never sent anywhere
            raise EventNotFoundError("No event has such an id. Ids are the values of `id` in search results.")
        question = Lookup.of(EventId(event_id), source=self._source_name, base_url=self._base_url)
        task, is_ours = self._lookups.join(question.key, lambda: self._read_event(question))
        answer = await asyncio.shield(task)
        return answer if is_ours or answer.outcome not in _FETCHED else replace(answer, outcome=CacheOutcome.COLLAPSED)

    async def _read_event(self, question: Lookup) -> EventAnswer:
        need = Need(offset=0, count=1)
        outcome = CacheOutcome.HIT
        waited = _Stopwatch()
        first: Entry | None = None
        while True:
            async with self._database.reading() as connection:
                entry = await SearchStore(connection, self._clock).load(question.key)
                event = await EventStore(connection).find(question.event_id)
            if event is not None and is_fresh(event.fetched_at, entry.now, self._lifetimes.fresh):
                return self._answer_event(event, entry.now, outcome)
            first = first or entry
            decision = decide(entry, need, self._lifetimes, has_page=True, is_new=_is_other(entry, first))
            if isinstance(decision, Serve):
                if event is None:
                    raise EventNotFoundError("No event has this id, as far as the source knows today.")
                # Known here and no longer known there: what was seen stays readable, marked as old.
                return self._answer_event(event, entry.now, outcome, is_stale=decision.reading.members == 0)
            has_copy = event is not None and entry.now - event.fetched_at < self._lifetimes.stale_if_error
            failure, is_ours = await self._fetch(question, decision, entry, waited, has_copy=has_copy)
            if failure is not None:
                if event is None or not has_copy:
                    raise failure
                return self._answer_event(event, entry.now, CacheOutcome.STALE, is_stale=True)
            outcome = _to_outcome(first, decision, need, is_ours=is_ours)

    async def _look(self, question: SearchQuestion, need: Need) -> tuple[Entry, bool]:
        async with self._database.reading() as connection:
            store = SearchStore(connection, self._clock)
            entry = await store.load(question.key)
            reading = entry.current
            if reading is None:
                return entry, False
            if reading.next is None or _is_past_end(reading, need):
                return entry, True
            held = reading.settled if need.kinds is None else await store.count(reading, need.kinds)
            # Where a further question is about to begin, one event more has to be in hand: whether there is a next
            # page would not be known otherwise.
            beyond = 1 if reading.next.page == 0 else 0
            return entry, held >= need.offset + need.count + beyond

    async def _fetch(
        self,
        question: Question,
        decision: FetchDecision,
        entry: Entry,
        waited: "_Stopwatch",
        *,
        has_copy: bool = False,
    ) -> tuple[SourceError | None, bool]:
        """Join or start the fetch and wait for it as long as this request may.

        Returns:
            Why there is no answer, if there is none; and whether this request is the one that made the upstream call.
        """
        task, is_ours = self._fetches.join(question.key, lambda: self._fetcher.fetch(question, decision.fetch, entry))
        limit = self._waits.with_copy if decision.fallback or has_copy else self._waits.without_copy
        await asyncio.wait({task}, timeout=waited.remaining_s(limit))
        if not task.done() or task.cancelled():
            detail = "The event source takes longer than a request waits. Its answer is kept: ask again shortly."
            return SourceUnavailableError(detail, retry_after_s=_RETRY_SOON_S), is_ours
        error = task.exception()
        if isinstance(error, SourceError):
            return error, is_ours
        if error is None:
            return None, is_ours and task.result()
        if decision.fallback is None and not has_copy:
            raise error
        # Nobody goes without the copy in hand because storing a newer one failed.
        log.error("fetch_failed", exc_info=error)
        return SourceUnavailableError("The event source's answer could not be kept."), is_ours

    async def _answer(
        self,
        search: Search,
        reading: Reading,
        need: Need,
        now: datetime,
        outcome: CacheOutcome,
        notices: tuple[Notice, ...] = (),
    ) -> Answer:
        async with self._database.reading() as connection:
            store = SearchStore(connection, self._clock)
            matching = reading.settled if need.kinds is None else await store.count(reading, need.kinds)
            if need.offset >= max(matching, 1) and reading.is_truncated and not _is_past_end(reading, need):
                raise TooDeepError(_describe_depth(search, reading.frontier))
            events = await store.list_events(reading, need, locale=search.query.locale or "")
        is_complete, is_filtered = reading.next is None, need.kinds is not None
        is_whole = is_complete and not reading.is_truncated
        total = matching if is_filtered or is_whole else reading.total
        reachable = matching if is_complete or is_filtered else min(total, find_depth(reading))
        lifetime = lifetime_of(reading, self._lifetimes)
        return Answer(
            events=tuple(events),
            total=total,
            is_total_exact=is_whole or (reading.is_total_exact and not is_filtered),
            has_more=need.offset + need.count < reachable or (is_filtered and not is_complete and bool(events)),
            reachable=reachable,
            fetched_at=reading.fetched_at,
            expires_at=reading.fetched_at + lifetime,
            now=now,
            is_stale=outcome is CacheOutcome.STALE,
            is_empty=reading.members == 0 and is_complete,
            outcome=outcome,
            notices=notices,
        )

    def _answer_event(
        self, event: StoredEvent, now: datetime, outcome: CacheOutcome, *, is_stale: bool = False
    ) -> EventAnswer:
        expires_at = event.fetched_at + self._lifetimes.fresh
        return EventAnswer(event=event, now=now, expires_at=expires_at, is_stale=is_stale, outcome=outcome)


class _Stopwatch:
    """How long a request has waited; by the loop's monotonic clock, for it concerns this process alone."""

    def __init__(self) -> None:
        self._begin = asyncio.get_running_loop().time()

    def remaining_s(self, limit: timedelta) -> float:
        elapsed = asyncio.get_running_loop().time() - self._begin
        return max(0.0, limit.total_seconds() - elapsed)


def _is_other(entry: Entry, first: Entry) -> bool:
    """Say whether the current reading is not the one that the asker found on coming."""
    return entry.current is not None and (first.current is None or entry.current.id != first.current.id)


def _is_past_end(reading: Reading, need: Need) -> bool:
    return need.kinds is None and reading.is_total_exact and need.offset >= reading.total


def _to_outcome(first: Entry, decision: FetchDecision, need: Need, *, is_ours: bool) -> CacheOutcome:
    if not is_ours:
        return CacheOutcome.COLLAPSED
    if first.current is None or decision.fetch is Fetch.CONTINUE:
        return CacheOutcome.MISS
    return CacheOutcome.REFRESHED if need.refresh else CacheOutcome.STALE_FETCHED


def _describe_depth(search: Search, frontier: datetime | None) -> str:
    detail = "Only the first matches of a search can be reached by page number."
    if search.query.sort is Sort.DATE_ASC and frontier is not None:
        moment = frontier.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
        return f"{detail} Go on by date: the same search with startDateTime={moment} begins where this one ends."
    return f"{detail} Narrow the search, for instance by startDateTime and endDateTime."
