"""One of their events, as an event of the catalogue. Pure: what it needs to know of the time is passed in."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from event_scheduler.catalog import models
from event_scheduler.catalog.models import EventId, EventStatus, Precision, SaleStatus
from event_scheduler.sources.ticketmaster import wire
from event_scheduler.sources.ticketmaster.kinds import to_kind
from event_scheduler.sources.ticketmaster.moments import to_doors, to_end, to_initial_start, to_start, to_utc, to_zone
from event_scheduler.sources.ticketmaster.places import to_venue
from event_scheduler.sources.ticketmaster.texts import to_count, to_flag, to_id, to_line, to_note, to_number, to_url
from event_scheduler.sources.ticketmaster.wire import many, one

__all__ = ["SOURCE", "to_event", "to_images"]

SOURCE: Final = "ticketmaster"

_MAX_IMAGES: Final = 12
_MAX_ATTRACTIONS: Final = 100
_MAX_PRESALES: Final = 50

_STATUSES: Final = {
    "cancelled": EventStatus.CANCELLED,  # what is sent
    "canceled": EventStatus.CANCELLED,  # what is documented (Discovery API v2, "Event Details")
    "postponed": EventStatus.POSTPONED,
    "rescheduled": EventStatus.RESCHEDULED,
}
_RATIO: Final = re.compile(r"\d{1,2}_\d{1,2}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_ORIGINAL: Final = re.compile(r"_SOURCE(\.\w{1,5})?(\?.*)?$")


def to_event(raw: wire.Event, *, now: datetime) -> models.Event | None:
    """Translate one event; every oddity ends as null, none as an error.

    Args:
        raw: As it came.
        now: The time of reading, aware UTC; tells sales that have not begun from sales that are over.

    Returns:
        The event, or `None` for a test event and for one without a usable id or name.
    """
    event_id, name = to_id(raw.id), to_line(raw.name)
    if event_id is None or name is None or to_flag(raw.test):
        return None
    dates, parts = one(raw.dates, wire.Dates), one(raw.embedded, wire.EventParts)
    place = next(iter(many(parts.venues, wire.Place)), None) or one(raw.place, wire.Place)
    zone = to_zone(dates.timezone, place.timezone)
    start = to_start(one(dates.start, wire.Spot), zone=zone)
    code = _to_code(one(dates.status, wire.Status).code)
    status = _STATUSES.get(code, EventStatus.SCHEDULED)
    sales = _to_sales(one(raw.sales, wire.Sales))
    url = to_url(raw.url)
    classifications = many(raw.classifications, wire.Classification)
    return models.Event(
        id=EventId(event_id),
        source=SOURCE,
        name=name,
        url=url,
        status=status,
        sale_status=_to_sale_status(code, status, sales.public, now=now),
        kind=to_kind(
            event_id=event_id,
            name=name,
            url=url,
            has_sales=isinstance(raw.sales, wire.Sales),
            has_classifications=bool(classifications),
            types=_type_names(classifications),
            outlets=[outlet.type for outlet in many(raw.outlets, wire.Outlet) if isinstance(outlet.type, str)],
        ),
        start=start,
        end=_to_end(one(dates.end, wire.Spot), start=start, zone=zone),
        doors=to_doors(one(raw.doors_times, wire.Spot), start=start, zone=zone),
        initial_start=to_initial_start(one(dates.initial_start_date, wire.Spot), zone=zone),
        venue=to_venue(place, fallback_zone=dates.timezone),
        attractions=_to_attractions(many(parts.attractions, wire.AttractionName)),
        classification=_to_classification(classifications),
        sales=sales,
        price_range=_to_price_range(many(raw.price_ranges, wire.PriceRange)),
        images=to_images(many(raw.images, wire.Image)),
        info=to_note(raw.info),
        please_note=to_note(raw.please_note),
        age_restricted=to_flag(one(raw.age_restrictions, wire.AgeRestrictions).legal_age_enforced),
    )


def _to_code(value: object) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def _to_end(spot: wire.Spot, *, start: models.Moment, zone: str | None) -> models.Moment | None:
    """An end before its start is no end."""
    end = to_end(spot, zone=zone)
    if end is None or start.precision is Precision.NONE:
        return end
    ends_at, starts_at = end.sort_at(), start.sort_at()
    return None if ends_at is not None and starts_at is not None and ends_at < starts_at else end


def _to_sales(raw: wire.Sales) -> models.Sales:
    public = one(raw.public, wire.SalePeriod)
    window = models.SaleWindow(start=to_utc(public.start_date_time), end=to_utc(public.end_date_time))
    presales = (
        models.Presale(name=to_line(item.name), start=to_utc(item.start_date_time), end=to_utc(item.end_date_time))
        for item in many(raw.presales, wire.SalePeriod)[:_MAX_PRESALES]
    )
    return models.Sales(
        public=window if window != models.SaleWindow() else None,
        presales=tuple(presale for presale in presales if presale != models.Presale()),
    )


def _to_sale_status(code: str, status: EventStatus, window: models.SaleWindow | None, *, now: datetime) -> SaleStatus:
    """Say whether tickets are sold.

    `onsale` and `offsale` share one field with `cancelled`, `postponed` and `rescheduled`. Under those three, the
    public sale's window tells, as far as it goes; nothing is sold for what is cancelled.
    """
    is_ahead = window is not None and window.start is not None and now < window.start
    if code == "onsale":
        return SaleStatus.ONSALE
    if code == "offsale":
        return SaleStatus.NOT_YET if is_ahead else SaleStatus.OFFSALE
    if status is EventStatus.CANCELLED:
        return SaleStatus.OFFSALE
    if status is EventStatus.SCHEDULED or window is None:
        return SaleStatus.UNKNOWN
    return SaleStatus.NOT_YET if is_ahead else _status_by_window(window, now=now)


def _status_by_window(window: models.SaleWindow, *, now: datetime) -> SaleStatus:
    """Judge a sale that has begun, or whose beginning is not known; without an end nothing is sure."""
    if window.end is None:
        return SaleStatus.UNKNOWN
    if now >= window.end:
        return SaleStatus.OFFSALE
    return SaleStatus.UNKNOWN if window.start is None else SaleStatus.ONSALE


def _type_names(classifications: Iterable[wire.Classification]) -> list[str]:
    levels = (level for item in classifications for level in (item.type, item.sub_type))
    return [level.name for level in levels if isinstance(level, wire.Named) and isinstance(level.name, str)]


def _to_classification(raw: Sequence[wire.Classification]) -> models.Classification | None:
    """Take the primary one, else the first; "Undefined" is null."""
    chosen = next((item for item in raw if to_flag(item.primary)), raw[0] if raw else None)
    if chosen is None:
        return None
    segment, genre, sub_genre = (
        to_line(one(level, wire.Named).name) for level in (chosen.segment, chosen.genre, chosen.sub_genre)
    )
    classification = models.Classification(
        segment=_defined(segment), genre=_defined(genre), sub_genre=_defined(sub_genre)
    )
    return classification if classification != models.Classification() else None


def _defined(name: str | None) -> str | None:
    return None if name is None or name.lower() == "undefined" else name


def _to_attractions(raw: Iterable[wire.AttractionName]) -> tuple[models.AttractionRef, ...]:
    """In their order, each id once."""
    found: dict[str, models.AttractionRef] = {}
    for item in raw:
        if (attraction_id := to_id(item.id)) is not None:
            found.setdefault(attraction_id, models.AttractionRef(id=attraction_id, name=to_line(item.name)))
    return tuple(found.values())[:_MAX_ATTRACTIONS]


def _to_price_range(raw: Iterable[wire.PriceRange]) -> models.PriceRange | None:
    """Span all ranges of one type and currency: `standard`, which is without fees, where there is any.

    Several of one type may be present, in any order (observed September 2023); the first alone would hide the rest.
    """
    known = [item for item in raw if (_to_price(item.min), _to_price(item.max)) != (None, None)]
    if not known:
        return None
    first = next((item for item in known if item.type == "standard"), known[0])
    alike = [item for item in known if (item.type, item.currency) == (first.type, first.currency)]
    lows = [price for item in alike if (price := _to_price(item.min)) is not None]
    highs = [price for item in alike if (price := _to_price(item.max)) is not None]
    return models.PriceRange(
        currency=_to_currency(first.currency), min=min(lows, default=None), max=max(highs, default=None)
    )


def _to_price(value: object) -> float | None:
    price = to_number(value)
    return price if price is not None and price >= 0 else None


def _to_currency(value: object) -> str | None:
    code = value.strip().upper() if isinstance(value, str) else ""
    return code if _CURRENCY.fullmatch(code) else None


def to_images(raw: Iterable[wire.Image]) -> tuple[models.Image, ...]:
    """Order pictures so that the first is the best: the event's own, 16:9, the widest. At most 12.

    Their order is random and differs from answer to answer, so ours depends on nothing but the pictures. The originals
    (`_SOURCE`, up to 8,000 pixels) are left out.
    """
    found: dict[str, tuple[tuple[bool, bool, str, int, str], models.Image]] = {}
    for item in raw:
        url = to_url(item.url)
        if url is None or _ORIGINAL.search(url):
            continue
        ratio = item.ratio if isinstance(item.ratio, str) and _RATIO.fullmatch(item.ratio) else None
        image = models.Image(
            url=url, width=to_count(item.width) or None, height=to_count(item.height) or None, ratio=ratio
        )
        rank = (to_flag(item.fallback) is True, ratio != "16_9", ratio or "~", -(image.width or 0), url)
        if url not in found or rank < found[url][0]:
            found[url] = rank, image
    return tuple(image for _, image in sorted(found.values(), key=lambda pair: pair[0])[:_MAX_IMAGES])
