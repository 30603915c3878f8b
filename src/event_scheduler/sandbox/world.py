"""The invented world: some twenty thousand events, the same for everybody who names the same seed and day."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec
from typing_extensions import override

from event_scheduler.sandbox.cast import create_cast
from event_scheduler.sandbox.catalogue import Catalogue
from event_scheduler.sandbox.entities import write_attraction, write_venue
from event_scheduler.sandbox.facts import AttractionFacts, PlaceFacts
from event_scheduler.sandbox.generator import EventGenerator
from event_scheduler.sandbox.houses import create_venues
from event_scheduler.sandbox.records import Attraction, Event, Venue
from event_scheduler.sandbox.rendering import Distance, EventWriter, list_event_images
from event_scheduler.sandbox.search import EventShelf
from event_scheduler.sandbox.taxonomy import SEGMENT_IDS, list_segments

__all__ = ["World"]

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


class World(Catalogue):
    """An invented world on one day. Reading from several threads is safe."""

    def __init__(self, *, seed: int, today: date, event_count: int, root: str) -> None:
        """Invent it; takes about a second for 20,000 events.

        Args:
            seed: Which world.
            today: Its UTC day.
            event_count: About how many events are listed. All oddities are there from about 10,000 on.
            root: Address below which the sandbox is reached, without a slash at its end.
        """
        self._root = root
        self._cast = create_cast(seed)
        self._houses = create_venues(seed)
        generator = EventGenerator(seed, self._houses, self._cast, event_count=event_count)
        self._events = list(generator.generate(today))
        self.shelf = EventShelf(self._events)
        self.attractions = self._cast
        self.venues = [*self._houses, *generator.extras.venues]
        self._upcoming = _count_upcoming(self._events)
        self._encoded: dict[str, msgspec.Raw] = {}
        self._writer = EventWriter(root, write_venue=self._embed_venue, write_attraction=self.write_attraction)

    @override
    def write_event(self, position: int, *, distance: Distance | None = None) -> object:
        return self._writer.write(self._events[position], distance=distance)

    @override
    def write_images(self, id_: str) -> object | None:
        position = self.shelf.by_id.get(id_)
        if position is None:
            return None
        event = self._events[position]
        href = f"/discovery/v2/events/{id_}/images?locale={event.venue.home.country.locale}"
        images = list_event_images(self._root, event)
        return {"type": "event", "id": id_, "images": images, "_links": {"self": {"href": href}}}

    @override
    def write_venue(self, venue: PlaceFacts, *, distance: Distance | None = None) -> object:
        return self._embed_venue(_narrow(venue, Venue), distance)

    @override
    def write_attraction(self, attraction: AttractionFacts) -> object:
        # The same acts come up on page after page; encoded once, they cost next to nothing.
        raw = self._encoded.get(attraction.id)
        if raw is None:
            written = write_attraction(
                self._root, _narrow(attraction, Attraction), upcoming=self._upcoming[attraction.id]
            )
            raw = self._encoded[attraction.id] = msgspec.Raw(msgspec.json.encode(written))
        return raw

    @override
    def list_classifications(self, locale: str) -> list[dict[str, Any]]:
        return [
            {
                "_links": {"self": {"href": f"/discovery/v2/classifications/{segment['id']}?locale={locale}"}},
                "segment": segment,
            }
            for segment in list_segments(locale)
        ]

    @override
    def find_level(self, level: str, id_: str, locale: str) -> dict[str, Any] | None:
        nodes: list[dict[str, Any]] = list_segments(locale)
        for below in ("segments", "genres", "subgenres"):
            if below == level:
                return next((node for node in nodes if node["id"] == id_), None)
            nodes = [child for node in nodes for children in node["_embedded"].values() for child in children]
        return None

    @override
    def find_title(self, key: str) -> str | None:
        kind, number = key[:1], key[1:]
        if kind == "c":
            return next((name for name in (*SEGMENT_IDS, "Event") if name[0] == number[:1]), None)
        shelves: dict[str, Sequence[AttractionFacts | PlaceFacts]] = {"a": self._cast, "v": self._houses}
        shelf = shelves.get(kind, ())
        if not _NUMBER.fullmatch(number) or int(number) >= len(shelf):
            return None
        return shelf[int(number)].name

    def _embed_venue(self, venue: Venue, distance: Distance | None) -> object:
        if distance is not None:
            value, unit = distance
            return write_venue(self._root, venue, upcoming=self._upcoming[venue.id or ""]) | {
                "distance": value,
                "units": unit,
            }
        raw = self._encoded.get(venue.id or "")
        if raw is None:
            written = write_venue(self._root, venue, upcoming=self._upcoming[venue.id or ""])
            raw = self._encoded[venue.id or ""] = msgspec.Raw(msgspec.json.encode(written))
        return raw


def _count_upcoming(events: list[Event]) -> Mapping[str, Mapping[str, int]]:
    """Count the events of every venue and attraction by source."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for event in events:
        counts[event.venue.id or ""][event.source] += 1
        for act in event.cast:
            counts[act.id][event.source] += 1
    return counts


def _narrow(facts: object, kind: type[Any]) -> Any:  # noqa: ANN401 - of the kind that was asked for
    if not isinstance(facts, kind):
        raise TypeError(f"not of this world: {facts!r}")
    return facts
