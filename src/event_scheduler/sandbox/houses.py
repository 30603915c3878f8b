"""Invents the venues: a few hundred houses, among them the ones with odd rows."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

from event_scheduler.sandbox.cities import CITIES, City
from event_scheduler.sandbox.facts import make_id
from event_scheduler.sandbox.records import Venue, VenueKind
from event_scheduler.sandbox.words import STREETS, VENUE_WORDS

__all__ = ["create_suite", "create_twin", "create_venues"]

_ENGLISH = {
    VenueKind.ARENA: ("{} Arena", "{} Center", "{} Coliseum", "{} Stadium"),
    VenueKind.THEATRE: ("{} Theatre", "{} Playhouse", "Old {} Opera House", "The {}"),
    VenueKind.CLUB: ("The {} Room", "{} Ballroom", "Club {}", "{} Underground", "{} & Sons"),
    VenueKind.HALL: ("{} Hall", "{} Music Hall", "{} Civic Auditorium", "St. Alban's at {}"),
    VenueKind.PARK: ("{} Park", "{} Amphitheater", "{} Festival Grounds", "{} Meadows"),
}
_LOCAL = {
    "de": {
        VenueKind.ARENA: ("{}-Arena", "{} Dome"),
        VenueKind.THEATRE: ("{}-Theater", "Schauspiel {}"),
        VenueKind.CLUB: ("Club {}", "{}-Keller"),
        VenueKind.HALL: ("{}-Halle", "Kulturhaus {}"),
        VenueKind.PARK: ("{}-Park", "Freilichtbühne {}"),
    },
    "fr": {
        VenueKind.ARENA: ("Aréna {}", "Le Dôme {}"),
        VenueKind.THEATRE: ("Théâtre {}", "Comédie {}"),
        VenueKind.CLUB: ("Le {}", "La Cave {}"),
        VenueKind.HALL: ("Salle {}", "Espace {}"),
        VenueKind.PARK: ("Parc {}", "Prairie {}"),
    },
    "cs": {
        VenueKind.ARENA: ("{} Aréna", "Hala {}"),
        VenueKind.THEATRE: ("Divadlo {}", "Scéna {}"),
        VenueKind.CLUB: ("Klub {}", "Sklep {}"),
        VenueKind.HALL: ("Kulturní dům {}", "Sál {}"),
        VenueKind.PARK: ("Park {}", "Amfiteátr {}"),
    },
    "fi": {
        VenueKind.ARENA: ("{}-areena", "Jäähalli {}"),
        VenueKind.THEATRE: ("{}-teatteri", "Näyttämö {}"),
        VenueKind.CLUB: ("Klubi {}", "{}-kellari"),
        VenueKind.HALL: ("Kulttuuritalo {}", "{}-sali"),
        VenueKind.PARK: ("{}-puisto", "Kesäteatteri {}"),
    },
    "es": {
        VenueKind.ARENA: ("Arena {}", "Palacio {}"),
        VenueKind.THEATRE: ("Teatro {}", "Foro {}"),
        VenueKind.CLUB: ("Sala {}", "El Sótano {}"),
        VenueKind.HALL: ("Auditorio {}", "Casa {}"),
        VenueKind.PARK: ("Parque {}", "Explanada {}"),
    },
}
_LOCAL_WORDS = {
    "de": (
        "Nordlicht", "Kupfer", "Mühlen", "Linden", "Hafen", "Ziegel", "Brunnen", "Anker", "Schleusen",
        "Laternen", "Möwen", "Spät",
    ),
    "fr": (
        "des Tuiles", "du Canal", "de la Lanterne", "des Tisserands", "du Phare", "de l'Écluse", "des Moulins",
        "du Vieux Four", "de l'Étang",
    ),
    "cs": (
        "Lípa", "Mlýn", "Kovárna", "Řeka", "Zvonice", "Maják", "Cihelna", "Tkalcovna", "Přístav", "Žárovka",
        "Ořech", "Studna",
    ),
    "fi": (
        "Kaiku", "Lyhty", "Satama", "Tiili", "Koski", "Mylly", "Majakka", "Kanava", "Pyörä", "Hehku", "Köysi",
        "Niitty",
    ),
    "es": (
        "del Farol", "de los Telares", "del Molino", "de la Esclusa", "del Muelle", "de la Noria",
        "del Ladrillo", "de las Palomas", "del Reloj",
    ),
}  # fmt: skip
_ADDRESSES = {
    "de": "{word}straße {number}",
    "fr": "{number} rue {word}",
    "cs": "{word} {number}",
    "fi": "{word}katu {number}",
    "es": "Calle {word} {number}",
}
_CAPACITY = {
    VenueKind.ARENA: (9_000, 21_000), VenueKind.THEATRE: (400, 2_600), VenueKind.CLUB: (150, 900),
    VenueKind.HALL: (600, 3_800), VenueKind.PARK: (3_000, 30_000),
}  # fmt: skip
_KINDS = (VenueKind.ARENA, VenueKind.THEATRE, VenueKind.CLUB, VenueKind.HALL)
"""What the first houses of a city are; the fifth is a park, the others are drawn."""


def create_venues(seed: int) -> list[Venue]:
    """Invent all venues, city by city; the odd rows are always the same houses for one seed.

    Returns:
        About 500 venues with ids of the `Kov…` sort, in a fixed order.
    """
    random = Random(seed * 7919 + 11)
    venues: list[Venue] = []
    for city in CITIES:
        names: set[str] = set()
        for slot in range(3 + round(city.weight**0.5)):
            venues.append(_create(random, seed, city, slot, names, len(venues)))
    for venue in venues:
        _make_odd(venue)
    return venues


def create_suite(arena: Venue, *, is_bare: bool) -> Venue:
    """Return the private-seating twin of an arena: another id, and in Canada the country code "CAN".

    Args:
        arena: The house it belongs to.
        is_bare: Whether the row has no country, city or address, like some recorded ones.
    """
    suite = replace(
        arena,
        id=make_id("Za5", 33, "suite", arena.id),
        name=f"{arena.name.strip()} Suites",
        country_code="CAN" if arena.home.country_code == "CA" else arena.country_code,
        dma_ids=frozenset(),
        is_suite=True,
    )
    if is_bare:
        suite = replace(suite, country_code="", city="", address="", state_code="", postal_code="")
    return suite


def create_twin(venue: Venue) -> Venue:
    """Return the same house as the resale system knows it: another id, tidier coordinates."""
    return replace(
        venue,
        id=make_id("Z6r9jZ", 11, "twin", venue.id),
        latitude_text=f"{venue.latitude or venue.home.latitude:.9f}",
        longitude_text=f"{venue.longitude or venue.home.longitude:.9f}",
    )


def _create(random: Random, seed: int, city: City, slot: int, names: set[str], number: int) -> Venue:
    kind = (
        _KINDS[slot]
        if slot < len(_KINDS)
        else VenueKind.PARK
        if slot == len(_KINDS)
        else random.choice(list(VenueKind)[1:4])
    )
    region = city.country.region
    name = ""
    while not name or name in names:
        words = _LOCAL_WORDS.get(region, VENUE_WORDS)
        name = random.choice(_LOCAL.get(region, _ENGLISH)[kind]).format(random.choice(words))
    names.add(name)
    latitude = city.latitude + random.uniform(-0.06, 0.06)
    longitude = city.longitude + random.uniform(-0.08, 0.08)
    # Coordinates are strings "of any precision"; some show the rounding of a binary fraction.
    digits = random.choice((4, 6, 7, 8, 16))
    low, high = _CAPACITY[kind]
    return Venue(
        id=make_id("Kov" if region != "gb" else "KovZ9", 12, "venue", seed, number),
        name=name,
        city=city.name,
        state_code=city.state_code,
        country_code=city.country_code,
        postal_code="".join(str(random.randrange(10)) if mark == "#" else mark for mark in city.postal),
        latitude=round(latitude, 6),
        longitude=round(longitude, 6),
        dma_ids=frozenset({str(city.dma_id)}) if city.dma_id else frozenset(),
        home=city,
        kind=kind,
        number=number,
        address=_make_address(random, region),
        capacity=random.randrange(low, high, 50),
        latitude_text=f"{latitude:.{digits}f}",
        longitude_text=f"{longitude:.{digits}f}",
    )


def _make_address(random: Random, region: str) -> str:
    number = random.randrange(1, 980 if region == "en" else 180)
    words = _LOCAL_WORDS.get(region, STREETS)
    return _ADDRESSES.get(region, "{number} {word} Street").format(number=number, word=random.choice(words))


def _make_odd(venue: Venue) -> None:
    """Give every tenth venue or so the oddity that its number asks for."""
    for every, offset, country, spoil in _ODDITIES:
        if venue.number % every == offset and country in {"", venue.home.country_code}:
            spoil(venue)
            return


def _drop_name(venue: Venue) -> None:
    venue.name = ""


def _flip_sign(venue: Venue) -> None:
    venue.longitude = abs(venue.longitude or 0.0)
    venue.longitude_text = venue.longitude_text.lstrip("-")


def _move_to_zero(venue: Venue) -> None:
    venue.latitude, venue.longitude, venue.latitude_text, venue.longitude_text = 0.0, 0.0, "0", "0"


def _drop_location(venue: Venue) -> None:
    venue.latitude, venue.longitude, venue.latitude_text, venue.longitude_text = None, None, "", ""


def _pad_name(venue: Venue) -> None:
    venue.name = f"{venue.name} "


def _pad_city(venue: Venue) -> None:
    venue.city = f" {venue.city}"


def _drop_country(venue: Venue) -> None:
    venue.country_code = ""


def _drop_city(venue: Venue) -> None:
    venue.city, venue.state_code = "", ""


def _drop_zone(venue: Venue) -> None:
    venue.has_zone = False


_ODDITIES: tuple[tuple[int, int, str, Callable[[Venue], None]], ...] = (
    (9, 0, "FI", _drop_name),
    (23, 7, "US", _flip_sign),  # seen for San Jose and Idaho Falls: the minus is missing
    (41, 5, "", _move_to_zero),
    (37, 9, "", _drop_location),
    (29, 3, "", _pad_name),
    (31, 4, "", _pad_city),
    (97, 13, "", _drop_country),
    (89, 17, "", _drop_city),
    (199, 19, "", _drop_zone),
)
"""Every how many venues, beginning where, in which country (empty for all); the first that applies counts."""
