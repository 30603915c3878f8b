"""Their date blocks, as moments that claim no more than is known."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from event_scheduler.catalog.models import Moment, Precision
from event_scheduler.sources.ticketmaster.texts import to_flag
from event_scheduler.sources.ticketmaster.wire import Spot

__all__ = ["to_doors", "to_end", "to_initial_start", "to_start", "to_utc", "to_zone"]

_PLACEHOLDER_YEAR: Final = 1900
"""`1900-01-01T06:00:00Z` and the like stand for "none" (observed on 18 % of rows, October 2026)."""

_DOORS_REACH: Final = timedelta(hours=24)
_ZONE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]{1,31}(?:/[A-Za-z0-9_+\-]{1,31}){0,2}")
_NO_ZONES: Final = ("localtime", "posixrules", "Factory", "posix/", "right/")
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+\-]\d\d:?\d\d)")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_TIME: Final = re.compile(r"\d\d:\d\d(:\d\d)?")


def to_zone(*candidates: object) -> str | None:
    """Return the first candidate that names a zone of the IANA database, else `None`."""
    return next((name for name in candidates if isinstance(name, str) and _is_zone(name)), None)


@lru_cache(maxsize=1024)
def _is_zone(name: str) -> bool:
    if not _ZONE.fullmatch(name) or name.startswith(_NO_ZONES):
        return False
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # Unknown; a folder ("America"); a file that is no zone.
        return False
    return True


def to_utc(value: object) -> datetime | None:
    """Return a moment in UTC from a date-time with `Z` or an offset; `None` for anything else and for year 1900."""
    if not isinstance(value, str) or not _DATE_TIME.fullmatch(value):
        return None
    try:
        moment = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _is_real(moment) else None


def _to_date(value: object) -> date | None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if _is_real(day) else None


def _to_time(value: object) -> time | None:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        return None


def _is_real(day: date) -> bool:
    return day.year > _PLACEHOLDER_YEAR


def to_start(spot: Spot, *, zone: str | None) -> Moment:
    """Say when an event starts, as far as that is known.

    The flags win over any value beside them, which is a placeholder then: `dateTBA` and `dateTBD` leave nothing,
    `timeTBA` and `noSpecificTime` leave the day.
    """
    if to_flag(spot.date_tba) or to_flag(spot.date_tbd):
        return Moment(precision=Precision.NONE, time_zone=zone)
    if to_flag(spot.time_tba) or to_flag(spot.no_specific_time):
        return _to_day(spot, zone=zone) or Moment(precision=Precision.NONE, time_zone=zone)
    return _to_moment(spot, zone=zone) or Moment(precision=Precision.NONE, time_zone=zone)


def to_initial_start(spot: Spot, *, zone: str | None) -> Moment | None:
    """Say when a moved event was to start; `None` where nothing of it is known."""
    moment = to_start(spot, zone=zone)
    return moment if moment.precision is not Precision.NONE else None


def to_end(spot: Spot, *, zone: str | None) -> Moment | None:
    """Say when an event ends; `None` where nothing of it is known.

    `dateTime` is the truth. The local time beside it repeats the start's on Universe's and European rows (observed
    2023 to 2026) and often comes without a day, so both local fields are then told from `dateTime` in the zone;
    without a zone nothing vouches for the local time, and it is left out.
    """
    if to_flag(spot.approximate) or to_flag(spot.no_specific_time):
        return _to_day(spot, zone=zone)
    moment = _to_moment(spot, zone=zone)
    if moment is None or moment.utc is None or moment.local_time is None:
        return moment
    if moment.time_zone is None:
        return Moment(precision=Precision.TIME, local_date=moment.local_date, utc=moment.utc)
    local = moment.utc.astimezone(ZoneInfo(moment.time_zone))
    return Moment(
        precision=Precision.TIME,
        local_date=local.date(),
        local_time=local.time(),
        time_zone=moment.time_zone,
        utc=moment.utc,
    )


def to_doors(spot: Spot, *, start: Moment, zone: str | None) -> Moment | None:
    """Say when the doors open; `None` where unknown, or where it cannot belong to this start.

    A rescheduled event keeps the doors of its first date (observed November 2025: doors in May, the show in January):
    doors after the start, or more than a day before it, are not told.
    """
    moment = _to_moment(spot, zone=zone)
    if moment is None:
        return None
    opens_at, starts_at = moment.sort_at(), start.sort_at()
    if opens_at is None or starts_at is None:
        return None
    return moment if timedelta(0) <= starts_at - opens_at <= _DOORS_REACH else None


def _to_moment(spot: Spot, *, zone: str | None) -> Moment | None:
    """Take each field from its own, converting none into another; `None` where not even the day is known."""
    local_date, local_time, utc = _to_date(spot.local_date), _to_time(spot.local_time), to_utc(spot.date_time)
    if utc is None and local_date is None:
        return None
    is_time_known = utc is not None or local_time is not None
    return Moment(
        precision=Precision.TIME if is_time_known else Precision.DATE,
        local_date=local_date,
        local_time=local_time,
        time_zone=zone,
        utc=utc,
    )


def _to_day(spot: Spot, *, zone: str | None) -> Moment | None:
    local_date = _to_date(spot.local_date)
    return Moment(precision=Precision.DATE, local_date=local_date, time_zone=zone) if local_date else None
