"""Answers from recorded bodies of the real API instead of from an invented world.

Every file keeps its own answer, reachable by its name as `keyword=recording:<file name without .json>`; all recorded
events together, each id once, answer the ordinary searches. What was recorded is served untouched.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typing_extensions import override

from event_scheduler.sandbox.catalogue import Catalogue, Prepared
from event_scheduler.sandbox.errors import Refusal, refuse_unknown
from event_scheduler.sandbox.facts import AttractionFacts, PlaceFacts
from event_scheduler.sandbox.recorded_facts import read_attraction, read_event, read_venue
from event_scheduler.sandbox.rendering import Distance
from event_scheduler.sandbox.search import EventShelf

__all__ = ["RecordedCatalogue"]

_PREFIX = "recording:"
_LISTS = ("events", "venues", "attractions", "classifications")

_Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Recording:
    kind: str
    """One of `_LISTS`, `images`, `level` or `error`."""

    items: list[_Json]
    body: _Json | None = None
    """The whole answer, if one was recorded."""

    status: int = 200


class RecordedCatalogue(Catalogue):
    """All recordings of a folder, read once."""

    def __init__(self, folder: Path) -> None:
        """Read the JSON files of a folder; other files, and bodies of unknown shape, are passed over.

        Args:
            folder: Where they are; subfolders are not read.

        Raises:
            NotADirectoryError: There is no such folder.
            ValueError: A file is not JSON.
        """
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is not a folder with recordings")
        self._recordings: dict[str, _Recording] = {}
        for file in sorted(folder.glob("*.json")):
            recording = _classify(json.loads(file.read_bytes()))
            if recording is not None:
                self._recordings[file.stem.casefold()] = recording
        self._events = list(self._collect("events").values())
        self.shelf = EventShelf([read_event(event, rank) for rank, event in enumerate(self._events)])
        self._venues = self._collect("venues") | _collect_embedded(self._events, "venues")
        self._attractions = self._collect("attractions") | _collect_embedded(self._events, "attractions")
        self.venues = [read_venue(venue) for venue in self._venues.values()]
        self.attractions = [read_attraction(act) for act in self._attractions.values()]

    @override
    def write_event(self, position: int, *, distance: Distance | None = None) -> object:
        return self._events[position]

    @override
    def write_images(self, id_: str) -> object | None:
        recorded = next((item for item in self._list_items("images") if item.get("id") == id_), None)
        position = self.shelf.by_id.get(id_)
        if recorded is not None or position is None:
            return recorded
        href = f"/discovery/v2/events/{id_}/images"
        images = self._events[position].get("images", [])
        return {"type": "event", "id": id_, "images": images, "_links": {"self": {"href": href}}}

    @override
    def write_venue(self, venue: PlaceFacts, *, distance: Distance | None = None) -> object:
        return self._venues[venue.id or ""]

    @override
    def write_attraction(self, attraction: AttractionFacts) -> object:
        return self._attractions[attraction.id]

    @override
    def list_classifications(self, locale: str) -> list[_Json]:
        del locale
        return list({_key_of(item): item for item in self._list_items("classifications")}.values())

    @override
    def find_level(self, level: str, id_: str, locale: str) -> _Json | None:
        del locale
        nodes = [
            *self._list_items("level"),
            *(item["segment"] for item in self._list_items("classifications") if "segment" in item),
        ]
        marker = f"/{level}/"
        return next((node for node in _walk(nodes) if node.get("id") == id_ and marker in _self_link(node)), None)

    @override
    def find_prepared(self, kind: str, keyword: str) -> Prepared | None:
        name = keyword.strip().casefold()
        if not name.startswith(_PREFIX):
            return None
        recording = self._recordings.get(name.removeprefix(_PREFIX).removesuffix(".json"))
        if recording is not None and recording.kind == "error":
            raise Refusal(recording.status, recording.body or {})
        if recording is None or recording.kind != kind:
            raise refuse_unknown("*", keyword)
        return Prepared(recording.items, recording.body)

    def _list_items(self, kind: str) -> Iterator[_Json]:
        return (item for recording in self._recordings.values() if recording.kind == kind for item in recording.items)

    def _collect(self, kind: str) -> dict[str, _Json]:
        """Collect what was recorded by id; the first one counts."""
        items: dict[str, _Json] = {}
        for item in self._list_items(kind):
            items.setdefault(str(item.get("id")), item)
        return items


def _collect_embedded(events: Iterable[_Json], kind: str) -> dict[str, _Json]:
    items: dict[str, _Json] = {}
    for event in events:
        for item in (event.get("_embedded") or {}).get(kind) or []:
            items.setdefault(str(item.get("id")), item)
    return items


def _classify(content: object) -> _Recording | None:
    if isinstance(content, list):
        items = [item for item in content if isinstance(item, dict)]
        return _Recording(_kind_of(items[0]), items) if items else None
    if not isinstance(content, dict):
        return None
    embedded = content.get("_embedded") or {}
    for kind in _LISTS:
        if isinstance(embedded.get(kind), list) and not {"id", "dates"} & content.keys():
            return _Recording(kind, embedded[kind], content if "page" in content else None)
    if "page" in content:
        # An empty page: only its own link says what was searched.
        kind = _self_link(content).partition("?")[0].rstrip("/").rpartition("/")[2].removesuffix(".json")
        return _Recording(kind, [], content)
    if "errors" in content or "fault" in content:
        return _Recording("error", [], content, _status_of(content))
    kind = _kind_of(content)
    return _Recording(kind, [content]) if kind else None


def _kind_of(item: _Json) -> str:
    """Tell what a single object is; empty for something else, such as recorded headers."""
    link = _self_link(item)
    if "dates" in item:
        return "events"
    if item.get("type") in {"venue", "attraction"}:
        return f"{item['type']}s"
    if "segment" in item:
        return "classifications"
    if "/classifications/" in link:
        return "level"
    return "images" if "images" in item and item.get("type") == "event" else ""


def _status_of(body: _Json) -> int:
    if "fault" in body:
        return 401 if "oauth" in str(body["fault"].get("detail", {}).get("errorcode")) else 429
    digits = str(body["errors"][0].get("status", ""))[:3]
    return int(digits) if digits.isdigit() else 400


def _self_link(item: _Json) -> str:
    return str(((item.get("_links") or {}).get("self") or {}).get("href", ""))


def _key_of(item: _Json) -> str:
    return str((item.get("segment") or item.get("type") or {}).get("id"))


def _walk(nodes: Iterable[_Json]) -> Iterator[_Json]:
    for node in nodes:
        yield node
        for children in (node.get("_embedded") or {}).values():
            yield from _walk(children)
