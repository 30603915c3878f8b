"""What a search needs to know about events, venues and attractions, whether invented or recorded."""

import re
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b

__all__ = ["AttractionFacts", "ClassFacts", "EventFacts", "PlaceFacts", "make_id", "merge_classes", "split_words"]

_WORD = re.compile(r"\w+")


def split_words(*texts: str) -> list[str]:
    """Split texts into case-folded words; letters keep their accents, as keyword search depends on the language."""
    return [word for text in texts for word in _WORD.findall(text.casefold())]


def make_id(prefix: str, length: int, *parts: object) -> str:
    """Make an opaque id of the original's alphabet (`A-Za-z0-9_-`), the same in every process for the same parts."""
    text = "/".join(map(str, parts)).encode()
    return prefix + urlsafe_b64encode(blake2b(text, digest_size=24).digest()).decode()[: length - len(prefix)]


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """The classifications of something, all entries and levels together."""

    ids: frozenset[str] = frozenset()
    """Ids of all levels."""

    names: frozenset[str] = frozenset()
    """Case-folded names of all levels."""

    segments: frozenset[str] = frozenset()
    """Case-folded names of the segments alone."""

    is_family: bool = False
    """Whether an entry is marked as fit for families."""


@dataclass(slots=True, kw_only=True)
class PlaceFacts:
    """A venue, or the `place` that stands in for one, as published: with wrong signs and stray spaces."""

    id: str | None = None
    name: str = ""
    city: str = ""
    state_code: str = ""
    country_code: str = ""
    postal_code: str = ""
    latitude: float | None = None
    longitude: float | None = None
    dma_ids: frozenset[str] = frozenset()


@dataclass(slots=True, kw_only=True)
class AttractionFacts:
    """An artist, team or show."""

    id: str
    name: str
    classes: ClassFacts = field(default_factory=ClassFacts)


@dataclass(slots=True, kw_only=True)
class EventFacts:
    """An event, as far as searching and sorting go."""

    id: str
    name: str
    source: str = "ticketmaster"
    """`ticketmaster`, `universe`, `frontgate` or `tmr`."""

    start_s: float | None = None
    """Start, in seconds since the epoch; local midnight for a day without a time; `None` without a day."""

    is_date_tba: bool = False
    is_date_tbd: bool = False
    is_test: bool = False
    place: PlaceFacts | None = None
    attractions: tuple[AttractionFacts, ...] = ()
    classes: ClassFacts = ClassFacts()
    popularity: float = 0.0
    """Higher comes first under `relevance,desc`."""

    onsale_s: float | None = None
    """Start of the public sale, in seconds since the epoch."""


def merge_classes(entries: Iterable[ClassFacts]) -> ClassFacts:
    """Join the classifications of several entries into one."""
    every = list(entries)
    return ClassFacts(
        ids=frozenset().union(*(entry.ids for entry in every)),
        names=frozenset().union(*(entry.names for entry in every)),
        segments=frozenset().union(*(entry.segments for entry in every)),
        is_family=any(entry.is_family for entry in every),
    )
