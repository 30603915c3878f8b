"""The query parameters of searches: Ticketmaster's names, checked here, turned into a normalised search.

Unknown parameters never narrow a search silently; `check_names` finds them.
"""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from event_scheduler.catalog.models import EventKind
from event_scheduler.errors import InputFault, InvalidInputError
from event_scheduler.freshness.models import Need
from event_scheduler.freshness.search import IncludeUndated, Search, Window, clean_text
from event_scheduler.sources.models import DistanceUnit, GeoCircle, Sort, SourceQuery

__all__ = ["MAX_PAGE", "EventSearchParameters", "UnknownParameter", "check_names"]

MAX_PAGE = 100_000
MAX_TEXT = 200
MAX_PARAMETERS = 100
FIRST_YEAR, LAST_YEAR = 1900, 9998
"""No event starts outside; within, every zone and every widening stays on the calendar."""

_DEFAULT_RADIUS = 50
_CODES = frozenset({"country_code", "state_code"})

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DATE_TIME = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})[Tt ](?P<time>\d{2}:\d{2}:\d{2})(?P<fraction>\.\d+)?(?P<zone>[Zz]|[+\- ]\d{2}:\d{2})",
    re.ASCII,
)
# Zero width and direction marks are text; control characters, lone surrogates and what replaced undecodable bytes are
# not, and PostgreSQL takes no NUL.
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff�]")


def _refuse(message: str) -> PydanticCustomError:
    return PydanticCustomError("parameter", "{message}", {"message": message})


def _blank_to_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _parse_integer(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"-?[0-9]{1,18}", value):
        raise _refuse("must be a whole number in the digits 0-9")
    return value


def _check_text(value: str) -> str:
    if _NOT_TEXT.search(value):
        raise _refuse("holds characters that are not text")
    return clean_text(value)


def _read_when(value: str) -> datetime | date | None:
    if _DATE.fullmatch(value):
        return date.fromisoformat(value)
    if match := _DATE_TIME.fullmatch(value):
        # A "+" that arrived unescaped became a space on its way.
        zone = match["zone"].upper().replace("Z", "+00:00").replace(" ", "+")
        fraction = (match["fraction"] or "")[:7]
        return datetime.fromisoformat(f"{match['day']}T{match['time']}{fraction}{zone}").astimezone(UTC)
    return None


