"""Storing and reading events: SQL in, models out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Executable,
    RowMapping,
    Select,
    Table,
    case,
    column,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.dialects.postgresql.dml import Insert
from sqlalchemy.ext.asyncio import AsyncConnection

from event_scheduler.catalog.models import Event, EventId, StoredEvent
from event_scheduler.catalog.tables import attractions, event_attractions, event_documents, events, venues
from event_scheduler.database.metadata import IdText

__all__ = ["EventStore", "select_events", "to_stored_event"]

_COLUMNS = (
    event_documents.c.document,
    events.c.first_seen_at,
    event_documents.c.changed_at,
    event_documents.c.fetched_at,
)

_CLOCK_DOUBT = timedelta(minutes=5)

_decoder = msgspec.json.Decoder(Event)
_encoder = msgspec.json.Encoder()


def select_events(listed_in: Table, *, locale: str) -> Select[Any]:
    """Begin a query for the events, in one language, that another feature's table lists in its column `event_id`."""
    is_wanted = (event_documents.c.event_id == listed_in.c.event_id) & (event_documents.c.locale == locale)
    return (
        select(*_COLUMNS)
        .join_from(listed_in, event_documents, is_wanted)
        .join(events, events.c.id == event_documents.c.event_id)
    )


def to_stored_event(row: RowMapping) -> StoredEvent:
    """Turn a row of `select_events` into an event; times in whole seconds."""
    event = _decoder.decode(row["document"])
    return StoredEvent(
        **{name: getattr(event, name) for name in Event.__struct_fields__},
        first_seen_at=row["first_seen_at"].replace(microsecond=0),
        changed_at=row["changed_at"].replace(microsecond=0),
        fetched_at=row["fetched_at"].replace(microsecond=0),
    )


class EventStore:
    """Events, venues and attractions in the database; works inside its caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def save(self, found: Iterable[Event], *, locale: str, fetched_at: datetime) -> None:
        """Insert or update events with their venues and attractions.

        An older look never overwrites a newer one, and `changed_at` moves only when the document differs.

        Args:
            found: Any number of events, each id once.
            locale: The language they were asked for in; empty for the default.
            fetched_at: When the source told them, aware UTC.
        """
        # Everybody writes tables and rows in the same order, so that no two writers wait for each other in a circle.
        ordered = sorted(found, key=lambda event: event.id)
        await self._write(_upsert(venues), _to_venue_rows(ordered, fetched_at))
        await self._write(_upsert(attractions), _to_attraction_rows(ordered, fetched_at))
        await self._write(_upsert(events), [_to_event_row(event, fetched_at) for event in ordered])
        await self._write(_upsert_documents(), [_to_document_row(event, locale, fetched_at) for event in ordered])
        await self._link_attractions(ordered)

    async def find(self, event_id: EventId) -> StoredEvent | None:
        """Find one event by its id, in the default language."""
        statement = (
            select(*_COLUMNS)
            .join_from(events, event_documents, events.c.id == event_documents.c.event_id)
            .where(events.c.id == event_id, event_documents.c.locale == "")
        )
        row = (await self._connection.execute(statement)).mappings().one_or_none()
        return None if row is None else to_stored_event(row)

    async def _write(self, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
        # One prepared statement for all rows, pipelined by the driver: measured twice as fast as one long VALUES list.
        if rows:
            await self._connection.execute(statement, rows)

    async def _link_attractions(self, ordered: Sequence[Event]) -> None:
        links = [
            {"event_id": event.id, "attraction_id": attraction.id, "position": position}
            for event in ordered
            for position, attraction in enumerate(event.attractions)
        ]
        told = (
            func.unnest(
                literal([link["event_id"] for link in links], ARRAY(IdText)),
                literal([link["attraction_id"] for link in links], ARRAY(IdText)),
            )
            .table_valued(column("event_id", IdText), column("attraction_id", IdText), name="told")
            .render_derived()
        )
        await self._connection.execute(
            delete(event_attractions).where(
                event_attractions.c.event_id.in_([event.id for event in ordered]),
                ~exists().where(
                    told.c.event_id == event_attractions.c.event_id,
                    told.c.attraction_id == event_attractions.c.attraction_id,
                ),
            )
        )
        link = insert(event_attractions)
        await self._write(
            link.on_conflict_do_update(
                index_elements=list(event_attractions.primary_key),
                set_={"position": link.excluded.position},
                where=event_attractions.c.position != link.excluded.position,
            ),
            links,
        )


def _is_newer(new: ColumnElement[datetime], old: ColumnElement[datetime]) -> ColumnElement[bool]:
    # Calls pass each other by seconds. What was told much later than now, a clock that has since been set back told.
    return or_(old <= new, old > new + _CLOCK_DOUBT)


def _upsert(table: Table) -> Insert:
    """Build an upsert by id in which the newer look wins."""
    statement = insert(table)
    return statement.on_conflict_do_update(
        index_elements=[table.c.id],
        set_={c.name: statement.excluded[c.name] for c in table.columns if c.name not in {"id", "first_seen_at"}},
        where=_is_newer(statement.excluded.fetched_at, table.c.fetched_at),
    )


def _upsert_documents() -> Insert:
    statement = insert(event_documents)
    old, new = event_documents.c, statement.excluded
    return statement.on_conflict_do_update(
        index_elements=[old.event_id, old.locale],
        set_={
            "document": new.document,
            "changed_at": case((old.document != new.document, new.changed_at), else_=old.changed_at),
            "fetched_at": new.fetched_at,
        },
        where=_is_newer(new.fetched_at, old.fetched_at),
    )


def _to_venue_rows(found: Iterable[Event], fetched_at: datetime) -> list[dict[str, Any]]:
    rows = {
        event.venue.id: {
            **msgspec.structs.asdict(event.venue),
            "source": event.source,
            "fetched_at": fetched_at,
        }
        for event in found
        if event.venue is not None and event.venue.id is not None
    }
    return [rows[key] for key in sorted(rows)]


def _to_attraction_rows(found: Iterable[Event], fetched_at: datetime) -> list[dict[str, Any]]:
    rows = {
        attraction.id: {
            "id": attraction.id,
            "source": event.source,
            "name": attraction.name,
            "fetched_at": fetched_at,
        }
        for event in found
        for attraction in event.attractions
    }
    return [rows[key] for key in sorted(rows)]


def _to_event_row(event: Event, fetched_at: datetime) -> dict[str, Any]:
    return {
        "id": event.id,
        "source": event.source,
        "name": event.name,
        "status": event.status.value,
        "kind": event.kind.value,
        "sort_at": event.start.sort_at(),
        "local_date": event.start.local_date,
        "venue_id": event.venue.id if event.venue else None,
        "first_seen_at": fetched_at,
        "fetched_at": fetched_at,
    }


def _to_document_row(event: Event, locale: str, fetched_at: datetime) -> dict[str, Any]:
    return {
        "event_id": event.id,
        "locale": locale,
        "document": _encoder.encode(event).decode(),
        "changed_at": fetched_at,
        "fetched_at": fetched_at,
    }
