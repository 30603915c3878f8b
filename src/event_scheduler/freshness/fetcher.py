"""Asking the source for one page of one question, and storing what it told: the only way into the cache."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from event_scheduler.catalog.store import EventStore
from event_scheduler.clock import Clock
from event_scheduler.database.engine import Database
from event_scheduler.database.errors import DatabaseUnavailableError
from event_scheduler.freshness.leases import LeaseLostError, LeaseStore, LeaseToken, SearchId
from event_scheduler.freshness.models import Cursor, Entry, Failure, Reading
from event_scheduler.freshness.policy import Fetch, Member, arrange, compute_frontier
from event_scheduler.freshness.questions import Question, is_part_read
from event_scheduler.freshness.store import SearchStore
from event_scheduler.sources.errors import SourceError, SourceUnavailableError
from event_scheduler.sources.models import SourcePage
from event_scheduler.sources.ticketmaster.source import TicketmasterSource

__all__ = ["Fetcher"]

_LEASE_MARGIN = timedelta(seconds=5)
"""What storing may take beyond the call itself."""

_FIRST_POLL_S = 0.02
_LONGEST_POLL_S = 0.2

log = structlog.stdlib.get_logger(__name__)


class Fetcher:
    """Fetches one page at a time, for one process at a time."""

    def __init__(self, *, database: Database, source: TicketmasterSource, clock: Clock, timeout: timedelta) -> None:
        self._database = database
        self._source = source
        self._clock = clock
        self._lease_length = timeout + _LEASE_MARGIN

    async def fetch(self, question: Question, fetch: Fetch, seen: Entry) -> bool:
        """Make the upstream call that `seen` calls for, or wait while another process makes it.

        On return the stored entry differs from `seen`, or the wait for another process has ended; the caller looks
        again. No connection is held while waiting or calling.

        Args:
            question: What to ask.
            fetch: Begin a new reading, or continue the current one.
            seen: The entry on which that was decided.

        Returns:
            Whether this process made a call and stored its answer.

        Raises:
            SourceError: The source gave no usable answer, to us or to the process that asked in our stead.
            DatabaseUnavailableError: The database is away.
        """
        async with self._database.transaction() as connection:
            lease = await LeaseStore(connection).take(question.key, length=self._lease_length)
        if lease is None:
            await self._wait_for_other(question, seen)
            return False
        search_id, token = lease
        try:
            entry = await self._load(question)
            if _is_same(entry, seen):
                await self._fetch_and_store(question, fetch, entry, search_id, token)
                return True
            await self._give_back(search_id, token)
        except SourceError as error:
            await self._record_failure(search_id, token, error)
            raise
        except LeaseLostError:
            log.info("lease_lost", search_id=search_id)
        except BaseException:
            # Stopping, or the database went away: others need not wait for the lease to end.
            await asyncio.shield(self._give_back(search_id, token))
            raise
        return False

    async def _load(self, question: Question) -> Entry:
        async with self._database.reading() as connection:
            return await SearchStore(connection, self._clock).load(question.key)

    async def _wait_for_other(self, question: Question, seen: Entry) -> None:
        pause = _FIRST_POLL_S
        until = asyncio.get_running_loop().time() + self._lease_length.total_seconds()
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_POLL_S)
            entry = await self._load(question)
            if entry.is_leased and _is_same(entry, seen):
                continue
            if entry.failure is not None and entry.failure != seen.failure:
                raise SourceUnavailableError(entry.failure.detail, retry_after_s=entry.failure.retry_after_s)
            return
        raise SourceUnavailableError("Another process has been asking the event source for too long.")

    async def _fetch_and_store(
        self, question: Question, fetch: Fetch, entry: Entry, search_id: SearchId, token: LeaseToken
    ) -> None:
        reading = entry.current if fetch is Fetch.CONTINUE else None
        cursor = (reading.next if reading else None) or Cursor(part=0, page=0)
        asked_at = reading.asked_at if reading else entry.now
        page = await question.ask(self._source, cursor, asked_at=asked_at)
        try:
            await self._store(question, page, reading, cursor, asked_at, search_id, token)
        except DatabaseUnavailableError:
            # The call is spent: a full pool or a lock that others held is worth a second try while the lease lasts.
            await self._store(question, page, reading, cursor, asked_at, search_id, token)

    async def _store(
        self,
        question: Question,
        page: SourcePage,
        reading: Reading | None,
        cursor: Cursor,
        asked_at: datetime,
        search_id: SearchId,
        token: LeaseToken,
    ) -> None:
        async with self._database.transaction() as connection:
            told_at = self._clock.read(await LeaseStore(connection).confirm(search_id, token))
            await EventStore(connection).save(page.events, locale=question.locale, fetched_at=told_at)
            store = SearchStore(connection, self._clock)
            if reading is None:
                reading = await store.create_reading(search_id, asked_at=asked_at, fetched_at=told_at)
            await _extend(store, question, reading, page, cursor)
            await store.record_failure(search_id, None)
            await LeaseStore(connection).give_back(search_id, token)

    async def _record_failure(self, search_id: SearchId, token: LeaseToken, error: SourceError) -> None:
        try:
            async with self._database.transaction() as connection:
                now = await LeaseStore(connection).confirm(search_id, token)
                failure = Failure(at=self._clock.read(now), detail=error.detail, retry_after_s=error.retry_after_s or 1)
                await SearchStore(connection, self._clock).record_failure(search_id, failure)
                await LeaseStore(connection).give_back(search_id, token)
        except LeaseLostError:
            log.info("lease_lost", search_id=search_id)

    async def _give_back(self, search_id: SearchId, token: LeaseToken) -> None:
        with suppress(DatabaseUnavailableError):  # then the lease ends by itself
            async with self._database.transaction() as connection:
                await LeaseStore(connection).give_back(search_id, token)


async def _extend(store: SearchStore, question: Question, reading: Reading, page: SourcePage, cursor: Cursor) -> None:
    """Add a page to a reading; an event that it holds already keeps its place."""
    selected = question.select(page, cursor, asked_at=reading.asked_at)
    held = await store.find_held(reading, [event.id for event in selected])
    new = [event for event in selected if event.id not in held]
    frontier = compute_frontier(page.events, question.sort)
    arrangement = arrange(
        await store.list_unsettled(reading),
        [Member(event_id=event.id, kind=event.kind, sort_at=event.start.sort_at()) for event in new],
        sort=question.sort,
        frontier=frontier,
        is_last=is_part_read(page, cursor),
    )
    progress = question.advance(reading, page, cursor, kept=len(new))
    await store.extend_reading(reading, arrangement, replace(progress, frontier=frontier or reading.frontier))


def _is_same(entry: Entry, seen: Entry) -> bool:
    """Say whether nothing has been fetched since."""
    return _mark(entry.current) == _mark(seen.current)


def _mark(reading: Reading | None) -> tuple[int, Cursor | None] | None:
    return None if reading is None else (reading.id, reading.next)
