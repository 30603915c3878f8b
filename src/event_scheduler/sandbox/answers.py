"""Gives the honest answer to each address of the Discovery API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import QueryParams

from event_scheduler.sandbox.catalogue import Catalogue
from event_scheduler.sandbox.errors import refuse_unknown
from event_scheduler.sandbox.facts import AttractionFacts, ClassFacts, PlaceFacts, split_words
from event_scheduler.sandbox.paging import check_depth, write_page
from event_scheduler.sandbox.parameters import (
    ENTITY_SORTS,
    EVENT_SORTS,
    Circle,
    Query,
    find_locale,
    read_paging,
    read_query,
)
from event_scheduler.sandbox.rendering import Distance
from event_scheduler.sandbox.search import find_places

__all__ = ["Address", "Answers", "parse_address"]

_LEVELS = {"segments": "segment", "genres": "genre", "subgenres": "subgenre"}


@dataclass(frozen=True, slots=True)
class Address:
    """What a path means."""

    kind: str
    """`events`, `event`, `eventImages`, `venues`, `venue`, `attractions`, `attraction`, `classifications`,
    `classification`, `segment`, `genre`, `subgenre` or `unknown`."""

    id: str = ""
    level: str = ""
    """For a node of the classifications, its level as in the path."""


def parse_address(path: str) -> Address:
    """Read the part of a path that follows `/discovery/v2/`; the suffix `.json` is customary and optional."""
    match path.removesuffix(".json").split("/"):
        case [("events" | "venues" | "attractions" | "classifications") as kind]:
            return Address(kind)
        case ["events", id_, "images"]:
            return Address("eventImages", id_)
        case ["classifications", ("segments" | "genres" | "subgenres") as level, id_]:
            return Address(_LEVELS[level], id_, level)
        case [("events" | "venues" | "attractions" | "classifications") as kind, id_]:
            return Address(kind[:-1], id_)
        case parts:
            return Address("unknown", parts[-1])


class Answers:
    """Answers from a catalogue; holds no state, so it may be used from several threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def answer(self, address: Address, params: QueryParams) -> object:
        """Answer with a body that `msgspec.json` can encode.

        Raises:
            Refusal: 400 or 404.
        """
        searches: dict[str, Callable[[QueryParams], object]] = {
            "events": self._search_events,
            "venues": self._search_venues,
            "attractions": self._search_attractions,
            "classifications": self._search_classifications,
        }
        if address.kind in searches:
            paging = read_paging(params)
            prepared = self._catalogue.find_prepared(address.kind, params.get("keyword", ""))
            if prepared is None:
                check_depth(paging)
                return searches[address.kind](params)
            if prepared.body is not None and not {"size", "page"} & params.keys():
                return prepared.body
            return write_page(address.kind, prepared.items, lambda item: item, paging=paging, params=params)
        found = self._find(address, find_locale(params))
        if found is None:
            raise refuse_unknown(find_locale(params), address.id)
        return found

    def _find(self, address: Address, locale: str) -> object | None:
        catalogue, id_ = self._catalogue, address.id
        found: Iterable[object] = ()
        match address.kind:
            case "event":
                found = [catalogue.write_event(catalogue.shelf.by_id[id_])] if id_ in catalogue.shelf.by_id else []
            case "eventImages":
                found = [catalogue.write_images(id_)]
            case "venue":
                found = (catalogue.write_venue(venue) for venue in catalogue.venues if venue.id == id_)
            case "attraction":
                found = (catalogue.write_attraction(act) for act in catalogue.attractions if act.id == id_)
            case "classification":
                found = (entry for entry in catalogue.list_classifications(locale) if _find_entry_id(entry) == id_)
            case "segment" | "genre" | "subgenre":
                found = [catalogue.find_level(address.level, id_, locale)]
            case _:
                pass
        return next(iter(found), None)

    def _search_events(self, params: QueryParams) -> object:
        query = read_query(params, EVENT_SORTS, "relevance,desc")

        def write(found: tuple[int, float | None]) -> object:
            position, distance_km = found
            return self._catalogue.write_event(position, distance=_to_distance(distance_km, query.circle))

        return write_page(
            "events", self._catalogue.shelf.search(query), write, paging=read_paging(params), params=params
        )

    def _search_venues(self, params: QueryParams) -> object:
        query = read_query(params, ENTITY_SORTS, "relevance,desc")
        found = [
            (venue, distance)
            for venue, distance in find_places(self._catalogue.venues, query)
            if _has_words(query, venue.name, venue.city) and (not query.ids or venue.id in query.ids)
        ]
        if query.sort.startswith("distance"):
            found.sort(key=lambda pair: pair[1] or 0.0)
        elif query.sort.startswith("name"):
            found.sort(key=lambda pair: pair[0].name.strip().casefold())
        if query.sort.endswith(("name,desc", "distance,desc", "relevance,asc")):
            found.reverse()

        def write(pair: tuple[PlaceFacts, float | None]) -> object:
            return self._catalogue.write_venue(pair[0], distance=_to_distance(pair[1], query.circle))

        return write_page("venues", found, write, paging=read_paging(params), params=params)

    def _search_attractions(self, params: QueryParams) -> object:
        query = read_query(params, ENTITY_SORTS, "relevance,desc")
        found: list[AttractionFacts] = [
            act
            for act in self._catalogue.attractions
            if _has_words(query, act.name)
            and (not query.ids or act.id in query.ids)
            and _has_classes(query, act.classes)
        ]
        if query.sort.startswith("name"):
            found.sort(key=lambda act: act.name.casefold())
        if query.sort in {"name,desc", "relevance,asc"}:
            found.reverse()
        return write_page(
            "attractions", found, self._catalogue.write_attraction, paging=read_paging(params), params=params
        )

    def _search_classifications(self, params: QueryParams) -> object:
        query = read_query(params, ENTITY_SORTS, "name,asc")
        entries = self._catalogue.list_classifications(find_locale(params))
        found = [
            entry
            for entry in entries
            if _has_words(query, *_list_names(entry)) and (not query.ids or _find_entry_id(entry) in query.ids)
        ]
        if query.sort.endswith("desc") and query.sort.startswith("name"):
            found.reverse()
        return write_page("classifications", found, lambda entry: entry, paging=read_paging(params), params=params)


def _to_distance(distance_km: float | None, circle: Circle | None) -> Distance | None:
    if distance_km is None or circle is None:
        return None
    return round(distance_km / circle.km_per_unit, 2), circle.unit


def _has_words(query: Query, *texts: str) -> bool:
    return not query.words or set(query.words) <= set(split_words(*texts))


def _has_classes(query: Query, classes: ClassFacts) -> bool:
    return (not query.class_names or not query.class_names.isdisjoint(classes.names)) and all(
        not ids.isdisjoint(classes.ids) for ids in query.class_ids
    )


def _find_entry_id(entry: dict[str, Any]) -> object:
    """Return the id of a classification, which is that of its segment or type."""
    return (entry.get("segment") or entry.get("type") or {}).get("id")


def _list_names(node: object) -> Iterable[str]:
    """List every name in a tree of classifications."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "name" and isinstance(value, str):
                yield value
            else:
                yield from _list_names(value)
    elif isinstance(node, list):
        for value in node:
            yield from _list_names(value)