def _parse_when(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        when = _read_when(value)
    except (ValueError, OverflowError):
        raise _refuse("is not a day and time of the calendar") from None
    if when is not None and not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise _refuse(f"must lie in the years {FIRST_YEAR} to {LAST_YEAR}")
    if when is not None:
        return when
    raise _refuse(
        "must be an RFC 3339 date-time with a zone, such as 2026-12-05T19:30:00Z or 2026-12-05T19:30:00+01:00, "
        "or a day at the venue, such as 2026-12-05"
    )


def _parse_ids(value: object) -> object:
    if not isinstance(value, str):
        return value
    ids = {part.strip() for part in value.split(",") if part.strip()}
    if not all(re.fullmatch(r"[A-Za-z0-9_-]{1,100}", id_) for id_ in ids):
        raise _refuse("must be one or more ids, separated by commas")
    return tuple(sorted(ids))


def _parse_point(value: object) -> object:
    if not isinstance(value, str):
        return value
    match = re.fullmatch(r"\s*(-?\d{1,2}(?:\.\d{1,20})?)\s*,\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*", value, re.ASCII)
    if match is None or abs(float(match[1])) > 90 or abs(float(match[2])) > 180:  # noqa: PLR2004 - of a globe
        raise _refuse("must be latitude,longitude in degrees, such as 41.88,-87.63")
    # Four decimals are 11 m: finer differences are not different searches.
    return (round(float(match[1]), 4), round(float(match[2]), 4))


def _parse_kinds(value: object) -> object:
    if not isinstance(value, str):
        return value
    names = {part.strip() for part in value.split(",") if part.strip()}
    known = [kind.value for kind in EventKind]
    if unknown := names - set(known):
        raise _refuse(f"{min(unknown)!r} is not one of {', '.join(known)}")
    return frozenset(EventKind(name) for name in names) or None


def _parse_boolean(value: object) -> object:
    if not isinstance(value, str):
        return value
    if (word := value.strip().lower()) not in {"true", "false", "1", "0"}:
        raise _refuse("must be true or false")
    return word in {"true", "1"}


def _check_locale(value: str) -> str:
    parts = [part.strip().lower() for part in value.split(",")]
    if not all(re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", part) or part == "*" for part in parts) or "*" in parts[:-1]:
        raise _refuse("must be language codes separated by commas, with * only at the end, such as de-de,de,*")
    return ",".join(parts)


def _lower(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _describe_as_text(schema: dict[str, Any]) -> None:
    """In a query all of these are text; what kind of text, the description says."""
    kept = {name: value for name, value in schema.items() if name in {"description", "default", "examples"}}
    schema.clear()
    schema.update(kept, type="string")


_Blank = BeforeValidator(_blank_to_none)
Text = Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_check_text)]
OptionalText = Annotated[Text | None, _Blank]
OptionalIds = Annotated[
    tuple[str, ...] | None, BeforeValidator(_parse_ids), _Blank, Field(json_schema_extra=_describe_as_text)
]
Integer = BeforeValidator(_parse_integer)


_When = Annotated[
    datetime | date | None,
    BeforeValidator(_parse_when),
    _Blank,
]


class EventSearchParameters(BaseModel):
    """What `GET /events` can be asked."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=False, frozen=True)

    page: Annotated[
        int, Field(ge=1, le=MAX_PAGE, description="Which page, from 1. A page beyond the end is empty."), Integer
    ] = 1
    size: Annotated[int, Field(ge=1, le=100, description="How many events a page holds."), Integer] = 20
    keyword: Annotated[
        OptionalText,
        Field(description="Whole words in names of events, attractions and venues.", examples=["jazz"]),
    ] = None
    city: Annotated[
        OptionalText, Field(description="The city's name, usually the English one.", examples=["Berlin"])
    ] = None
    start_date_time: Annotated[
        _When,
        Field(
            description="Events that start at or after this moment (RFC 3339 with a zone), or on or after this day at "
            "the venue. Without it: from now on.",
            examples=["2026-12-05T18:00:00Z"],
            json_schema_extra=_describe_as_text,
        ),
    ] = None
    end_date_time: Annotated[
        _When,
        Field(
            description="Events that start before this moment, or before this day at the venue. The same day given "
            "twice means that day.",
            examples=["2026-12-12"],
            json_schema_extra=_describe_as_text,
        ),
    ] = None
    refresh: Annotated[
        bool,
        BeforeValidator(_parse_boolean),
        Field(description="Ask the source again although the copy is fresh; at most once a minute for one search."),
    ] = False
    country_code: Annotated[
        Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$")] | None,
        _Blank,
        Field(description="ISO 3166-1 alpha-2.", examples=["DE"]),
    ] = None
    state_code: Annotated[
        Annotated[str, Field(pattern=r"^([A-Za-z0-9]{1,6})?$")] | None, _Blank, Field(description="Such as CA or NSW.")
    ] = None
    postal_code: Annotated[OptionalText, Field(description="Matched as text, not as a distance.")] = None
    classification_name: Annotated[
        OptionalText, Field(description="A segment, genre or sub-genre, such as music. Prefer segmentId.")
    ] = None
    segment_id: Annotated[OptionalIds, Field(description="Ids, separated by commas.")] = None
    genre_id: Annotated[OptionalIds, Field(description="Ids, separated by commas.")] = None
    venue_id: Annotated[OptionalIds, Field(description="Ids, separated by commas.")] = None
    attraction_id: Annotated[OptionalIds, Field(description="Ids, separated by commas.")] = None
    latlong: Annotated[
        tuple[float, float] | None,
        BeforeValidator(_parse_point),
        _Blank,
        Field(
            description="Latitude and longitude in degrees: events within `radius` of it.",
            examples=["41.88,-87.63"],
            json_schema_extra=_describe_as_text,
        ),
    ] = None
    radius: Annotated[
        Annotated[int, Field(ge=1, le=20_000)] | None,
        Integer,
        Field(description=f"Around `latlong`; {_DEFAULT_RADIUS} if not given."),
    ] = None
    unit: Annotated[DistanceUnit | None, BeforeValidator(_lower), Field(description="Of `radius`; miles.")] = None
    locale: Annotated[
        Annotated[str, Field(max_length=MAX_TEXT), AfterValidator(_check_locale)] | None,
        _Blank,
        Field(description="Languages of names and texts; English, else any, if not given.", examples=["de-de,de,*"]),
    ] = None
    include_tba: Annotated[
        IncludeUndated,
        BeforeValidator(_lower),
        Field(alias="includeTBA", description="Whether events without a date yet are included; they come last."),
    ] = IncludeUndated.NO
    kind: Annotated[
        frozenset[EventKind] | None,
        BeforeValidator(_parse_kinds),
        _Blank,
        Field(
            description="Only these kinds, separated by commas: main, resale, upsell, package, private.",
            examples=["main"],
            json_schema_extra=_describe_as_text,
        ),
    ] = None
    sort: Annotated[Sort, BeforeValidator(_lower), Field(description="In which order.")] = Sort.DATE_ASC

    def to_search(self, *, default_country_code: str | None) -> Search:
        """Turn the parameters into a normalised search.

        Args:
            default_country_code: Narrows a search that names no place.

        Raises:
            InvalidInputError: Parameters that contradict each other.
        """
        self._check_together()
        names_place = (self.city, self.country_code, self.state_code, self.postal_code, self.venue_id, self.latlong)
        country_code = self.country_code or (None if any(names_place) else default_country_code)
        circle = None
        if self.latlong is not None:
            circle = GeoCircle(
                latitude=self.latlong[0],
                longitude=self.latlong[1],
                radius=self.radius or _DEFAULT_RADIUS,
                unit=self.unit or DistanceUnit.MILES,
            )
        query = SourceQuery(
            keyword=self.keyword,
            city=self.city,
            country_code=country_code.upper() if country_code else None,
            state_code=self.state_code.upper() if self.state_code else None,
            postal_code=self.postal_code,
            classification_name=self.classification_name,
            segment_ids=self.segment_id or (),
            genre_ids=self.genre_id or (),
            venue_ids=self.venue_id or (),
            attraction_ids=self.attraction_id or (),
            circle=circle,
            locale=self.locale,
            sort=self.sort,
        )
        return Search(query=query, window=self._to_window(), include_undated=self.include_tba)

    def to_need(self) -> Need:
        """Say which part of the search is asked for."""
        kinds = None if self.kind is None or len(self.kind) == len(EventKind) else self.kind
        return Need(offset=(self.page - 1) * self.size, count=self.size, kinds=kinds, refresh=self.refresh)

    def to_query_string(self, *, page: int) -> str:
        """Write the normalised query of another page of this search: fixed order, no defaults, no `refresh`."""
        values: dict[str, object] = {"page": page, "size": self.size}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name in {"page", "size", "refresh"} or value in {None, field.default}:
                continue
            values[field.alias or name] = _write(name, value)
        return urlencode(values)

    def _to_window(self) -> Window:
        if self.include_tba is IncludeUndated.ONLY:
            return Window()
        start, end = self.start_date_time, self.end_date_time
        if start == end and start is not None and not isinstance(start, datetime) and start < date.max:
            end = start + timedelta(days=1)
        return Window(start=start, end=end)

    def _check_together(self) -> None:
        faults = []
        if self._to_window().is_empty():
            detail = "endDateTime is exclusive and must be later than startDateTime; nothing starts between the two"
            faults.append(InputFault(parameter="endDateTime", detail=detail))
        if self.latlong is None:
            needing = {"radius": self.radius, "unit": self.unit}
            faults += [
                InputFault(parameter=name, detail=f"{name} needs latlong, the point that it is around")
                for name, value in needing.items()
                if value is not None
            ]
            if self.sort is Sort.DISTANCE_ASC:
                faults.append(
                    InputFault(parameter="sort", detail="distance,asc needs latlong, the point to measure from")
                )
        if faults:
            raise InvalidInputError("; ".join(fault.detail for fault in faults), faults=faults)


def _write(name: str, value: object) -> object:
    if isinstance(value, datetime):
        value = value.isoformat().replace("+00:00", "Z")
    elif isinstance(value, date):
        value = value.isoformat()
    elif isinstance(value, (tuple, frozenset)):
        value = ",".join(sorted(map(_to_text, value)) if isinstance(value, frozenset) else map(_to_text, value))
    elif isinstance(value, str):
        value = value.upper() if name in _CODES else value.lower()
    return _to_text(value)


def _to_text(value: object) -> str:
    return str(value.value if isinstance(value, Enum) else value)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownParameter:
    """A parameter that does not exist, and what may have been meant."""

    name: str
    nearest: str | None

    @property
    def detail(self) -> str:
        """Say so in a sentence."""
        hint = f"did you mean {self.nearest}?" if self.nearest else "it was ignored."
        return f"There is no parameter {self.name[:MAX_TEXT]!r}; {hint}"


def check_names(given: Sequence[str], known: Collection[str]) -> list[UnknownParameter]:
    """Find parameters that do not exist, and refuse known ones that are given twice.

    Raises:
        InvalidInputError: A parameter is given more than once.
    """
    if len(given) > MAX_PARAMETERS:
        raise InvalidInputError(f"There are more than {MAX_PARAMETERS} parameters; /docs lists those there are.")
    twice = sorted(name for name, count in Counter(given).items() if name in known and count > 1)
    if twice:
        faults = [InputFault(parameter=name, detail=f"{name} is given more than once; give it once") for name in twice]
        raise InvalidInputError("; ".join(fault.detail for fault in faults), faults=faults)
    unknown = sorted(set(given) - set(known))
    lowered = {name.lower(): name for name in known}
    found = []
    for name in unknown:
        near = difflib.get_close_matches(name.lower()[:MAX_TEXT], list(lowered), n=1)
        found.append(UnknownParameter(name=name, nearest=lowered[near[0]] if near else None))
    return found
