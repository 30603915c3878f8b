"""What is asked of a source, and what comes back, in the words of the product."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from event_scheduler.catalog.models import Event

__all__ = ["DistanceUnit", "GeoCircle", "Sort", "SourcePage", "SourceQuery"]


class Sort(Enum):
    """In which order matches come."""

    DATE_ASC = "date,asc"
    DATE_DESC = "date,desc"
    NAME_ASC = "name,asc"
    NAME_DESC = "name,desc"
    RELEVANCE_DESC = "relevance,desc"
    DISTANCE_ASC = "distance,asc"


class DistanceUnit(Enum):
    """The unit of a radius."""

    MILES = "miles"
    KM = "km"


@dataclass(frozen=True, kw_only=True, slots=True)
class GeoCircle:
    """A circle on the ground."""

    latitude: float
    """Degrees, WGS 84, -90 to 90."""

    longitude: float
    """Degrees, WGS 84, -180 to 180."""

    radius: int
    """In `unit`s, at least 1."""

    unit: DistanceUnit


@dataclass(frozen=True, kw_only=True, slots=True)
class SourceQuery:
    """What to look for. Everything that is `None` or empty does not narrow the search."""

    keyword: str | None = None
    city: str | None = None
    country_code: str | None = None
    state_code: str | None = None
    postal_code: str | None = None
    classification_name: str | None = None
    segment_ids: tuple[str, ...] = ()
    genre_ids: tuple[str, ...] = ()
    venue_ids: tuple[str, ...] = ()
    attraction_ids: tuple[str, ...] = ()
    circle: GeoCircle | None = None
    locale: str | None = None
    """Ticketmaster's syntax, `en-us,en,*`; `None` for the source's best guess."""

    first_start: datetime | None = None
    """Earliest start, inclusive; aware UTC, whole seconds."""

    last_start: datetime | None = None
    """Latest start, inclusive; aware UTC, whole seconds."""

    undated: bool = False
    """Ask for the events whose date is still to be announced, and for no others; never together with dates."""

    sort: Sort = Sort.DATE_ASC


@dataclass(frozen=True, kw_only=True, slots=True)
class SourcePage:
    """One page of a source's answer."""

    events: tuple[Event, ...]
    """In the source's order, each id once."""

    received: int
    """How many rows the page held, before skipping and removing duplicates."""

    skipped: int
    """Rows that could not be read as an event (no id, no name, nonsense) and test rows."""

    total: int
    """How many matches the source claims to have in all."""

    is_total_capped: bool
    """Whether `total` is the source's ceiling rather than a count."""

    is_last: bool
    """Whether the source has no further page."""
