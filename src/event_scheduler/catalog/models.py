"""What an event is: the shape that everybody outside sees.

The structures here are the single source of that shape: they are stored as JSON documents in these very field names
(camelCase), answered as they are, and described in the OpenAPI document from the same declarations.
"""

from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from typing import Annotated, NewType
from zoneinfo import ZoneInfo

import msgspec

__all__ = [
    "AttractionRef",
    "Classification",
    "Event",
    "EventId",
    "EventKind",
    "EventStatus",
    "Image",
    "Moment",
    "Precision",
    "Presale",
    "PriceRange",
    "SaleStatus",
    "SaleWindow",
    "Sales",
    "StoredEvent",
    "Utc",
    "VenueRef",
]

EventId = NewType("EventId", str)
"""Opaque, case-sensitive text, unique over all sources."""


Utc = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware moment, kept and shown in UTC."""


class EventStatus(Enum):
    """Whether the event takes place as announced."""

    SCHEDULED = "scheduled"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"
    REMOVED = "removed"


class SaleStatus(Enum):
    """Whether tickets are sold now; says nothing about whether the event takes place."""

    ONSALE = "onsale"
    OFFSALE = "offsale"
    NOT_YET = "notYet"
    UNKNOWN = "unknown"


class EventKind(Enum):
    """What is sold under this entry; the rules are in `docs/events.md`."""

    MAIN = "main"
    RESALE = "resale"
    UPSELL = "upsell"
    PACKAGE = "package"
    PRIVATE = "private"


class Precision(Enum):
    """How much of a moment is known."""

    TIME = "time"
    DATE = "date"
    NONE = "none"


class _Shape(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of the public event document."""


class Moment(_Shape, frozen=True, kw_only=True):
    """A point in time as far as it is known. What is not known is null: never midnight, never an invented zone."""

    precision: Precision
    local_date: Annotated[date | None, msgspec.Meta(description="The day at the venue.")] = None
    local_time: Annotated[time | None, msgspec.Meta(description="The time of day at the venue, without a zone.")] = None
    time_zone: Annotated[
        str | None, msgspec.Meta(description="IANA zone of the event, else of its venue.", examples=["America/Chicago"])
    ] = None
    utc: Annotated[Utc | None, msgspec.Meta(description="The same moment in UTC.")] = None

    def sort_at(self) -> datetime | None:
        """Place this moment in the order of all moments (`docs/events.md`, "Order").

        Returns:
            Aware UTC: the moment itself, or the last microsecond of its day where only the day is known; `None` when
            not even the day is. Where no zone is known, UTC stands in for it in this order only.
        """
        if self.utc is not None:
            return self.utc
        if self.local_date is None:
            return None
        zone = ZoneInfo(self.time_zone) if self.time_zone else UTC
        try:
            if self.local_time is not None:
                return datetime.combine(self.local_date, self.local_time, zone).astimezone(UTC)
            midnight = datetime.combine(self.local_date + timedelta(days=1), time(0), zone)
            return midnight.astimezone(UTC) - timedelta(microseconds=1)
        except OverflowError:
            return None


class VenueRef(_Shape, frozen=True, kw_only=True):
    """Where the event takes place, as its source told it with the event."""

    id: Annotated[str | None, msgspec.Meta(description="Null where the source names a place but no venue.")]
    name: str | None = None
    address: str | None = None
    city: str | None = None
    region: str | None = None
    postal_code: str | None = None
    country_code: Annotated[str | None, msgspec.Meta(description="ISO 3166-1 alpha-2.", examples=["US"])] = None
    latitude: Annotated[float | None, msgspec.Meta(description="Degrees, WGS 84.")] = None
    longitude: Annotated[float | None, msgspec.Meta(description="Degrees, WGS 84.")] = None
    time_zone: str | None = None


class AttractionRef(_Shape, frozen=True, kw_only=True):
    """Who or what is on."""

    id: str
    name: str | None = None


class Classification(_Shape, frozen=True, kw_only=True):
    """What sort of event it is, from broad to narrow; the source's own words in the language it answered in."""

    segment: str | None = None
    genre: str | None = None
    sub_genre: str | None = None


class SaleWindow(_Shape, frozen=True, kw_only=True):
    """When tickets are sold."""

    start: Utc | None = None
    end: Utc | None = None


class Presale(_Shape, frozen=True, kw_only=True):
    """When tickets are sold to some people ahead of the others."""

    name: str | None = None
    start: Utc | None = None
    end: Utc | None = None


class Sales(_Shape, frozen=True, kw_only=True):
    """All sale windows."""

    public: SaleWindow | None = None
    presales: tuple[Presale, ...] = ()


class PriceRange(_Shape, frozen=True, kw_only=True):
    """What a ticket costs, in units of the currency."""

    currency: Annotated[str | None, msgspec.Meta(description="ISO 4217.", examples=["USD"])] = None
    min: float | None = None
    max: float | None = None


class Image(_Shape, frozen=True, kw_only=True):
    """A picture at its source."""

    url: str
    width: int | None = None
    height: int | None = None
    ratio: str | None = None


class Event(_Shape, frozen=True, kw_only=True):
    """One event as its source tells it."""

    id: EventId
    source: Annotated[str, msgspec.Meta(examples=["ticketmaster"])]
    name: str
    url: Annotated[str | None, msgspec.Meta(description="The seller's page.")] = None
    status: EventStatus
    sale_status: SaleStatus
    kind: EventKind
    start: Moment
    end: Moment | None = None
    doors: Moment | None = None
    initial_start: Annotated[
        Moment | None, msgspec.Meta(description="When it was to start before it was moved or postponed.")
    ] = None
    venue: VenueRef | None = None
    attractions: tuple[AttractionRef, ...] = ()
    classification: Classification | None = None
    sales: Sales = Sales()
    price_range: PriceRange | None = None
    images: tuple[Image, ...] = ()
    info: str | None = None
    please_note: str | None = None
    age_restricted: bool | None = None


class StoredEvent(Event, frozen=True, kw_only=True):
    """An event, and what we know about our knowing it."""

    first_seen_at: Annotated[Utc, msgspec.Meta(description="When this service first saw the event.")]
    changed_at: Annotated[Utc, msgspec.Meta(description="When this service last saw it differ.")]
    fetched_at: Annotated[Utc, msgspec.Meta(description="When its source was last asked.")]
