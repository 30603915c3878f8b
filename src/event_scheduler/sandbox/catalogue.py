"""What the sandbox answers from: an invented world, or recorded answers."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from event_scheduler.sandbox.facts import AttractionFacts, PlaceFacts
from event_scheduler.sandbox.rendering import Distance
from event_scheduler.sandbox.search import EventShelf

__all__ = ["Catalogue", "Prepared"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A recorded answer that was asked for by the name of its file."""

    items: Sequence[Any]
    """The events, venues, attractions or classifications in it, untouched."""

    body: dict[str, Any] | None
    """The whole body, if a body was recorded and not just a list."""


class Catalogue(ABC):
    """Everything there is to be found, and how it is written.

    What is written is anything that `msgspec.json` can encode; parts may be encoded already.
    """

    shelf: EventShelf
    """All events, searchable."""

    venues: Sequence[PlaceFacts]
    attractions: Sequence[AttractionFacts]

    @abstractmethod
    def write_event(self, position: int, *, distance: Distance | None = None) -> object:
        """Write the event at a position of the shelf."""

    @abstractmethod
    def write_images(self, id_: str) -> object | None:
        """Write the images answer of an event, or `None` for an unknown id."""

    @abstractmethod
    def write_venue(self, venue: PlaceFacts, *, distance: Distance | None = None) -> object:
        """Write one of the venues."""

    @abstractmethod
    def write_attraction(self, attraction: AttractionFacts) -> object:
        """Write one of the attractions."""

    @abstractmethod
    def list_classifications(self, locale: str) -> list[dict[str, Any]]:
        """Write the classifications: each with its `segment` (and the tree below it) or its `type`."""

    @abstractmethod
    def find_level(self, level: str, id_: str, locale: str) -> dict[str, Any] | None:
        """Find one node of the tree; the level is `segments`, `genres` or `subgenres`."""

    def find_title(self, key: str) -> str | None:
        """Return what the artwork of a key shows; `None` where there is no such artwork."""
        del key
        return None

    def find_prepared(self, kind: str, keyword: str) -> Prepared | None:
        """Find the recorded answer that a keyword names.

        Args:
            kind: `events`, `venues`, `attractions` or `classifications`.
            keyword: As received.

        Returns:
            `None` when the keyword is an ordinary one.

        Raises:
            Refusal: The recorded answer is an error (which is then answered), or there is none of that name (404).
        """
        del kind, keyword
        return None
