"""Invents the attractions: artists, teams, plays, comedy evenings, family shows and festivals."""

from collections.abc import Iterator
from itertools import product
from random import Random

from event_scheduler.sandbox.cities import CITIES
from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.facts import ClassFacts, make_id
from event_scheduler.sandbox.records import Attraction
from event_scheduler.sandbox.taxonomy import CLASSES, Taxon
from event_scheduler.sandbox.words import (
    ADJECTIVES,
    COMEDY_SHOWS,
    FAMILY_SHOWS,
    FESTIVALS,
    NOUNS,
    PAIR_FIRST,
    PAIR_SECOND,
    PLAY_PATTERNS,
    PLAYS,
    REGIONAL,
    TEAM_NAMES,
    TOUR_FIRST,
    TOUR_SECOND,
)

__all__ = ["create_cast", "to_class_facts"]

_ARTISTS = {"en": 520, "gb": 260, "au": 140, "es": 120, "fr": 110, "de": 120, "cs": 110, "fi": 100}
"""How many artists tour each region."""

_SPORTS = (
    ("Basketball", "Basketball"), ("Hockey", "Ice Hockey"), ("Football", "Professional"), ("Baseball", "Baseball"),
    ("Soccer", "Soccer"), ("Rugby", "Rugby Union"),
)  # fmt: skip
_SPORTS_OF = {
    "US": _SPORTS[:5],
    "CA": (_SPORTS[1], _SPORTS[0]),
    "AU": _SPORTS[5:],
    "NZ": _SPORTS[5:],
    "CZ": _SPORTS[1:2],
    "FI": _SPORTS[1:2],
}
"""Which sports a country's teams play; soccer elsewhere."""


def create_cast(seed: int) -> list[Attraction]:
    """Invent all attractions.

    Returns:
        About 1,800, with ids of the `K8v…` sort, in a fixed order; names are unique within a kind and region.
    """
    random = Random(seed * 104_729 + 3)
    cast: list[Attraction] = []
    for name, kind, region, taxon, tour in (*_invent_artists(random), *_invent_teams(random), *_invent_shows(random)):
        number = len(cast)
        cast.append(
            Attraction(
                id=make_id("K8v", 11, "attraction", seed, number),
                name=name,
                classes=to_class_facts(taxon, is_family=kind == "family"),
                taxon=taxon,
                kind=kind,
                region=region,
                number=number,
                tour=tour,
            )
        )
    return cast


def to_class_facts(taxon: Taxon, *, is_family: bool = False) -> ClassFacts:
    """Return what a search needs to know of a classification."""
    levels = taxon.segment, taxon.genre, taxon.sub_genre
    return ClassFacts(
        ids=frozenset(level.id for level in levels),
        names=frozenset(level.name.casefold() for level in levels),
        segments=frozenset({taxon.segment.name.casefold()}),
        is_family=is_family,
    )


_Draft = tuple[str, str, str, Taxon, str]


def _invent_artists(random: Random) -> Iterator[_Draft]:
    english = _shuffle_english(random)
    music = [path for names, path in CLASSES.items() if names[0] == "Music" and names[1] != "Undefined"]
    for region, count in _ARTISTS.items():
        local = _shuffle_local(random, region)
        for number in range(count):
            # Half of the artists outside the English-speaking world come from there; the others are visitors.
            name = local.pop() if local and number % 2 == 0 else english.pop()
            tour = f"{random.choice(TOUR_FIRST)} {random.choice(TOUR_SECOND)}".strip() if chance(random, 0.55) else ""
            yield name, "artist", region, random.choice(music), tour


def _shuffle_english(random: Random) -> list[str]:
    pairs = [f"{first} {second}" for first, second in product(ADJECTIVES, NOUNS)]
    names = random.sample(pairs, 900)
    names += [f"The {name}" for name in random.sample(pairs, 300)]
    names += [f"{first} {second}" for first, second in random.sample(list(product(PAIR_FIRST, PAIR_SECOND)), 420)]
    names += [f"{first} & the {second}" for first, second in random.sample(list(product(PAIR_FIRST, NOUNS)), 220)]
    names += [f"DJ {word}" for word in PAIR_FIRST]
    names = list(dict.fromkeys(names))
    random.shuffle(names)
    return names


def _shuffle_local(random: Random, region: str) -> list[str]:
    if region not in REGIONAL:
        return []
    article, first, second = REGIONAL[region]
    names = [f"{article}{one} {other}" for one, other in product(first, second)]
    random.shuffle(names)
    return names


def _invent_teams(random: Random) -> Iterator[_Draft]:
    for city in CITIES:
        nicknames = random.sample(TEAM_NAMES, 5)
        # Weight stands for size: only larger places have several clubs.
        for genre, sub in _SPORTS_OF.get(city.country_code, _SPORTS[4:5])[: 1 + city.weight // 20]:
            yield (
                f"{city.name} {nicknames.pop().replace('_', ' ')}",
                "team",
                city.name,
                CLASSES["Sports", genre, sub],
                "",
            )


def _invent_shows(random: Random) -> Iterator[_Draft]:
    theatre = CLASSES["Arts & Theatre", "Theatre", "Drama"]
    for name in PLAYS:
        taxon = theatre
        for word, path in (
            ("Musical", ("Theatre", "Musical")),
            ("Ballet", ("Dance", "Ballet")),
            ("Opera", ("Opera", "Opera")),
        ):
            if word in name:
                taxon = CLASSES["Arts & Theatre", *path]
        yield name, "play", "", taxon, ""
    for pattern in PLAY_PATTERNS:
        for noun in random.sample(NOUNS, 5):
            taxon = random.choice((theatre, CLASSES["Arts & Theatre", "Theatre", "Comedy"]))
            yield pattern.format(noun), "play", "", taxon, ""
    for name in COMEDY_SHOWS:
        yield name, "comedy", "", CLASSES["Arts & Theatre", "Comedy", "Comedy"], ""
    for name in FAMILY_SHOWS:
        taxon = (
            CLASSES["Arts & Theatre", "Magic & Illusion", "Magic"]
            if "Magic" in name
            else CLASSES["Miscellaneous", "Family", "Other"]
        )
        yield name, "family", "", taxon, ""
    for name in FESTIVALS:
        yield name, "festival", "", CLASSES["Miscellaneous", "Fairs & Festivals", "Fairs & Festivals"], ""
