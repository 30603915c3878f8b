"""Invents the events, day by day.

A day's events depend on the seed and that day alone: what is on sale today is still there tomorrow, under the same id,
and a few more have been announced. Each event is announced a number of days ahead that is its own, so that the near
future is full and the far one thin.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from random import Random

from event_scheduler.sandbox.details import add_details
from event_scheduler.sandbox.extras import ExtraMaker
from event_scheduler.sandbox.facts import make_id
from event_scheduler.sandbox.programme import Programme
from event_scheduler.sandbox.records import Attraction, Event, Venue, VenueKind

__all__ = ["EventGenerator"]

_PAST_DAYS = 2
"""A search without a start also finds events of the last days."""

_LEAD_MIN, _LEAD_SPREAD, _LEAD_EXPONENT = 25, 320, 0.55
"""An event is announced `min + spread * u ** exponent` days ahead, with `u` uniform: 25 to 345 days, 231 on average."""

_LEAD_MEAN = _LEAD_MIN + _LEAD_SPREAD / (1 + _LEAD_EXPONENT)

_EXTRAS_SHARE = 0.149
"""Rows that accompany another one, per main row; measured with seeds 1 to 4."""

_WEEKDAYS = (0.55, 0.6, 0.75, 1.0, 1.5, 1.75, 0.85)
"""How much is on from Monday to Sunday."""

_HOUSE_WEIGHT = {
    VenueKind.ARENA: 1.6,
    VenueKind.THEATRE: 1.3,
    VenueKind.CLUB: 1.0,
    VenueKind.HALL: 1.0,
    VenueKind.PARK: 0.5,
}

_PREFIXES = {
    "en": ("vvG1", "G5v", "k7vG", "1Av", "17A"),
    "gb": ("G5v", "1Av", "rZ7H"),
    "au": ("Zks", "1AvZ"),
    "fr": ("rZ7H",),
}
"""The first characters hint at the host system."""


class EventGenerator:
    """Invents the events of one world."""

    def __init__(self, seed: int, venues: Sequence[Venue], cast: Sequence[Attraction], *, event_count: int) -> None:
        """Prepare the tables; nothing is invented yet.

        Args:
            seed: Which world.
            venues: Where events can take place.
            cast: Who can appear.
            event_count: How many rows there shall be at any time, all kinds together; kept within a few per cent.
        """
        self._seed = seed
        self._venues = venues
        self._programme = Programme(seed, cast)
        self._per_day = event_count / (1 + _EXTRAS_SHARE) / (_LEAD_MEAN + _PAST_DAYS)
        self._random = Random()
        self.extras = ExtraMaker()
        """Keeps the twin venues."""

        houses = {venue.home.name: sum(other.home is venue.home for other in venues) for venue in venues}
        self._weights = list(
            accumulate(venue.home.weight / houses[venue.home.name] * _HOUSE_WEIGHT[venue.kind] for venue in venues)
        )

    def generate(self, today: date) -> Iterator[Event]:
        """Invent the events that are listed on a day.

        Args:
            today: The UTC day; events run from two days earlier to 345 days later.

        Yields:
            Events by day, each followed by its companions.
        """
        now_s = datetime.combine(today, time(), UTC).timestamp()
        for offset in range(-_PAST_DAYS, _LEAD_MIN + _LEAD_SPREAD):
            day = today + timedelta(days=offset)
            for number, (venue, slot) in enumerate(self._pick_venues(day)):
                self._random.seed(self._seed << 48 ^ day.toordinal() << 20 ^ number << 1 ^ 1)
                lead = _LEAD_MIN + int(_LEAD_SPREAD * self._random.random() ** _LEAD_EXPONENT)
                if lead >= offset:
                    yield from self._invent(venue, slot, day, number, lead=lead, now_s=now_s)

    def _pick_venues(self, day: date) -> list[tuple[Venue, int]]:
        """Pick where something is on; a house that comes up again has a second show on that day."""
        self._random.seed(self._seed << 48 ^ day.toordinal() << 20)
        count = round(self._per_day * _WEEKDAYS[day.weekday()] * self._random.uniform(0.94, 1.06))
        slots: dict[int, int] = {}
        picks = []
        for venue in self._random.choices(self._venues, cum_weights=self._weights, k=count):
            slots[venue.number] = slot = slots.get(venue.number, -1) + 1
            picks.append((venue, slot))
        return picks

    def _invent(self, venue: Venue, slot: int, day: date, number: int, *, lead: int, now_s: float) -> list[Event]:
        random = self._random
        show = self._programme.find_show(venue, day)
        starts = datetime.combine(day, self._programme.draw_time(random, show, day, is_second=slot > 0))
        event = Event(
            id=self._make_id(venue, day, number),
            name=show.title,
            place=venue,
            venue=venue,
            attractions=show.cast,
            cast=show.cast,
            taxon=show.taxon,
            is_family=show.is_family,
            starts=starts,
            popularity=venue.capacity**0.5 * venue.home.weight * random.random() ** 2,
            salt=random.getrandbits(62),
        )
        add_details(random, event, show, lead=lead, now_s=now_s)
        return [event, *self.extras.create_extras(random, event)]

    def _make_id(self, venue: Venue, day: date, number: int) -> str:
        prefixes = _PREFIXES.get(venue.home.country.region, ("Z698xZ", "Z598xZ"))
        return make_id(prefixes[number % len(prefixes)], 13 + number % 4, "event", self._seed, day.toordinal(), number)
