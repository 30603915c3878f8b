"""The tree of classifications: segment, genre, sub-genre.

The ids of the six segments are the original's (they are fixed and published); those of the lower levels are ours.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

__all__ = [
    "CLASSES",
    "SECONDARY",
    "SEGMENT_IDS",
    "TYPES",
    "UNDEFINED",
    "Level",
    "Taxon",
    "list_segments",
    "to_classification",
]

SEGMENT_IDS = {
    "Music": "KZFzniwnSyZfZ7v7nJ",
    "Sports": "KZFzniwnSyZfZ7v7nE",
    "Arts & Theatre": "KZFzniwnSyZfZ7v7na",
    "Film": "KZFzniwnSyZfZ7v7nn",
    "Miscellaneous": "KZFzniwnSyZfZ7v7n1",
    "Undefined": "KZFzniwnSyZfZ7v7nl",
}
"""Segment ids by name, as published with the Discovery API v2."""

_TREE: dict[str, dict[str, tuple[str, ...]]] = {
    "Music": {
        "Rock": ("Pop", "Hard Rock", "Indie Rock", "Undefined"),
        "Pop": ("Pop Rock", "Singer-Songwriter"),
        "Hip-Hop/Rap": ("Hip-Hop/Rap", "Urban"),
        "Country": ("Country", "Bluegrass"),
        "Jazz": ("Jazz", "Contemporary Jazz"),
        "Dance/Electronic": ("Techno", "Club Dance"),
        "Metal": ("Metal", "Doom"),
        "Folk": ("Folk", "Traditional Folk"),
        "Classical": ("Symphonic", "Chamber Music"),
        "Latin": ("Latin", "Salsa"),
        "Other": ("Other",),
        "Undefined": ("Undefined",),
    },
    "Sports": {
        "Basketball": ("Basketball",),
        "Hockey": ("Ice Hockey",),
        "Football": ("College", "Professional"),
        "Baseball": ("Baseball",),
        "Soccer": ("Soccer",),
        "Rugby": ("Rugby Union", "Rugby League"),
        "Miscellaneous": ("Miscellaneous",),
    },
    "Arts & Theatre": {
        "Theatre": ("Drama", "Comedy", "Musical"),
        "Comedy": ("Comedy",),
        "Dance": ("Ballet",),
        "Opera": ("Opera",),
        "Magic & Illusion": ("Magic",),
        "Music": ("Chamber Music",),
    },
    "Film": {"Music": ("Music",), "Miscellaneous": ("Miscellaneous",)},
    "Miscellaneous": {
        "Fairs & Festivals": ("Fairs & Festivals",),
        "Family": ("Circus", "Ice Shows", "Other"),
        "Undefined": ("Undefined",),
    },
    "Undefined": {"Undefined": ("Undefined",)},
}


def _make_id(prefix: str, *names: str) -> str:
    """Make a stable id that looks like the original's from the names on the way down."""
    digest = blake2b("/".join(names).encode(), digest_size=4).digest()
    return prefix + "".join("AEIJadeklntv17F6"[byte >> 4] + "AEIJadeklntv17F6"[byte & 15] for byte in digest)[:6]


@dataclass(frozen=True, slots=True)
class Level:
    """One node: an id and a name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Taxon:
    """One path from a segment down to a sub-genre."""

    segment: Level
    genre: Level
    sub_genre: Level


CLASSES = {
    (segment, genre, sub): Taxon(
        Level(SEGMENT_IDS[segment], segment),
        Level(_make_id("KnvZfZ7v", segment, genre), genre),
        Level(_make_id("KZazBEonSMnZfZ7v", segment, genre, sub), sub),
    )
    for segment, genres in _TREE.items()
    for genre, subs in genres.items()
    for sub in subs
}
"""Every path of the tree by its three names."""

SECONDARY = CLASSES["Film", "Music", "Music"]
"""What stands first, as not primary, on rows with two classifications."""

UNDEFINED = CLASSES["Undefined", "Undefined", "Undefined"]
"""The path on which all three names are "Undefined"."""

TYPES = {
    name: (Level(_make_id("KZAyXgnZfZ7v", kind), kind), Level(_make_id("KZFzBErXgnZfZ7v", kind, sub), sub))
    for name, kind, sub in (
        ("undefined", "Undefined", "Undefined"),
        ("team", "Group", "Team"),
        ("festival", "Event Style", "Festival"),
        ("parking", "Parking", "Regular"),
        ("upsell", "Upsell", "Upsell"),
    )
}
"""Type and sub-type, the second tree, of which few paths are in use."""


def to_classification(
    taxon: Taxon, *, kind: str = "undefined", primary: bool = True, family: bool = False
) -> dict[str, Any]:
    """Write one entry of a `classifications` list."""
    levels = ("segment", taxon.segment), ("genre", taxon.genre), ("subGenre", taxon.sub_genre)
    types = zip(("type", "subType"), TYPES[kind], strict=True)
    entry: dict[str, Any] = {"primary": primary}
    entry.update({key: {"id": level.id, "name": level.name} for key, level in (*levels, *types)})
    entry["family"] = family
    return entry


def list_segments(locale: str) -> list[dict[str, Any]]:
    """Write the whole tree: segments with their genres and sub-genres nested below `_embedded`, by name."""
    segments: list[dict[str, Any]] = []
    for segment, genres in sorted(_TREE.items()):
        node = _write("segments", Level(SEGMENT_IDS[segment], segment), locale)
        node["_embedded"] = {
            "genres": [_write_genre(segment, genre, subs, locale) for genre, subs in sorted(genres.items())]
        }
        segments.append(node)
    return segments


def _write_genre(segment: str, genre: str, subs: tuple[str, ...], locale: str) -> dict[str, Any]:
    paths = [CLASSES[segment, genre, sub] for sub in sorted(subs)]
    node = _write("genres", paths[0].genre, locale)
    node["_embedded"] = {"subgenres": [_write("subgenres", path.sub_genre, locale) for path in paths]}
    return node


def _write(level: str, node: Level, locale: str) -> dict[str, Any]:
    href = f"/discovery/v2/classifications/{level}/{node.id}?locale={locale}"
    return {"id": node.id, "name": node.name, "_links": {"self": {"href": href}}}
