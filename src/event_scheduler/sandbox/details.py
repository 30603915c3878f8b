"""Gives an invented event its precision, sale, status and oddity."""

from bisect import bisect
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate
from random import Random

from event_scheduler.sandbox.cast import to_class_facts
from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.facts import ClassFacts, PlaceFacts, make_id, merge_classes
from event_scheduler.sandbox.programme import Show
from event_scheduler.sandbox.records import Event, Kind, Precision, Quirk
from event_scheduler.sandbox.taxonomy import CLASSES, SECONDARY, UNDEFINED

__all__ = ["PLACEHOLDER_S", "add_details", "set_start"]

PLACEHOLDER_S = datetime(1900, 1, 1, 6, tzinfo=UTC).timestamp()
"""The start of sale that stands for "unknown" in the original."""

_QUIRKS = {
    Quirk.NO_TIME_ZONE: 0.008, Quirk.NO_EMBEDDED: 0.006, Quirk.EMPTY_VENUES: 0.003, Quirk.EMPTY_ATTRACTIONS: 0.006,
    Quirk.NO_CLASSIFICATIONS: 0.03, Quirk.UNDEFINED_CLASSIFICATION: 0.02, Quirk.SECONDARY_FIRST: 0.012,
    Quirk.PRICE: 0.004, Quirk.TWO_PRICES: 0.002, Quirk.STARTING_1900: 0.16, Quirk.SALE_TBD: 0.01, Quirk.MARKUP: 0.012,
    Quirk.LONG_INFO: 0.012, Quirk.CODE: 0.02, Quirk.NAME_ORIGIN: 0.02, Quirk.NO_SCHEME_URL: 0.001,
    Quirk.LEGACY_URL: 0.012, Quirk.NO_URL: 0.002, Quirk.NO_STATUS: 0.003, Quirk.SOURCE_IMAGE: 0.05,
    Quirk.SQUARE_IMAGE: 0.02, Quirk.ACCESS: 0.02, Quirk.DOORS: 0.04, Quirk.CASE_TWIN: 0.001,
}  # fmt: skip
_QUIRK_NAMES = tuple(_QUIRKS)
_QUIRK_LIMITS = tuple(accumulate(_QUIRKS.values()))

_UNTIMED = {"DE": 0.14, "CZ": 0.2}
"""Share of events whose hour is not yet known; 0.025 elsewhere."""

_CODES = ((0.022, "cancelled"), (0.024, "canceled"), (0.056, "rescheduled"), (0.1, "offsale"))
"""Cumulative shares; the second spelling is the one of the vendor's specification."""

_SMALL = 1_000
"""Houses below this capacity sometimes sell through the Universe sort of row."""


def add_details(random: Random, event: Event, show: Show, *, lead: int, now_s: float) -> None:
    """Complete a drafted event in place.

    Args:
        random: Seeded for this event.
        event: Has its venue, cast and local start.
        show: What it shows.
        lead: Days between its announcement and its start.
        now_s: The day of the world, midnight UTC, in seconds since the epoch.
    """
    limit = bisect(_QUIRK_LIMITS, random.random())
    event.quirk = _QUIRK_NAMES[limit] if limit < len(_QUIRK_NAMES) else Quirk.NONE
    event.is_test = chance(random, 0.004)
    if event.is_test:
        event.name = f"TEST EVENT — {event.name} (do not buy)"
    event.classes = _find_classes(event, show)
    _set_precision(random, event, show)
    # Tickets are on sale from a few days after the announcement, at ten in the morning local time.
    first_day = event.starts.date() - timedelta(days=max(lead - random.randrange(10), 1))
    sale_s = _to_s(event, datetime.combine(first_day, time(10)))
    set_start(event)
    event.onsale_s = PLACEHOLDER_S if event.quirk is Quirk.STARTING_1900 else sale_s
    _set_status(random, event, is_on_sale=sale_s <= now_s)
    if chance(random, 0.015) and event.venue.capacity < _SMALL:
        _move_to_place(random, event)


def set_start(event: Event) -> None:
    """Work out what searches and sorting go by: the instant, or that the date is open.

    Events of a day without a time count from local midnight of that day in their zone: the original matches them
    somewhere in their own local day, and does not say where.
    """
    event.is_date_tba = event.precision is Precision.DATE_TBA
    event.is_date_tbd = event.precision is Precision.DATE_TBD
    if event.is_date_tba or event.is_date_tbd:
        event.start_s = None
    elif event.precision is Precision.TIME:
        event.start_s = _to_s(event, event.starts)
    else:
        event.start_s = _to_s(event, datetime.combine(event.starts.date(), time()))


def _to_s(event: Event, local: datetime) -> float:
    return local.replace(tzinfo=event.venue.home.zone).timestamp()


def _find_classes(event: Event, show: Show) -> ClassFacts:
    if event.quirk is Quirk.NO_CLASSIFICATIONS:
        event.taxon = None
        return ClassFacts()
    if event.quirk is Quirk.UNDEFINED_CLASSIFICATION:
        event.taxon = CLASSES["Music", "Undefined", "Undefined"] if show.kind == "artist" else UNDEFINED
    # The main act carries the same facts already; sharing them keeps the world small.
    is_shared = show.cast and show.cast[0].taxon is event.taxon
    classes = show.cast[0].classes if is_shared else to_class_facts(event.taxon or UNDEFINED, is_family=show.is_family)
    if event.quirk is Quirk.SECONDARY_FIRST:
        return merge_classes([to_class_facts(SECONDARY), classes])
    return classes


def _set_precision(random: Random, event: Event, show: Show) -> None:
    if show.kind == "festival" and chance(random, 0.75):
        event.precision = Precision.NO_SPECIFIC_TIME
        event.end_day = event.starts.date() + timedelta(days=random.choice((0, 1, 2, 3)))
    elif chance(random, 0.003):
        event.precision = Precision.DATE_TBD
    elif chance(random, 0.012):
        event.precision = Precision.DATE_TBA
        event.initial = event.starts if chance(random, 0.85) else None
    elif chance(random, _UNTIMED.get(event.venue.home.country_code, 0.025)):
        event.precision = Precision.TIME_TBA


def _set_status(random: Random, event: Event, *, is_on_sale: bool) -> None:
    draw = random.random()
    event.status = next((code for limit, code in _CODES if draw < limit), "onsale" if is_on_sale else "offsale")
    if event.precision is Precision.DATE_TBA:
        event.status = "postponed"
    elif event.precision is Precision.DATE_TBD:
        event.status = "offsale"
    elif event.quirk is Quirk.NO_STATUS:
        event.status = ""
    elif event.status == "rescheduled" and chance(random, 0.85):
        # Before 2021 a rescheduled row did not say when it should have been.
        event.initial = event.starts - timedelta(days=random.randrange(14, 150))


def _move_to_place(random: Random, event: Event) -> None:
    """Turn the event into a row of the Universe sort: a `place`, and an end with a wrong local time."""
    event.kind, event.source = Kind.PLACE, "universe"
    event.id = make_id("LvZ18", 21, "place", event.id)
    event.minutes = random.choice((60, 90, 120, 180))
    event.attractions, event.cast = (), ()
    event.quirk = Quirk.BARE_PLACE if chance(random, 0.2) else Quirk.NONE
    venue = event.venue
    event.place = (
        PlaceFacts(name=venue.name)
        if event.quirk is Quirk.BARE_PLACE
        else PlaceFacts(
            name=venue.name, city=venue.city, state_code=venue.state_code, country_code=venue.country_code,
            latitude=venue.latitude, longitude=venue.longitude,
        )
    )  # fmt: skip
