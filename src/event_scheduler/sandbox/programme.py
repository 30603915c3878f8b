"""Decides what is on at a venue on a day: cast, title and hour."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from random import Random

from event_scheduler.sandbox.cities import CITIES
from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.records import Attraction, Venue, VenueKind
from event_scheduler.sandbox.taxonomy import CLASSES, Taxon

__all__ = ["Programme", "Show"]

_MIX = {
    VenueKind.ARENA: (("artist", 50), ("team", 40), ("family", 10)),
    VenueKind.THEATRE: (("play", 62), ("comedy", 16), ("artist", 12), ("family", 10)),
    VenueKind.CLUB: (("artist", 78), ("comedy", 14), ("open", 8)),
    VenueKind.HALL: (("artist", 66), ("comedy", 12), ("family", 10), ("play", 8), ("open", 4)),
    VenueKind.PARK: (("artist", 58), ("festival", 30), ("family", 12)),
}
"""What a kind of house shows, and how often in a hundred evenings."""

_OPEN_NIGHTS = (
    "Open Mic Thursday", "Vinyl & Pub Quiz", "Swing Dance Social", "Silent Disco: All Decades", "Poetry Slam Final",
    "Local Bands Showcase", "Salsa Night with Beginners' Class", "New Year's Warm-Up", "Karaoke Gala",
)  # fmt: skip
"""Evenings of nobody in particular: rows without attractions."""

_HOURS = {
    "artist": ("19:00", "19:30", "19:30", "20:00", "20:00", "20:00", "20:30", "21:00"),
    "team": ("19:00", "19:00", "19:30", "20:00"),
    "team weekend": ("13:00", "15:05", "17:00", "19:00", "19:30"),
    "play": ("19:30", "19:30", "20:00"),
    "comedy": ("19:00", "20:00", "21:00"),
    "family": ("11:00", "14:00", "16:30", "19:00"),
    "festival": ("11:00", "12:00", "13:30"),
    "open": ("18:30", "20:00", "21:00", "22:00"),
    "second": ("14:30", "15:00", "17:00", "22:30"),
}
"""Local starting times."""

_SATURDAY = 5

_LEAGUES = {"US": "north", "CA": "north", "MX": "mexico", "AU": "south", "NZ": "south", "NP": "nepal"}
"""Which countries play one another; the others share Europe."""

_COUNTRY_OF = {city.name: city.country_code for city in CITIES}


@dataclass(frozen=True, slots=True)
class Show:
    """What is on."""

    kind: str
    """A kind of attraction, or `open` for an evening of nobody in particular."""

    title: str
    cast: tuple[Attraction, ...]
    """The main act first; empty for an open evening."""

    taxon: Taxon

    @property
    def is_family(self) -> bool:
        """Whether it is meant for families."""
        return self.kind == "family"


class Programme:
    """Casts the shows of a world; every answer depends on its arguments alone, never on what was asked before."""

    def __init__(self, seed: int, cast: Sequence[Attraction]) -> None:
        self._seed = seed
        self._random = Random()
        self._pools: defaultdict[tuple[str, str], list[Attraction]] = defaultdict(list)
        self._leagues: defaultdict[tuple[str, str], list[Attraction]] = defaultdict(list)
        for attraction in cast:
            self._pools[attraction.kind, attraction.region].append(attraction)
            if attraction.kind == "team":
                self._leagues[_find_league(attraction)].append(attraction)

    def find_show(self, venue: Venue, day: date) -> Show:
        """Say what a venue shows on a day; theatres keep a play for a week."""
        random = self._random
        random.seed(self._seed << 48 ^ day.toordinal() << 16 ^ venue.number)
        kind = self._draw_kind(random, venue)
        if kind == "team":
            return self._cast_game(random, venue)
        if kind == "artist":
            return self._cast_concert(random, venue)
        if kind == "open":
            title = random.choice(_OPEN_NIGHTS)
            return Show(kind, title, (), CLASSES["Music", "Other", "Other"])
        if kind == "play":
            random.seed(self._seed << 48 ^ day.toordinal() // 7 << 16 ^ venue.number)
        act = random.choice(self._pools[kind, ""])
        title = f"{act.name} {day.year}" if kind == "festival" else act.name
        return Show(kind, title, (act,), act.taxon)

    @staticmethod
    def draw_time(random: Random, show: Show, day: date, *, is_second: bool) -> time:
        """Draw the local starting time; a second show of the day is a matinée or a late one."""
        key = "second" if is_second else show.kind
        if key == "team" and day.weekday() >= _SATURDAY:
            key = "team weekend"
        return time.fromisoformat(random.choice(_HOURS[key]))

    def _draw_kind(self, random: Random, venue: Venue) -> str:
        kinds, weights = zip(*_MIX[venue.kind], strict=True)
        (kind,) = random.choices(kinds, weights)
        teams = self._pools["team", venue.home.name]
        has_opponents = any(len(self._leagues[_find_league(team)]) > 1 for team in teams)
        return "artist" if kind == "team" and not has_opponents else str(kind)

    def _cast_game(self, random: Random, venue: Venue) -> Show:
        home = random.choice(self._pools["team", venue.home.name])
        away = random.choice([team for team in self._leagues[_find_league(home)] if team is not home] or [home])
        return Show("team", f"{home.name} vs. {away.name}", (home, away), home.taxon)

    def _cast_concert(self, random: Random, venue: Venue) -> Show:
        pool = self._pools["artist", venue.home.country.region]
        main = random.choice(pool)
        guests: tuple[Attraction, ...] = ()
        if chance(random, 0.28):
            # Seldom a long bill: up to seven attractions were recorded on one event.
            guests = tuple(act for act in random.sample(pool, random.choice((1, 1, 1, 2, 2, 3, 6))) if act is not main)
        title = f"{main.name} — {main.tour}" if main.tour and chance(random, 0.7) else main.name
        if guests and chance(random, 0.4):
            title = f"{title} with {guests[0].name}"
        return Show("artist", title, (main, *guests), main.taxon)


def _find_league(team: Attraction) -> tuple[str, str]:
    return team.taxon.genre.id, _LEAGUES.get(_COUNTRY_OF[team.region], "europe")
