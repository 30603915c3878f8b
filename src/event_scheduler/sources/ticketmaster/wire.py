"""Ticketmaster's JSON as it really comes: any field may be missing, null, or of another type.

Every place where an object or list is expected also takes anything else, so that one odd value costs itself and not
the event around it; `one` and `many` then tell them apart. Unknown fields are skipped without being built, which is
what makes a page of 200 events (1.6 to 2.9 MB) cheap.
"""

from typing import Any, TypeAlias, TypeVar

import msgspec

__all__ = [
    "Address",
    "AgeRestrictions",
    "Attraction",
    "AttractionName",
    "Classification",
    "ClassificationTree",
    "Dates",
    "Envelope",
    "ErrorItem",
    "Event",
    "EventImages",
    "EventParts",
    "FaultBlock",
    "FaultDetail",
    "Image",
    "Level",
    "LevelParts",
    "Location",
    "Named",
    "Outlet",
    "PageBlock",
    "Place",
    "PriceRange",
    "Rows",
    "SalePeriod",
    "Sales",
    "Spot",
    "Status",
    "Venue",
    "many",
    "one",
]


T = TypeVar("T")
S = TypeVar("S", bound=msgspec.Struct)

_Scalar: TypeAlias = str | int | float | bool | None
_NoObject: TypeAlias = list[Any] | _Scalar
_NoList: TypeAlias = dict[str, Any] | _Scalar


class _Wire(msgspec.Struct, rename="camel", gc=False):
    """A part of an answer; leaves are unchecked."""


class Named(_Wire, gc=False):
    """Anything with an id and a name: classification levels, states, cities, countries."""

    id: Any = None
    name: Any = None
    state_code: Any = None
    country_code: Any = None


class Spot(_Wire, gc=False):
    """A moment in any of the date blocks."""

    local_date: Any = None
    local_time: Any = None
    date_time: Any = None
    date_tba: Any = msgspec.field(default=None, name="dateTBA")
    date_tbd: Any = msgspec.field(default=None, name="dateTBD")
    time_tba: Any = msgspec.field(default=None, name="timeTBA")
    no_specific_time: Any = None
    approximate: Any = None


class Status(_Wire, gc=False):
    """`dates.status`; may be empty (observed 2016)."""

    code: Any = None


class Dates(_Wire, gc=False):
    """`dates`."""

    start: Spot | _NoObject = None
    end: Spot | _NoObject = None
    initial_start_date: Spot | _NoObject = None
    timezone: Any = None
    status: Status | _NoObject = None


class SalePeriod(_Wire, gc=False):
    """`sales.public` and each of `sales.presales`."""

    name: Any = None
    start_date_time: Any = None
    end_date_time: Any = None


class Sales(_Wire, gc=False):
    """`sales`."""

    public: SalePeriod | _NoObject = None
    presales: list[SalePeriod | _NoObject] | _NoList = None


class Classification(_Wire, gc=False):
    """One of `classifications`, or an entry of the classification search."""

    primary: Any = None
    segment: Named | _NoObject = None
    genre: Named | _NoObject = None
    sub_genre: Named | _NoObject = None
    type: Named | _NoObject = None
    sub_type: Named | _NoObject = None


class Image(_Wire, gc=False):
    """One rendition of a picture."""

    url: Any = None
    width: Any = None
    height: Any = None
    ratio: Any = None
    fallback: Any = None


class PriceRange(_Wire, gc=False):
    """One of `priceRanges`."""

    type: Any = None
    currency: Any = None
    min: Any = None
    max: Any = None


class Address(_Wire, gc=False):
    """A street address in up to three lines."""

    line1: Any = None
    line2: Any = None
    line3: Any = None


class Location(_Wire, gc=False):
    """Coordinates, as strings of any precision."""

    latitude: Any = None
    longitude: Any = None


class Place(_Wire, gc=False):
    """A venue, or the `place` that stands in for one: the same fields, all optional."""

    id: Any = None
    name: Any = None
    url: Any = None
    test: Any = None
    address: Address | _NoObject = None
    city: Named | _NoObject = None
    state: Named | _NoObject = None
    country: Named | _NoObject = None
    postal_code: Any = None
    location: Location | _NoObject = None
    timezone: Any = None


