"""Reading their answers: from bytes to `wire` objects, one bad row at a time."""

import json
import math
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from event_scheduler.sources.ticketmaster.texts import to_count
from event_scheduler.sources.ticketmaster.wire import (
    Attraction,
    ClassificationTree,
    Envelope,
    ErrorItem,
    Event,
    EventImages,
    FaultBlock,
    FaultDetail,
    Image,
    Level,
    PageBlock,
    Place,
    Rows,
    Venue,
    many,
    one,
)

__all__ = [
    "Fault",
    "Page",
    "SearchPage",
    "WireError",
    "parse_attraction",
    "parse_attractions",
    "parse_classification",
    "parse_classifications",
    "parse_event",
    "parse_event_images",
    "parse_events",
    "parse_fault",
    "parse_level",
    "parse_venue",
    "parse_venues",
]

S = TypeVar("S", bound=msgspec.Struct)

_MAX_DIGITS: Final = 18


class WireError(ValueError):
    """A body that is not JSON, or not the kind of object that was asked for. Its text holds nothing of the body."""


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """What an error body says, whichever of the two shapes it has; unchecked text from outside, it may hold the key."""

    code: str
    detail: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page block, as far as it can be believed."""

    total: int | None
    total_pages: int | None


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A search answer with its rows still apart, so that a bad one costs only itself."""

    events: Sequence[Event]
    received: int
    """Rows in the answer, readable or not; something else in place of the list counts as one."""

    page: Page


def parse_events(body: bytes) -> SearchPage:
    """Read an event search.

    Raises:
        WireError: Not JSON, not UTF-8, an error body, or an object that is no search answer.
    """
    envelope = _search(body)
    rows = envelope.embedded.events if isinstance(envelope.embedded, Rows) else envelope.embedded
    block = one(envelope.page, PageBlock)
    page = Page(total=to_count(block.total_elements), total_pages=to_count(block.total_pages))
    if isinstance(rows, list):
        return SearchPage(events=_read_rows(rows, Event), received=len(rows), page=page)
    return SearchPage(events=(), received=0 if rows is None else 1, page=page)


def parse_event(body: bytes) -> Event:
    """Read the answer for one event; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return _decode(body, Event)


def parse_venues(body: bytes) -> list[Venue]:
    """Read a venue search; raises `WireError` as `parse_events` does."""
    return _read_rows(one(_search(body).embedded, Rows).venues, Place)


def parse_venue(body: bytes) -> Venue:
    """Read the answer for one venue; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return _decode(body, Place)


def parse_attractions(body: bytes) -> list[Attraction]:
    """Read an attraction search; raises `WireError` as `parse_events` does."""
    return _read_rows(one(_search(body).embedded, Rows).attractions, Attraction)


def parse_attraction(body: bytes) -> Attraction:
    """Read the answer for one attraction; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return _decode(body, Attraction)


def parse_classifications(body: bytes) -> list[Level]:
    """Read a classification search into its segments; raises `WireError` as `parse_events` does."""
    trees = _read_rows(one(_search(body).embedded, Rows).classifications, ClassificationTree)
    return [tree.segment for tree in trees if isinstance(tree.segment, Level)]


def parse_classification(body: bytes) -> Level:
    """Read the answer for one classification into its segment; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return one(_decode(body, ClassificationTree).segment, Level)


def parse_level(body: bytes) -> Level:
    """Read the answer for one segment, genre or sub-genre; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return _decode(body, Level)


def parse_event_images(body: bytes) -> list[Image]:
    """Read the answer for an event's pictures; raises `WireError` as `parse_events` does."""
    _refuse_fault(body)
    return many(_decode(body, EventImages).images, Image)


def parse_fault(body: bytes) -> Fault | None:
    """Read an error body of either shape, the gateway's `fault` or the application's `errors`; `None` for others."""
    try:
        envelope = _decode(body, Envelope)
    except WireError:
        return None
    return _find_fault(envelope)


def _find_fault(envelope: Envelope) -> Fault | None:
    if isinstance(envelope.fault, FaultBlock):
        detail = one(envelope.fault.detail, FaultDetail)
        return Fault(code=_text(detail.errorcode), detail=_text(envelope.fault.faultstring))
    if items := many(envelope.errors, ErrorItem):
        return Fault(code=_text(items[0].code), detail=_text(items[0].detail))
    if envelope.fault is not None or envelope.errors:
        return Fault(code="", detail="")
    return None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _refuse_fault(body: bytes) -> None:
    if parse_fault(body) is not None:
        raise WireError("an error body with a success status")


def _search(body: bytes) -> Envelope:
    try:
        body.decode()  # Texts that are skipped are not checked otherwise; another charset would cost rows unseen.
    except UnicodeDecodeError:
        raise WireError("a body that is not UTF-8") from None
    envelope = _decode(body, Envelope)
    if _find_fault(envelope) is not None:
        raise WireError("an error body with a success status")
    if envelope.embedded is None and envelope.page is None:
        raise WireError("a JSON object that is no search answer")
    return envelope


def _read_rows(rows: object, kind: type[S]) -> list[S]:
    found: list[S] = []
    for row in many(rows, msgspec.Raw):
        try:
            found.append(_decode(bytes(row), kind))
        except WireError:
            continue  # Counted by the caller as received but not read.
    return found


def _decode(body: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(body, type=kind)
    except RecursionError:
        pass
    except ValueError:
        try:
            return msgspec.json.decode(_repair(body), type=kind)
        except (ValueError, RecursionError):
            pass
    raise WireError("a body that is not the expected JSON")


def _repair(body: bytes) -> bytes:
    """Rewrite JSON that only a lenient reader takes: NaN, numbers out of range, half characters, a byte order mark.

    Slow, and only for what the strict reader refused.

    Raises:
        ValueError: It is no JSON for a lenient reader either, or not UTF-8 (RFC 8259, 8.1).
    """
    tree = json.loads(
        body.decode("utf-8-sig"), parse_constant=lambda _: None, parse_float=_to_finite, parse_int=_to_whole
    )
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "replace")


def _to_finite(text: str) -> float | None:
    number = float(text)
    return number if math.isfinite(number) else None


def _to_whole(text: str) -> int | None:
    return int(text) if len(text) <= _MAX_DIGITS else None
