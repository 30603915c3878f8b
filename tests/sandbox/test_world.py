import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from starlette.testclient import TestClient

from event_scheduler.sandbox.world import World
from tests.sandbox.conftest import DAY

Event = dict[str, Any]

_DIGEST = """
import hashlib, sys
from datetime import date
import msgspec
from event_scheduler.sandbox.world import World
world = World(seed=int(sys.argv[1]), today=date(2026, 11, 22), event_count=3000, root="http://localhost:8000/sandbox")
digest = hashlib.sha256()
for position in range(len(world.shelf.events)):
    digest.update(msgspec.json.encode(world.write_event(position)))
print(digest.hexdigest())
"""


def _digest(seed: int, hash_seed: int) -> str:
    return subprocess.run(
        [sys.executable, "-c", _DIGEST, str(seed)],
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": ":".join(sys.path)},
    ).stdout


def test_same_seed_and_day_give_the_same_bytes_in_every_process() -> None:
    first, again, other = _digest(1, 1), _digest(1, 2), _digest(2, 1)
    assert first == again
    assert first != other


def test_tomorrow_keeps_the_ids_of_today_and_adds_some() -> None:
    today, tomorrow = (
        {
            event.id
            for event in World(seed=1, today=day, event_count=3000, root="").shelf.events
            if event.start_s is not None
        }
        for day in (DAY, DAY + timedelta(days=1))
    )
    assert len(today & tomorrow) > 0.98 * len(today)
    assert tomorrow - today


def test_there_are_about_twenty_thousand_events() -> None:
    world = World(seed=3, today=DAY, event_count=20_000, root="")
    assert len(world.shelf.events) == pytest.approx(20_000, rel=0.04)


def test_cities_countries_and_time_zones_are_many(many_events: list[Event]) -> None:
    venues = [venue for event in many_events for venue in event.get("_embedded", {}).get("venues", [])]
    assert len({venue["city"]["name"].strip() for venue in venues if "city" in venue}) >= 60
    assert len({venue["country"]["countryCode"] for venue in venues if "country" in venue}) >= 13
    assert len({venue.get("timezone") for venue in venues}) >= 20
    assert len({venue["id"] for venue in venues}) >= 300


def test_weekends_and_evenings_are_busiest(many_events: list[Event]) -> None:
    starts = [event["dates"]["start"] for event in many_events]
    days = Counter(date.fromisoformat(start["localDate"]).weekday() for start in starts if "localDate" in start)
    hours = Counter(start["localTime"][:2] for start in starts if "localTime" in start)
    assert min(days[4], days[5]) > 2 * max(days[0], days[1])
    assert hours["19"] + hours["20"] > sum(hours.values()) / 2


def test_utc_is_right_in_summer_and_winter(many_events: list[Event]) -> None:
    offsets = set()
    for event in many_events:
        start, zone = event["dates"]["start"], event["dates"].get("timezone")
        if "dateTime" not in start or not zone:
            continue
        local = datetime.fromisoformat(f"{start['localDate']}T{start['localTime']}").replace(tzinfo=ZoneInfo(zone))
        assert local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") == start["dateTime"]
        offsets.add((zone, local.utcoffset()))
    assert len([zone for zone, _ in offsets if zone == "Europe/Berlin"]) == 2
    assert ("Asia/Kathmandu", timedelta(hours=5, minutes=45)) in offsets


def test_events_weigh_as_much_as_real_ones(client: TestClient) -> None:
    answer = client.get("discovery/v2/events.json", params={"apikey": "key", "size": 200})
    assert 6_000 < len(answer.content) / 200 < 13_000


def _venue(event: Event) -> Event:
    return next(iter(event.get("_embedded", {}).get("venues", [])), {})


def _start(event: Event) -> Event:
    start: Event = event["dates"]["start"]
    return start


def _status(event: Event) -> str | None:
    code: str | None = event["dates"]["status"].get("code")
    return code


def _has_real_end(event: Event) -> bool:
    end = event["dates"].get("end", {})
    return (
        "dateTime" in end
        and end["localTime"] == _start(event)["localTime"]
        and end["dateTime"] > _start(event)["dateTime"]
    )


