"""Invents the rows that accompany a show: resale twins, add-ons, packages and private seating."""

from collections.abc import Iterator
from copy import copy
from datetime import timedelta
from random import Random

from event_scheduler.sandbox.cast import to_class_facts
from event_scheduler.sandbox.details import set_start
from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.facts import ClassFacts, make_id
from event_scheduler.sandbox.houses import create_suite, create_twin
from event_scheduler.sandbox.records import Event, Kind, Precision, Product, Quirk, Venue, VenueKind
from event_scheduler.sandbox.taxonomy import CLASSES

__all__ = ["ExtraMaker"]

_SUITE_WEIGHT = 36
"""Arenas in cities of this size sell private seating."""

_NORTH_AMERICA = {"US", "CA"}
_EXTRA_TAXON = CLASSES["Miscellaneous", "Undefined", "Undefined"]
_EXTRA_CLASSES = to_class_facts(_EXTRA_TAXON)
_ADD_ONS = (
    ("PARKING: {}", "Parking"), ("{} | VIP Lounge Access", "VIP"), ("{} | Early Entry Upgrade", "Upsell"),
    ("Restaurant Tickets: {}", "Upsell"), ("{} - Club Access", "Club Access"),
    ("{} - Side Stage Platform", "Special Entry"),
)  # fmt: skip
_PACKAGES = ("{} - Official Hospitality Package", "{} Megaticket", "Hotel & Ticket Package: {}")


class ExtraMaker:
    """Makes companions; remembers the twin venues so that one house has one twin."""

    def __init__(self) -> None:
        self._twins: dict[str | None, Venue] = {}
        self._suites: dict[str | None, Venue] = {}

    @property
    def venues(self) -> list[Venue]:
        """The twin venues made so far."""
        return [*self._twins.values(), *self._suites.values()]

    def create_extras(self, random: Random, event: Event) -> Iterator[Event]:
        """Invent the companions of an event, and name the add-ons among its products.

        Args:
            random: Seeded for this event.
            event: A main row.

        Yields:
            None to nine rows, most often none.
        """
        if event.quirk is Quirk.CASE_TWIN:
            yield _create_late_show(event)
        if event.kind is not Kind.MAIN or event.start_s is None:
            return
        is_arena, american = event.venue.kind is VenueKind.ARENA, event.venue.home.country_code in _NORTH_AMERICA
        if american and chance(random, 0.07):
            yield self._create_resale(event)
        if is_arena and chance(random, 0.2):
            yield from _create_add_ons(random, event)
        if chance(random, 0.01):
            yield _create_package(random, event)
        if is_arena and american and event.venue.home.weight >= _SUITE_WEIGHT and " vs. " in event.name:
            yield from self._create_private(random, event)

    def _create_resale(self, event: Event) -> Event:
        venue = self._twins.get(event.venue.id)
        if venue is None:
            venue = self._twins[event.venue.id] = create_twin(event.venue)
        twin = _copy(event, Kind.RESALE, make_id("Z7r9jZ1A", 13, "resale", event.id), event.name, source="tmr")
        twin.venue = twin.place = venue
        # Moved and called-off shows are often still offered here at the old hour.
        twin.status = "onsale"
        return twin

    def _create_private(self, random: Random, event: Event) -> Iterator[Event]:
        suite = self._suites.get(event.venue.id)
        if suite is None:
            suite = self._suites[event.venue.id] = create_suite(event.venue, is_bare=event.venue.number % 2 == 0)
        short = "".join(word[0] for word in event.cast[0].name.split()).upper()
        for number in range(random.randrange(1, 5)):
            length = 33 + number % 2
            name = f"{short} vs {event.cast[1].name}"
            row = _copy(
                event, Kind.PRIVATE, make_id("Za5", length, "private", event.id, number), name, source="ticketmaster"
            )
            row.venue = row.place = suite
            row.attractions, row.cast, row.taxon, row.classes = (), (), None, ClassFacts()
            row.status, row.minutes, row.onsale_s = "offsale", 240, None
            yield row


def _copy(event: Event, kind: Kind, id_: str, name: str, *, source: str) -> Event:
    row = copy(event)
    row.kind, row.id, row.name, row.source = kind, id_, name, source
    row.quirk, row.products, row.initial, row.minutes = Quirk.NONE, (), None, None
    row.popularity = event.popularity * 0.3
    row.salt = event.salt ^ len(id_) ^ len(name) << 8
    return row


def _create_late_show(event: Event) -> Event:
    """Return a second show whose id differs from the first one's by case alone."""
    row = _copy(event, event.kind, event.id.swapcase(), event.name, source=event.source)
    row.starts += timedelta(hours=2)
    if row.starts.date() != event.starts.date():
        row.starts -= timedelta(hours=5)
    if row.precision is Precision.TIME:
        set_start(row)
    return row


def _create_add_ons(random: Random, event: Event) -> Iterator[Event]:
    chosen = random.sample(_ADD_ONS, random.choice((1, 1, 2)))
    products = []
    for pattern, kind in chosen:
        row = _copy(
            event,
            Kind.UPSELL,
            make_id("G5vYZ", 13, pattern, event.id),
            pattern.format(event.name),
            source="ticketmaster",
        )
        row.attractions, row.cast, row.taxon, row.classes = (), (), _EXTRA_TAXON, _EXTRA_CLASSES
        products.append(Product(row.id, row.name, kind))
        yield row
    event.products = tuple(products)


def _create_package(random: Random, event: Event) -> Event:
    name = random.choice(_PACKAGES).format(event.name.split(" vs. ")[0])
    return _copy(event, Kind.PACKAGE, make_id("k7vGF", 14, "package", event.id), name, source="ticketmaster")
