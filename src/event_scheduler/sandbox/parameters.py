"""Reads the parameters of a search; unknown ones are ignored, as the original does."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum

from starlette.datastructures import QueryParams

from event_scheduler.sandbox.errors import refuse_date, refuse_size, refuse_value
from event_scheduler.sandbox.facts import split_words
from event_scheduler.sandbox.geo import KM_PER_MILE, Point, decode_geohash

__all__ = [
    "ENTITY_SORTS",
    "EVENT_SORTS",
    "Choice",
    "Circle",
    "Paging",
    "Query",
    "find_locale",
    "read_paging",
    "read_query",
]

EVENT_SORTS = frozenset((
    "name,asc", "name,desc", "date,asc", "date,desc", "relevance,asc", "relevance,desc", "distance,asc", "random",
    "name,date,asc", "name,date,desc", "date,name,asc", "date,name,desc", "distance,date,asc", "onSaleStartDate,asc",
    "onsaleStartDate,asc", "id,asc", "venueName,asc", "venueName,desc",
))  # fmt: skip
"""Values of `sort` for events."""

ENTITY_SORTS = frozenset(["name,asc", "name,desc", "relevance,asc", "relevance,desc", "distance,asc", "distance,desc"])
"""Values of `sort` for venues, attractions and classifications."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MAX_SIZE = 200
_DEFAULT_SIZE = 20


class Choice(Enum):
    """Value of the `include…` parameters."""

    NO = "no"
    YES = "yes"
    ONLY = "only"


@dataclass(frozen=True, slots=True)
class Circle:
    """A search around a point."""

    centre: Point
    radius_km: float
    unit: str
    """As answers spell it: `MILES` or `KM`."""

    @property
    def km_per_unit(self) -> float:
        """Length of the unit."""
        return 1.0 if self.unit == "KM" else KM_PER_MILE


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page was asked for."""

    size: int
    number: int

    @property
    def offset(self) -> int:
        """Zero-based position of the first item."""
        return self.size * self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What to look for; an empty set means that the parameter was not sent."""

    sort: str
    words: tuple[str, ...] = ()
    ids: frozenset[str] = frozenset()
    venue_ids: frozenset[str] = frozenset()
    attraction_ids: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()
    """Case-folded, stripped."""

    countries: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    postal_codes: frozenset[str] = frozenset()
    dma_ids: frozenset[str] = frozenset()
    sources: frozenset[str] = frozenset()
    class_ids: tuple[frozenset[str], ...] = ()
    """One set per parameter, any level of the tree; each must be met."""

    class_names: frozenset[str] = frozenset()
    segment_names: frozenset[str] = frozenset()
    circle: Circle | None = None
    start_s: float | None = None
    end_s: float | None = None
    """Both ends of the window are inclusive; seconds since the epoch."""

    tba: Choice = Choice.NO
    tbd: Choice = Choice.NO
    test: Choice = Choice.NO
    family: Choice = Choice.YES

    @property
    def narrows_place(self) -> bool:
        """Whether it asks for certain places."""
        return bool(
            self.venue_ids
            or self.cities
            or self.countries
            or self.states
            or self.postal_codes
            or self.dma_ids
            or self.circle
        )


def find_locale(params: QueryParams) -> str:
    """Return the first locale asked for, `en-us` by default, as error texts repeat it."""
    return params.get("locale", "en-us").split(",")[0]


def read_paging(params: QueryParams) -> Paging:
    """Read `size` and `page`.

    Raises:
        Refusal: 400 for a size above 200, and (the original's answer is not known) below 1 or not a number.
    """
    size, number = params.get("size", str(_DEFAULT_SIZE)), params.get("page", "0")
    if not (_is_number(size) and 0 < int(size) <= _MAX_SIZE):
        raise refuse_size()
    if not _is_number(number):
        raise refuse_value("page", "a number from 0")
    return Paging(int(size), int(number))


def read_query(params: QueryParams, sorts: frozenset[str], default_sort: str) -> Query:
    """Read everything else.

    Args:
        params: As received; parameters may be repeated or hold lists with commas.
        sorts: The values of `sort` that are served.
        default_sort: The one without the parameter.

    Raises:
        Refusal: 400 for a malformed instant, sort, locale or point.
    """
    sort = params.get("sort", default_sort)
    if sort not in sorts:
        raise refuse_value("sort", f"one of {sorted(sorts)}")
    _check_locale(params.get("locale", ""))
    levels = ("segmentId", "genreId", "subGenreId", "classificationId")
    return Query(
        sort=sort,
        words=tuple(split_words(params.get("keyword", ""))),
        ids=_read_list(params, "id"),
        venue_ids=_read_list(params, "venueId"),
        attraction_ids=_read_list(params, "attractionId"),
        # Names of cities may hold a comma; only a repeated parameter names several.
        cities=frozenset(city.strip().casefold() for city in params.getlist("city") if city.strip()),
        countries=_read_list(params, "countryCode", fold=True),
        states=_read_list(params, "stateCode", fold=True),
        postal_codes=_read_list(params, "postalCode", fold=True),
        dma_ids=_read_list(params, "dmaId"),
        sources=_read_list(params, "source", fold=True),
        class_ids=tuple(ids for ids in (_read_list(params, level) for level in levels) if ids),
        class_names=_read_list(params, "classificationName", fold=True),
        segment_names=_read_list(params, "segmentName", fold=True),
        circle=_read_circle(params),
        start_s=_read_instant(params.get("startDateTime", "")),
        end_s=_read_instant(params.get("endDateTime", "")),
        tba=_read_choice(params, "includeTBA", Choice.NO),
        tbd=_read_choice(params, "includeTBD", Choice.NO),
        test=_read_choice(params, "includeTest", Choice.NO),
        family=_read_choice(params, "includeFamily", Choice.YES),
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9  # noqa: PLR2004 - fits any counter


def _read_list(params: QueryParams, name: str, *, fold: bool = False) -> frozenset[str]:
    parts = (part.strip() for value in params.getlist(name) for part in value.split(","))
    return frozenset(part.casefold() if fold else part for part in parts if part)


def _read_choice(params: QueryParams, name: str, default: Choice) -> Choice:
    try:
        return Choice(params.get(name, default.value).lower())
    except ValueError:
        return default


def _read_instant(text: str) -> float | None:
    if not text:
        return None
    if not _INSTANT.fullmatch(text):
        raise refuse_date()
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise refuse_date() from None


def _check_locale(text: str) -> None:
    if any(part.strip() == "*" for part in text.split(",")[:-1]):
        raise refuse_value("locale", "a list of locales in which * comes last")


def _read_circle(params: QueryParams) -> Circle | None:
    text, name = params.get("geoPoint", ""), "geoPoint"
    if not text:
        text, name = params.get("latlong", ""), "latlong"
    if not text:
        return None
    # A pair of numbers is accepted as a geoPoint too: links in recorded answers have it so.
    centre = _read_pair(text) if "," in text else decode_geohash(text) if name == "geoPoint" else None
    if centre is None:
        raise refuse_value(name, "a geohash" if name == "geoPoint" else "latitude,longitude")
    radius = params.get("radius", "")
    length = int(radius) if _is_number(radius) else 50
    unit = "KM" if params.get("unit", "").lower() == "km" else "MILES"
    return Circle(centre, length * (1.0 if unit == "KM" else KM_PER_MILE), unit)


def _read_pair(text: str) -> Point | None:
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    is_on_globe = -90 <= latitude <= 90 and -180 <= longitude <= 180  # noqa: PLR2004 - degrees
    return (latitude, longitude) if is_on_globe else None