Venue: TypeAlias = Place


class Attraction(_Wire, gc=False):
    """Who or what is on."""

    id: Any = None
    name: Any = None
    url: Any = None
    test: Any = None
    classifications: list[Classification | _NoObject] | _NoList = None
    images: list[Image | _NoObject] | _NoList = None


class AttractionName(_Wire, gc=False):
    """An attraction within an event, of which only this much is read."""

    id: Any = None
    name: Any = None


class EventParts(_Wire, gc=False):
    """An event's `_embedded`."""

    venues: list[Place | _NoObject] | _NoList = None
    attractions: list[AttractionName | _NoObject] | _NoList = None


class AgeRestrictions(_Wire, gc=False):
    """`ageRestrictions`."""

    legal_age_enforced: Any = None


class Outlet(_Wire, gc=False):
    """One of `outlets`."""

    type: Any = None


class Event(_Wire, gc=False):
    """An event, in a search or alone."""

    id: Any = None
    name: Any = None
    test: Any = None
    url: Any = None
    dates: Dates | _NoObject = None
    sales: Sales | _NoObject = None
    classifications: list[Classification | _NoObject] | _NoList = None
    price_ranges: list[PriceRange | _NoObject] | _NoList = None
    images: list[Image | _NoObject] | _NoList = None
    info: Any = None
    please_note: Any = None
    age_restrictions: AgeRestrictions | _NoObject = None
    doors_times: Spot | _NoObject = None
    outlets: list[Outlet | _NoObject] | _NoList = None
    place: Place | _NoObject = None
    embedded: EventParts | _NoObject = msgspec.field(default=None, name="_embedded")


class EventImages(_Wire, gc=False):
    """`/events/{id}/images`."""

    id: Any = None
    images: list[Image | _NoObject] | _NoList = None


class Level(_Wire, gc=False):
    """A segment, genre or sub-genre with what lies below it (`_embedded.genres`, `_embedded.subgenres`)."""

    id: Any = None
    name: Any = None
    embedded: "LevelParts | _NoObject" = msgspec.field(default=None, name="_embedded")


class LevelParts(_Wire, gc=False):
    """A level's `_embedded`."""

    genres: list[Level | _NoObject] | _NoList = None
    subgenres: list[Level | _NoObject] | _NoList = None


class ClassificationTree(_Wire, gc=False):
    """An entry of `/classifications`: a segment and all below it."""

    segment: Level | _NoObject = None


class PageBlock(_Wire, gc=False):
    """`page`."""

    total_elements: Any = None
    total_pages: Any = None


class Rows(_Wire, gc=False):
    """The `_embedded` of any search, its rows still apart, so that a bad one costs only itself."""

    events: list[msgspec.Raw] | _NoList = None
    venues: list[msgspec.Raw] | _NoList = None
    attractions: list[msgspec.Raw] | _NoList = None
    classifications: list[msgspec.Raw] | _NoList = None


class FaultDetail(_Wire, gc=False):
    """The `detail` of a `fault`."""

    errorcode: Any = None


class FaultBlock(_Wire, gc=False):
    """What the gateway says when it refuses."""

    faultstring: Any = None
    detail: FaultDetail | _NoObject = None


class ErrorItem(_Wire, gc=False):
    """One of `errors`, what the application says when it refuses."""

    code: Any = None
    detail: Any = None


class Envelope(_Wire, gc=False):
    """Any search answer, and any error."""

    embedded: Rows | _NoObject = msgspec.field(default=None, name="_embedded")
    page: PageBlock | _NoObject = None
    fault: FaultBlock | _NoObject = None
    errors: list[ErrorItem | _NoObject] | _NoList = None


def one(value: object, kind: type[S]) -> S:
    """Return a part if it came as the object it should be, else an empty one."""
    return value if isinstance(value, kind) else kind()


def many(value: object, kind: type[T]) -> list[T]:
    """Return the objects of a list, without what is no such object; nothing if it is no list."""
    return [item for item in value if isinstance(item, kind)] if isinstance(value, list) else []
