"""Finds and sorts events among some twenty thousand, in a few milliseconds."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from math import inf
from random import Random
from typing import Any

from event_scheduler.sandbox.facts import EventFacts, PlaceFacts, split_words
from event_scheduler.sandbox.geo import measure_km
from event_scheduler.sandbox.parameters import Choice, Circle, Query

__all__ = ["EventShelf", "Found", "find_places", "measure_to"]

Found = list[tuple[int, float | None]]
"""Positions on the shelf in the order asked for, each with its distance in kilometres if a point was given."""


def measure_to(place: PlaceFacts, circle: Circle) -> float | None:
    """Return the distance of a place in kilometres if it is within the circle.

    What counts are the published coordinates, so a venue with a wrong sign is found where it claims to be.
    """
    if place.latitude is None or place.longitude is None:
        return None
    distance = measure_km(circle.centre, (place.latitude, place.longitude))
    return distance if distance <= circle.radius_km else None


def find_places(places: Iterable[PlaceFacts], query: Query) -> list[tuple[PlaceFacts, float | None]]:
    """Find the places that the geographic part of a query means, each with its distance in kilometres."""
    found = []
    for place in places:
        if (
            (query.cities and place.city.strip().casefold() not in query.cities)
            or (query.countries and place.country_code.casefold() not in query.countries)
            or (query.states and place.state_code.casefold() not in query.states)
            or (query.postal_codes and place.postal_code.casefold() not in query.postal_codes)
            or (query.dma_ids and query.dma_ids.isdisjoint(place.dma_ids))
            or (query.venue_ids and place.id not in query.venue_ids)
        ):
            continue
        distance = measure_to(place, query.circle) if query.circle else None
        if query.circle is None or distance is not None:
            found.append((place, distance))
    return found


class EventShelf:
    """Events with their indexes, built when first needed. Reading from several threads is safe."""

    def __init__(self, events: Sequence[EventFacts]) -> None:
        self.events = events
        """In their own order; answers refer to positions in it."""

        self.by_id = {event.id: position for position, event in enumerate(events)}
        """Position of each event by its case-sensitive id."""

        self._orders: dict[str, list[int]] = {}

    def search(self, query: Query) -> Found:
        """Find events.

        The windows of a query are inclusive on both sides and look at the start. Events without a day match no window;
        those with a day alone count from local midnight of that day. Events whose date is to be announced (or decided)
        are left out, with or without a window, unless `includeTBA` (`includeTBD`) says otherwise, also when asked for
        by id. Asking for `only` of both finds what is both, which is nothing.

        Returns:
            All matches, in the order that `query.sort` asks for; ties by popularity, then id.
        """
        distances: dict[int, float] = {}
        positions = self._select(query, distances)
        for matches in _list_tests(query):
            positions = [position for position in positions if matches(self.events[position])]
        return [
            (position, distances.get(self._place_numbers[position]))
            for position in self._sort(positions, query, distances)
        ]

    def _select(self, query: Query, distances: dict[int, float]) -> Collection[int]:
        """Choose candidates by the indexes; `distances` is filled by number of place."""
        chosen: list[Collection[int]] = []
        if query.ids:
            chosen.append({self.by_id[id_] for id_ in query.ids if id_ in self.by_id})
        if query.attraction_ids:
            chosen.append({position for id_ in query.attraction_ids for position in self._by_attraction.get(id_, ())})
        if query.narrows_place:
            chosen.append(self._select_places(query, distances))
        chosen.extend(self._match_word(word) for word in set(query.words))
        if query.start_s is not None or query.end_s is not None:
            chosen.append(self._select_window(query))
        if _is_ordinary(query):
            chosen.append(self._ordinary)
        if not chosen:
            return range(len(self.events))
        chosen.sort(key=len)
        positions = chosen[0]
        for other in chosen[1:]:
            members = other if isinstance(other, set | frozenset) else set(other)
            positions = [position for position in positions if position in members]
        return positions

    def _select_places(self, query: Query, distances: dict[int, float]) -> set[int]:
        positions: set[int] = set()
        for place, distance in find_places(self.places, query):
            number = self._number_of[id(place)]
            positions.update(self._by_place[number])
            if distance is not None:
                distances[number] = distance
        return positions

    def _select_window(self, query: Query) -> list[int]:
        starts, positions = self._by_start
        begin = 0 if query.start_s is None else bisect_left(starts, query.start_s)
        end = len(starts) if query.end_s is None else bisect_right(starts, query.end_s)
        return positions[begin:end]

    def _match_word(self, word: str) -> set[int]:
        names, places, attractions = self._words
        found = set(names.get(word, ()))
        for number in places.get(word, ()):
            found.update(self._by_place[number])
        for id_ in attractions.get(word, ()):
            found.update(self._by_attraction[id_])
        return found

    def _sort(self, positions: Collection[int], query: Query, distances: dict[int, float]) -> list[int]:
        if query.sort == "random":
            # The same shuffle for the same matches, so that pages of one search fit together.
            shuffled = sorted(positions)
            Random(len(shuffled)).shuffle(shuffled)
            return shuffled
        if query.sort.startswith("distance"):
            rank = self._find_order("date,asc" if "date" in query.sort else "relevance,desc")
            near = self._place_numbers
            return sorted(positions, key=lambda position: (distances.get(near[position], inf), rank[position]))
        return sorted(positions, key=self._find_order(query.sort).__getitem__)

    def _find_order(self, sort: str) -> list[int]:
        """Return the rank of every position under a sort."""
        ranks = self._orders.get(sort)
        if ranks is None:
            # What is most relevant comes first in the forward order; everything else begins with the smallest.
            forward = "desc" if sort.startswith("relevance") else "asc"
            name, _, direction = sort.rpartition(",")
            order = sorted(range(len(self.events)), key=lambda position: _KEYS[name](self.events[position]))
            if direction != forward:
                order.reverse()
            ranks = [0] * len(order)
            for rank, position in enumerate(order):
                ranks[position] = rank
            self._orders[sort] = ranks
        return ranks

    @cached_property
    def places(self) -> list[PlaceFacts]:
        """Every place at which something is on, in the order of its first event."""
        return list({id(event.place): event.place for event in self.events if event.place is not None}.values())

    @cached_property
    def _ordinary(self) -> frozenset[int]:
        """What almost every search is confined to: no tests, and a date."""
        return frozenset(
            position
            for position, event in enumerate(self.events)
            if not (event.is_date_tba or event.is_date_tbd or event.is_test)
        )

    @cached_property
    def _number_of(self) -> dict[int, int]:
        return {id(place): number for number, place in enumerate(self.places)}

    @cached_property
    def _place_numbers(self) -> list[int]:
        return [self._number_of.get(id(event.place), -1) for event in self.events]

    @cached_property
    def _by_place(self) -> list[list[int]]:
        lists: list[list[int]] = [[] for _ in self.places]
        for position, number in enumerate(self._place_numbers):
            if number >= 0:
                lists[number].append(position)
        return lists

    @cached_property
    def _by_attraction(self) -> dict[str, list[int]]:
        lists: defaultdict[str, list[int]] = defaultdict(list)
        for position, event in enumerate(self.events):
            for attraction in event.attractions:
                lists[attraction.id].append(position)
        return dict(lists)

    @cached_property
    def _by_start(self) -> tuple[list[float], list[int]]:
        dated = sorted(
            (event.start_s, position) for position, event in enumerate(self.events) if event.start_s is not None
        )
        return [start_s for start_s, _ in dated], [position for _, position in dated]

    @cached_property
    def _words(self) -> tuple[dict[str, list[int]], dict[str, list[int]], dict[str, list[str]]]:
        """Where each word occurs: names to positions, names of places to their numbers, of attractions to their ids."""
        names: defaultdict[str, list[int]] = defaultdict(list)
        for position, event in enumerate(self.events):
            for word in split_words(event.name):
                names[word].append(position)
        places: defaultdict[str, list[int]] = defaultdict(list)
        for number, place in enumerate(self.places):
            for word in split_words(place.name):
                places[word].append(number)
        attractions: defaultdict[str, list[str]] = defaultdict(list)
        for id_, name in {act.id: act.name for event in self.events for act in event.attractions}.items():
            for word in split_words(name):
                attractions[word].append(id_)
        return dict(names), dict(places), dict(attractions)


def _is_ordinary(query: Query) -> bool:
    return query.tba is query.tbd is query.test is Choice.NO


def _list_tests(query: Query) -> list[Callable[[EventFacts], bool]]:
    """List what a candidate must still pass; each test looks at one thing."""
    tests = _test_choice(query.family, lambda event: event.classes.is_family)
    if not _is_ordinary(query):
        tests += _test_choice(query.tba, lambda event: event.is_date_tba)
        tests += _test_choice(query.tbd, lambda event: event.is_date_tbd)
        tests += _test_choice(query.test, lambda event: event.is_test)
    if query.sources:
        tests.append(lambda event: event.source in query.sources)
    if query.class_names:
        tests.append(lambda event: not query.class_names.isdisjoint(event.classes.names))
    if query.segment_names:
        tests.append(lambda event: not query.segment_names.isdisjoint(event.classes.segments))
    for ids in query.class_ids:
        tests.append(lambda event, ids=ids: not ids.isdisjoint(event.classes.ids))  # type: ignore[misc]
    return tests


def _test_choice(choice: Choice, has: Callable[[EventFacts], bool]) -> list[Callable[[EventFacts], bool]]:
    if choice is Choice.YES:
        return []
    return [has] if choice is Choice.ONLY else [lambda event: not has(event)]


_Key = Callable[[EventFacts], Any]


def _start(event: EventFacts) -> float:
    return inf if event.start_s is None else event.start_s


def _start_of_sale(event: EventFacts) -> float:
    return inf if event.onsale_s is None else event.onsale_s


_KEYS: dict[str, _Key] = {
    "name": lambda event: (event.name.casefold(), -event.popularity, event.id),
    "date": lambda event: (_start(event), -event.popularity, event.id),
    "relevance": lambda event: (-event.popularity, event.id),
    "name,date": lambda event: (event.name.casefold(), _start(event), event.id),
    "date,name": lambda event: (_start(event), event.name.casefold(), event.id),
    "onSaleStartDate": lambda event: (_start_of_sale(event), event.id),
    "onsaleStartDate": lambda event: (_start_of_sale(event), event.id),
    "id": lambda event: event.id,
    "venueName": lambda event: (event.place.name.strip().casefold() if event.place else "", event.id),
}
"""Sort keys by the name of a sort without its direction."""
