"""Searches, readings and their members in the database: SQL in, models out."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, delete, func, insert, select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from event_scheduler.catalog.models import EventId, EventKind, StoredEvent
from event_scheduler.catalog.store import select_events, to_stored_event
from event_scheduler.clock import Clock
from event_scheduler.freshness.leases import SearchId
from event_scheduler.freshness.models import Cursor, Entry, Failure, Need, Progress, Reading, ReadingId
from event_scheduler.freshness.policy import Arrangement, Member
from event_scheduler.freshness.tables import reading_members, readings, searches

__all__ = ["SearchStore"]

LOADED_READINGS = 2
"""The current one, and the one before for pages that the current one has not reached again."""

KEPT_READINGS = LOADED_READINGS + 1
"""One more than is looked at, for whoever is just answering from it."""


class SearchStore:
    """What is known about searches; works on its caller's connection."""

    def __init__(self, connection: AsyncConnection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def load(self, key: bytes) -> Entry:
        """Load all that is stored about a search, and the shared time; one statement."""
        result = await self._connection.execute(_SELECT_ENTRY, {"key": key})
        rows = result.mappings().all()
        first = rows[0]
        found = [_to_reading(row) for row in rows if row["id"] is not None]
        return Entry(
            now=self._clock.read(first["now"]),
            current=found[0] if found else None,
            previous=found[1] if len(found) > 1 else None,
            is_leased=first["is_leased"] is True,
            failure=_to_failure(first),
        )

    async def list_events(self, reading: Reading, need: Need, *, locale: str) -> list[StoredEvent]:
        """List the settled events of one page in one language, in order; at most `need.count`."""
        statement = select_events(reading_members, locale=locale).where(reading_members.c.reading_id == reading.id)
        if need.kinds is None:
            # Positions have no gaps, so a deep page costs no more than the first.
            end = min(need.offset + need.count, reading.settled)
            statement = statement.where(
                reading_members.c.position >= need.offset, reading_members.c.position < max(end, need.offset)
            )
        else:
            statement = statement.where(*_of_kinds(need.kinds, reading)).offset(need.offset).limit(need.count)
        result = await self._connection.execute(statement.order_by(reading_members.c.position))
        return [to_stored_event(row) for row in result.mappings()]

    async def count(self, reading: Reading, kinds: frozenset[EventKind]) -> int:
        """Count a reading's settled events of some kinds."""
        result = await self._connection.execute(
            select(func.count())
            .select_from(reading_members)
            .where(reading_members.c.reading_id == reading.id, *_of_kinds(kinds, reading))
        )
        return int(result.scalar_one())

    async def list_unsettled(self, reading: Reading) -> list[Member]:
        """List the members whose place is not final yet, in their present order."""
        result = await self._connection.execute(
            select(reading_members.c.event_id, reading_members.c.kind, reading_members.c.sort_at)
            .where(reading_members.c.reading_id == reading.id, reading_members.c.position >= reading.settled)
            .order_by(reading_members.c.position)
        )
        return [Member(event_id=id_, kind=EventKind(kind), sort_at=sort_at) for id_, kind, sort_at in result]

    async def find_held(self, reading: Reading, ids: Collection[EventId]) -> set[EventId]:
        """Say which of these events a reading holds already."""
        result = await self._connection.execute(
            select(reading_members.c.event_id).where(
                reading_members.c.reading_id == reading.id, reading_members.c.event_id.in_(ids)
            )
        )
        return {EventId(id_) for id_ in result.scalars()}

    async def create_reading(self, search_id: SearchId, *, asked_at: datetime, fetched_at: datetime) -> Reading:
        """Begin a new, empty reading and forget old ones."""
        result = await self._connection.execute(
            insert(readings)
            .values(
                search_id=search_id,
                asked_at=asked_at,
                fetched_at=fetched_at,
                is_truncated=False,
                total=0,
                is_total_exact=False,
                members=0,
                settled=0,
            )
            .returning(readings)
        )
        created = _to_reading(result.mappings().one())
        kept = (
            select(readings.c.id)
            .where(readings.c.search_id == search_id)
            .order_by(readings.c.id.desc())
            .limit(KEPT_READINGS)
        )
        await self._connection.execute(
            delete(readings).where(readings.c.search_id == search_id, readings.c.id.not_in(kept))
        )
        return created

    async def extend_reading(self, reading: Reading, arrangement: Arrangement, progress: Progress) -> None:
        """Replace a reading's unsettled tail by a new arrangement, and move its cursor on."""
        await self._connection.execute(
            delete(reading_members).where(
                reading_members.c.reading_id == reading.id, reading_members.c.position >= reading.settled
            )
        )
        rows = [
            {
                "reading_id": reading.id,
                "position": position,
                "event_id": member.event_id,
                "kind": member.kind.value,
                "sort_at": member.sort_at,
            }
            for position, member in enumerate(arrangement.members, start=reading.settled)
        ]
        if rows:
            await self._connection.execute(insert(reading_members), rows)
        await self._connection.execute(
            update(readings)
            .where(readings.c.id == reading.id)
            .values(
                next_part=progress.next.part if progress.next else None,
                next_page=progress.next.page if progress.next else None,
                is_truncated=progress.is_truncated,
                total=progress.total,
                is_total_exact=progress.is_total_exact,
                frontier=progress.frontier,
                members=reading.settled + len(arrangement.members),
                settled=reading.settled + arrangement.settled,
            )
        )

    async def record_failure(self, search_id: SearchId, failure: Failure | None) -> None:
        """Remember that the last fetch failed and why, or that it did not."""
        await self._connection.execute(
            update(searches)
            .where(searches.c.id == search_id)
            .values(
                failed_at=failure.at if failure else None,
                failure_detail=failure.detail if failure else None,
                failure_retry_after_s=failure.retry_after_s if failure else None,
            )
        )


def _build_select_entry() -> Select[Any]:
    """One row for each of the latest readings, at least one in any case: for the time, and what the search says."""
    latest = (
        select(readings)
        .where(readings.c.search_id == searches.c.id)
        .order_by(readings.c.id.desc())
        .limit(LOADED_READINGS)
        .lateral("latest")
    )
    always = select(func.clock_timestamp().label("now")).subquery("always")
    return (
        select(
            always.c.now,
            (searches.c.lease_until > func.clock_timestamp()).label("is_leased"),
            searches.c.failed_at,
            searches.c.failure_detail,
            searches.c.failure_retry_after_s,
            *latest.c,
        )
        .select_from(
            always.outerjoin(searches, searches.c.key == bindparam("key")).outerjoin(latest, true()),
        )
        .order_by(latest.c.id.desc())
    )


_SELECT_ENTRY = _build_select_entry()


def _of_kinds(kinds: frozenset[EventKind], reading: Reading) -> tuple[ColumnElement[bool], ...]:
    return (
        reading_members.c.kind.in_(sorted(kind.value for kind in kinds)),
        reading_members.c.position < reading.settled,
    )


def _to_reading(row: RowMapping) -> Reading:
    cursor = None if row["next_part"] is None else Cursor(part=row["next_part"], page=row["next_page"])
    return Reading(
        id=ReadingId(row["id"]),
        asked_at=row["asked_at"],
        fetched_at=row["fetched_at"],
        next=cursor,
        is_truncated=row["is_truncated"],
        total=row["total"],
        is_total_exact=row["is_total_exact"],
        members=row["members"],
        settled=row["settled"],
        frontier=row["frontier"],
    )


def _to_failure(row: RowMapping) -> Failure | None:
    if row["failed_at"] is None:
        return None
    return Failure(at=row["failed_at"], detail=row["failure_detail"], retry_after_s=row["failure_retry_after_s"])
