"""The invented things themselves: compact, and complete enough to write any answer from."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from event_scheduler.sandbox.cities import City
from event_scheduler.sandbox.facts import AttractionFacts, EventFacts, PlaceFacts
from event_scheduler.sandbox.taxonomy import Taxon

__all__ = ["Attraction", "Event", "Kind", "Precision", "Product", "Quirk", "Venue", "VenueKind"]


class VenueKind(Enum):
    """What sort of house it is; decides what is on there."""

    ARENA = auto()
    THEATRE = auto()
    CLUB = auto()
    HALL = auto()
    PARK = auto()


class Kind(Enum):
    """Why there is a row: one show appears as several "events"."""

    MAIN = auto()
    RESALE = auto()
    UPSELL = auto()
    PACKAGE = auto()
    PRIVATE = auto()
    PLACE = auto()
    """A row of the Universe sort, with a `place` instead of a venue."""


class Precision(Enum):
    """How much is known of the start."""

    TIME = auto()
    TIME_TBA = auto()
    NO_SPECIFIC_TIME = auto()
    DATE_TBA = auto()
    DATE_TBD = auto()


class Quirk(Enum):
    """The one oddity of a row that has one; each was seen in recorded answers or measured."""

    NONE = auto()
    NO_TIME_ZONE = auto()
    NO_EMBEDDED = auto()
    EMPTY_VENUES = auto()
    EMPTY_ATTRACTIONS = auto()
    NO_CLASSIFICATIONS = auto()
    UNDEFINED_CLASSIFICATION = auto()
    SECONDARY_FIRST = auto()
    PRICE = auto()
    TWO_PRICES = auto()
    STARTING_1900 = auto()
    SALE_TBD = auto()
    MARKUP = auto()
    LONG_INFO = auto()
    CODE = auto()
    NAME_ORIGIN = auto()
    NO_SCHEME_URL = auto()
    LEGACY_URL = auto()
    NO_URL = auto()
    NO_STATUS = auto()
    SOURCE_IMAGE = auto()
    SQUARE_IMAGE = auto()
    ACCESS = auto()
    DOORS = auto()
    BARE_PLACE = auto()
    CASE_TWIN = auto()


@dataclass(slots=True, kw_only=True)
class Venue(PlaceFacts):
    """An invented house in a real city."""

    home: City
    """The city it really stands in, whatever the published row says."""

    kind: VenueKind
    number: int
    """Position in the list of all venues of this world."""

    address: str
    capacity: int
    latitude_text: str = ""
    longitude_text: str = ""
    """Coordinates as published, decimal degrees; empty where the row has none."""

    has_zone: bool = True
    is_suite: bool = False
    """Whether it is the private-seating twin of an arena."""


@dataclass(slots=True, kw_only=True)
class Attraction(AttractionFacts):
    """An invented artist, team or show."""

    taxon: Taxon
    kind: str
    """`artist`, `team`, `play`, `comedy`, `family` or `festival`."""

    region: str
    number: int
    tour: str = ""
    """Name of the tour it is on, if any."""


@dataclass(frozen=True, slots=True)
class Product:
    """An add-on of an event; it is an event of its own too."""

    id: str
    name: str
    type: str


@dataclass(slots=True, kw_only=True)
class Event(EventFacts):
    """An invented row."""

    venue: Venue
    """Where it takes place; also set where the row does not publish it."""

    kind: Kind = Kind.MAIN
    precision: Precision = Precision.TIME
    quirk: Quirk = Quirk.NONE
    taxon: Taxon | None = None
    is_family: bool = False
    starts: datetime
    """Local wall time at the venue, without a zone; midnight where only the day is known."""

    initial: datetime | None = None
    """The local start before it was moved."""

    end_day: date | None = None
    """Last local day of a festival of several days."""

    minutes: int | None = None
    """Length of the rows that publish an end."""

    status: str = "onsale"
    salt: int
    """Seed of everything that only shows when the row is written."""

    products: tuple[Product, ...] = ()
    cast: tuple[Attraction, ...] = ()
    """As `attractions`, with what it takes to write them."""
