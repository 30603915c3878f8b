"""Whatever comes, an event or nothing comes out."""

import json
import random
from datetime import UTC, datetime
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from event_scheduler.catalog.models import Event
from event_scheduler.sources.ticketmaster import parsing, wire
from event_scheduler.sources.ticketmaster.mapping import to_event
from event_scheduler.sources.ticketmaster.texts import to_line, to_note, to_url

NOW = datetime(2026, 11, 22, tzinfo=UTC)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(
        [
            "1900-01-01T06:00:00Z",
            "2026-12-06T01:30:00Z",
            "9999-12-31T23:59:59-14:00",
            "2026-12-05",
            "9999-12-31",
            "0001-01-01",
            "19:30:00",
            "24:00:00",
            "America/Chicago",
            "https://x.example/a",
            "standard",
            "onsale",
            "cancelled",
            "121.8",
            "NaN",
            "CAN",
            "US",
        ]
    ),
)
NAMES = st.sampled_from(
    sorted(
        {
            field.encode_name
            for kind in vars(wire).values()
            if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
            for field in msgspec.structs.fields(kind)
        }
    )
)
GARBAGE = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=6),
    max_leaves=25,
)


def shaped(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with the right names and anything below them."""
    spot = st.dictionaries(
        st.sampled_from(["localDate", "localTime", "dateTime", "dateTBA", "timeTBA", "noSpecificTime", "approximate"]),
        inner,
    )
    dates = st.fixed_dictionaries(
        {}, optional={"start": spot, "end": spot, "initialStartDate": spot, "timezone": inner}
    )
    return st.fixed_dictionaries(
        {"id": st.just("id1"), "name": st.just("Show")},
        optional={
            "dates": dates | inner,
            "sales": inner,
            "doorsTimes": spot | inner,
            "images": st.lists(st.dictionaries(st.sampled_from(["url", "width", "ratio", "fallback"]), inner)) | inner,
            "priceRanges": st.lists(st.dictionaries(st.sampled_from(["type", "min", "max", "currency"]), inner))
            | inner,
            "classifications": inner,
            "_embedded": inner,
            "place": inner,
            "url": inner,
            "info": inner,
            "outlets": inner,
        },
    )


def read(value: object) -> Event | None:
    try:
        raw = parsing.parse_event(json.dumps(value).encode())
    except parsing.WireError:
        return None
    return to_event(raw, now=NOW)


@given(GARBAGE)
def test_garbage_is_an_event_or_nothing(value: object) -> None:
    read(value)


@given(shaped(GARBAGE))
def test_what_has_an_id_and_a_name_is_an_event_that_can_be_kept(value: dict[str, Any]) -> None:
    event = read(value)
    assert event is not None
    assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event
    event.start.sort_at()


@given(st.binary(max_size=200) | GARBAGE.map(lambda value: json.dumps(value).encode()))
def test_any_body_is_a_page_or_refused(body: bytes) -> None:
    try:
        page = parsing.parse_events(body)
    except parsing.WireError:
        return
    assert page.received >= len(page.events)


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "url": st.sampled_from([f"https://x.example/{letter}" for letter in "abcdef"]),
                "width": st.sampled_from([100, 205, None]),
                "ratio": st.sampled_from(["16_9", "3_2", None]),
                "fallback": st.booleans(),
            }
        )
    ),
    st.randoms(use_true_random=False),
)
def test_the_order_of_pictures_depends_on_the_pictures_alone(
    images: list[dict[str, Any]], order: random.Random
) -> None:
    shuffled = order.sample(images, len(images))
    first, second = (read({"id": "x", "name": "y", "images": some}) for some in (images, shuffled))
    assert first == second


@given(st.text())
def test_texts_hold_nothing_that_cannot_be_stored_or_shown(text: str) -> None:
    for clean in (to_line(text), to_note(text), to_url("https://x.example/" + text)):
        assert clean is None or ("\x00" not in clean and "\u202e" not in clean and clean == clean.strip())
        (clean or "").encode()
