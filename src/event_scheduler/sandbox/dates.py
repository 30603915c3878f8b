"""Writes the `dates` block, the part with the most traps."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.records import Event, Kind, Precision, Quirk

__all__ = ["write_dates", "write_utc"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def write_utc(seconds: float) -> str:
    """Write seconds since the epoch as the original writes instants, `YYYY-MM-DDTHH:mm:ssZ`."""
    return (_EPOCH + timedelta(seconds=int(seconds))).isoformat()[:19] + "Z"


def write_dates(random: Random, event: Event) -> dict[str, Any]:
    """Write `dates`.

    Args:
        random: Seeded for this event.
        event: What to write. Where only the day is known there is neither `localTime` nor `dateTime`; where not even
            that is known, there are the four flags alone and the old date, if at all, is in `initialStartDate`.
    """
    dates: dict[str, Any] = {}
    if (event.kind is Kind.PLACE or event.quirk is Quirk.ACCESS) and event.start_s is not None:
        dates["access"] = {
            "startDateTime": write_utc(event.start_s - 3600),
            "startApproximate": False,
            "endDateTime": write_utc(event.start_s + 7200),
            "endApproximate": False,
        }
    dates["start"] = _write_start(event)
    end = _write_end(event)
    if end:
        dates["end"] = end
    if event.initial is not None:
        dates["initialStartDate"] = _write_moment(event, event.initial)
    if event.kind is not Kind.RESALE and event.quirk is not Quirk.NO_TIME_ZONE:
        dates["timezone"] = event.venue.home.zone_name
    dates["status"] = {"code": event.status} if event.status else {}
    # False even for most festivals of several days, as in the original.
    dates["spanMultipleDays"] = (
        event.end_day is not None and event.end_day != event.starts.date() and chance(random, 0.3)
    )
    return dates


def _write_start(event: Event) -> dict[str, Any]:
    precision = event.precision
    start: dict[str, Any] = {}
    if precision is Precision.TIME:
        start = _write_moment(event, event.starts)
    elif precision in {Precision.TIME_TBA, Precision.NO_SPECIFIC_TIME}:
        start = {"localDate": event.starts.date().isoformat()}
    return {
        **start,
        "dateTBD": precision is Precision.DATE_TBD,
        "dateTBA": precision is Precision.DATE_TBA,
        "timeTBA": precision is Precision.TIME_TBA,
        "noSpecificTime": precision is Precision.NO_SPECIFIC_TIME,
    }


def _write_end(event: Event) -> dict[str, Any]:
    if event.end_day is not None and event.precision is Precision.NO_SPECIFIC_TIME:
        return {"localDate": event.end_day.isoformat(), "approximate": False, "noSpecificTime": True}
    if event.minutes is None or event.start_s is None or event.precision is not Precision.TIME:
        return {}
    end_s = event.start_s + event.minutes * 60
    if event.kind is Kind.PLACE:
        # These rows repeat the local time of the start; only `dateTime` is right.
        return {
            "localTime": event.starts.time().isoformat(),
            "dateTime": write_utc(end_s),
            "approximate": False,
            "noSpecificTime": False,
        }
    local = datetime.fromtimestamp(end_s, event.venue.home.zone).replace(tzinfo=None)
    return {**_write_moment(event, local), "approximate": False, "noSpecificTime": False}


def _write_moment(event: Event, local: datetime) -> dict[str, Any]:
    return {
        "localDate": local.date().isoformat(),
        "localTime": local.time().isoformat(),
        "dateTime": write_utc(local.replace(tzinfo=event.venue.home.zone).timestamp()),
    }
