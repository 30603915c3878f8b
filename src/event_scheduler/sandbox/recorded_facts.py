"""Reads what searches need from recorded objects, in which anything may be missing."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from event_scheduler.sandbox.facts import AttractionFacts, ClassFacts, EventFacts, PlaceFacts

__all__ = ["read_attraction", "read_event", "read_venue"]

_Json = dict[str, Any]
_SOURCES = {"Z7r9": "tmr", "Z7": "tmr", "Lv": "universe"}
_LEVELS = ("segment", "genre", "subGenre")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def read_event(event: _Json, rank: int) -> EventFacts:
    """Read an event.

    Args:
        event: As recorded.
        rank: Its place among all recordings, which stands for its popularity.
    """
    embedded = event.get("_embedded") or {}
    venues = [venue for venue in embedded.get("venues") or [] if venue]
    place = venues[0] if venues else event.get("place")
    dates = event.get("dates") or {}
    start = dates.get("start") or {}
    zone = dates.get("timezone") or (place or {}).get("timezone") or "UTC"
    public = (event.get("sales") or {}).get("public") or {}
    id_ = str(event.get("id", ""))
    return EventFacts(
        id=id_,
        name=str(event.get("name", "")),
        source=next((source for prefix, source in _SOURCES.items() if id_.startswith(prefix)), "ticketmaster"),
        start_s=_read_start(start, zone),
        is_date_tba=bool(start.get("dateTBA")),
        is_date_tbd=bool(start.get("dateTBD")),
        is_test=bool(event.get("test")),
        place=read_venue(place) if place else None,
        attractions=tuple(read_attraction(act) for act in embedded.get("attractions") or []),
        classes=_read_classes(event.get("classifications") or []),
        popularity=-float(rank),
        onsale_s=_read_instant(public.get("startDateTime")),
    )


def read_venue(venue: _Json) -> PlaceFacts:
    """Read a venue or a `place`."""
    location = venue.get("location") or {}
    return PlaceFacts(
        id=venue.get("id"),
        name=str(venue.get("name", "")),
        city=str((venue.get("city") or {}).get("name", "")),
        state_code=str((venue.get("state") or {}).get("stateCode", "")),
        country_code=str((venue.get("country") or {}).get("countryCode", "")),
        postal_code=str(venue.get("postalCode", "")),
        latitude=_read_number(location.get("latitude")),
        longitude=_read_number(location.get("longitude")),
        dma_ids=frozenset(str(dma.get("id")) for dma in venue.get("dmas") or []),
    )


def read_attraction(attraction: _Json) -> AttractionFacts:
    """Read an attraction."""
    return AttractionFacts(
        id=str(attraction.get("id", "")),
        name=str(attraction.get("name", "")),
        classes=_read_classes(attraction.get("classifications") or []),
    )


def _read_classes(entries: Iterable[_Json]) -> ClassFacts:
    every = list(entries)
    levels = [entry[level] for entry in every for level in _LEVELS if entry.get(level)]
    return ClassFacts(
        ids=frozenset(str(level.get("id")) for level in levels),
        names=frozenset(str(level.get("name", "")).casefold() for level in levels),
        segments=frozenset(str(entry["segment"].get("name", "")).casefold() for entry in every if entry.get("segment")),
        is_family=any(entry.get("family") for entry in every),
    )


def _read_start(start: _Json, zone: str) -> float | None:
    """Read the instant; local midnight in the event's zone where only the day is known."""
    instant = _read_instant(start.get("dateTime"))
    if instant is not None or not start.get("localDate"):
        return instant
    return datetime.fromisoformat(str(start["localDate"])).replace(tzinfo=ZoneInfo(zone)).timestamp()


def _read_instant(text: object) -> float | None:
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        return None
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def _read_number(text: object) -> float | None:
    try:
        return float(str(text))
    except ValueError:
        return None