_ODDITIES: dict[str, Callable[[Event], object]] = {
    "day without a time": lambda e: _start(e)["timeTBA"] and {"localTime", "dateTime"}.isdisjoint(_start(e)),
    "festival of days": lambda e: _start(e)["noSpecificTime"] and e["dates"]["end"]["noSpecificTime"],
    "several days that span none": lambda e: (
        e["dates"].get("end", {}).get("noSpecificTime")
        and e["dates"]["end"]["localDate"] > _start(e)["localDate"]
        and not e["dates"]["spanMultipleDays"]
    ),
    "spans days": lambda e: e["dates"]["spanMultipleDays"],
    "postponed without a date": lambda e: (
        _status(e) == "postponed"
        and _start(e)["dateTBA"]
        and "localDate" not in _start(e)
        and "initialStartDate" in e["dates"]
    ),
    "date to be decided": lambda e: _start(e)["dateTBD"] and "localDate" not in _start(e),
    "rescheduled": lambda e: _status(e) == "rescheduled" and e["dates"].get("initialStartDate", {}).get("dateTime"),
    "rescheduled, old date unknown": lambda e: _status(e) == "rescheduled" and "initialStartDate" not in e["dates"],
    "cancelled": lambda e: _status(e) == "cancelled",
    "canceled": lambda e: _status(e) == "canceled",
    "offsale": lambda e: _status(e) == "offsale",
    "no status": lambda e: e["dates"]["status"] == {},
    "resale without a zone": lambda e: e["id"].startswith("Z7r9") and "timezone" not in e["dates"] and "outlets" in e,
    "resale over http": lambda e: e["id"].startswith("Z7r9") and e["url"].startswith("http://"),
    "other row without a zone": lambda e: not e["id"].startswith("Z7r9") and "timezone" not in e["dates"],
    "place": lambda e: e["id"].startswith("Lv") and "city" in e.get("place", {}) and "_embedded" not in e,
    "bare place": lambda e: list(e.get("place", {})) == ["name"],
    "wrong local end": lambda e: e["id"].startswith("Lv") and _has_real_end(e),
    "nothing embedded": lambda e: "_embedded" not in e and "place" not in e,
    "no venues": lambda e: e.get("_embedded", {}).get("venues") == [],
    "no attractions": lambda e: e.get("_embedded", {}).get("attractions") == [],
    "venue without name": lambda e: _venue(e) and "name" not in _venue(e),
    "venue without country": lambda e: _venue(e) and "country" not in _venue(e),
    "venue without city": lambda e: _venue(e) and "city" not in _venue(e),
    "venue without zone": lambda e: _venue(e) and "timezone" not in _venue(e),
    "venue without location": lambda e: _venue(e) and "location" not in _venue(e),
    "country of three letters": lambda e: _venue(e).get("country", {}).get("countryCode") == "CAN",
    "spaces around a city": lambda e: _venue(e).get("city", {}).get("name", "").startswith(" "),
    "spaces around a venue": lambda e: _venue(e).get("name", "").endswith(" "),
    "many digits": lambda e: len(_venue(e).get("location", {}).get("latitude", "")) > 15,
    "wrong sign": lambda e: (
        _venue(e).get("country", {}).get("countryCode") == "US"
        and float(_venue(e).get("location", {}).get("longitude", "-1")) > 0
    ),
    "zero zero": lambda e: _venue(e).get("location") == {"longitude": "0", "latitude": "0"},
    "state without code": lambda e: _venue(e).get("state") and "stateCode" not in _venue(e)["state"],
    "no state": lambda e: _venue(e).get("country", {}).get("countryCode") == "DE" and "state" not in _venue(e),
    "sale since 1900 at six": lambda e: (
        e.get("sales", {}).get("public", {}).get("startDateTime") == "1900-01-01T06:00:00Z"
    ),
    "sale since 1900 at eighteen": lambda e: (
        e.get("sales", {}).get("public", {}).get("startDateTime") == "1900-01-01T18:00:00Z"
    ),
    "start of sale to be decided": lambda e: e.get("sales", {}).get("public", {}).get("startTBD"),
    "presales of one name": lambda e: (
        len({sale["name"] for sale in e.get("sales", {}).get("presales", [])})
        < len(e.get("sales", {}).get("presales", []))
    ),
    "a price": lambda e: "priceRanges" in e,
    "two prices from zero": lambda e: len(e.get("priceRanges", [])) == 2 and e["priceRanges"][0]["min"] == 0,
    "unclassified": lambda e: "classifications" not in e and "url" in e,
    "undefined": lambda e: e.get("classifications", [{}])[0].get("segment", {}).get("name") == "Undefined",
    "secondary first": lambda e: [c["primary"] for c in e.get("classifications", [])] == [False, True],
    "source image": lambda e: any("ratio" not in image for image in e["images"]),
    "square image": lambda e: any(image.get("ratio") == "1_1" for image in e["images"]),
    "generic art": lambda e: all(image["fallback"] for image in e["images"]),
    "parking": lambda e: e["name"].startswith("PARKING:"),
    "VIP": lambda e: "| VIP" in e["name"],
    "megaticket": lambda e: "Megaticket" in e["name"],
    "hospitality": lambda e: "Hospitality" in e["name"],
    "private row": lambda e: (
        e["id"].startswith("Za5")
        and len(e["id"]) in {33, 34}
        and {"url", "sales", "classifications"}.isdisjoint(e)
        and _status(e) == "offsale"
        and "end" in e["dates"]
    ),
    "test": lambda e: e["test"] and e["name"].startswith("TEST"),
    "id ending in _": lambda e: e["id"].endswith("_"),
    "id ending in -": lambda e: e["id"].endswith("-"),
    "Czech": lambda e: any(letter in e["name"] for letter in "řěůŽ"),
    "Finnish": lambda e: "ää" in e["name"] or "yö" in e["name"],
    "French": lambda e: "Éch" in e["name"] or "Ét" in e["name"],
    "markup": lambda e: "<p>" in e.get("pleaseNote", ""),
    "long texts": lambda e: len(e.get("description", "")) > 3_000,
    "host code": lambda e: "code" in e,
    "name origin": lambda e: e.get("nameOrigin") == "custom",
    "access": lambda e: "access" in e["dates"] and "place" not in e,
    "doors": lambda e: e.get("doorsTimes", {}).get("dateTime", "9") < _start(e).get("dateTime", ""),
    "age rule": lambda e: e.get("ageRestrictions", {}).get("legalAgeEnforced"),
    "family": lambda e: e.get("classifications", [{}])[0].get("family"),
    "old address": lambda e: "://" not in e.get("url", "://"),
    "no address": lambda e: "url" not in e and not e["id"].startswith("Za5"),
    "many attractions": lambda e: len(e.get("_embedded", {}).get("attractions", [])) >= 6,
}


@pytest.mark.parametrize("name", _ODDITIES)
def test_oddity_occurs_and_is_rare(name: str, many_events: list[Event]) -> None:
    odd = sum(bool(_ODDITIES[name](event)) for event in many_events)
    assert 0 < odd < len(many_events) / 2


def test_some_ids_differ_by_case_alone(many_events: list[Event]) -> None:
    ids = Counter(event["id"].lower() for event in many_events)
    assert max(ids.values()) == 2


def test_products_are_events_too(many_events: list[Event]) -> None:
    ids = {event["id"] for event in many_events}
    products = [product for event in many_events for product in event.get("products", [])]
    assert {"Parking", "VIP", "Upsell"} <= {product["type"] for product in products}
    assert all(product["id"] in ids for product in products)


def test_prices_have_almost_vanished(many_events: list[Event]) -> None:
    assert sum("priceRanges" in event for event in many_events) < len(many_events) * 0.01


def test_no_address_is_a_script(many_events: list[Event]) -> None:
    addresses = [event["url"] for event in many_events if "url" in event]
    assert all(address.startswith(("http://", "https://", "localhost/")) for address in addresses)
