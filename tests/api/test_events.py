"""`GET /events` as a client sees it."""

import re
from itertools import pairwise
from typing import Any

import pytest

from tests.support.server import RunningSandbox
from tests.support.service import Service, running_service


def ids(body: dict[str, Any]) -> list[str]:
    return [event["id"] for event in body["events"]]


async def test_the_envelope_is_complete(service: Service) -> None:
    body = await service.search(city="Berlin", size=5)
    assert list(body) == ["page", "size", "total", "totalRelation", "totalPages", "events", "links", "meta"]
    assert (body["page"], body["size"], body["totalRelation"]) == (1, 5, "exact")
    assert body["totalPages"] == -(-body["total"] // 5)
    assert list(body["meta"]) == ["fetchedAt", "expiresAt", "stale", "source", "warnings"]


SHAPE = """
    id source name url status saleStatus kind start end doors initialStart venue attractions classification sales
    priceRange images info pleaseNote ageRestricted firstSeenAt changedAt fetchedAt
"""


async def test_an_event_has_its_whole_shape(service: Service) -> None:
    (event,) = (await service.search(size=1, kind="main"))["events"]
    assert list(event) == SHAPE.split()
    assert list(event["start"]) == ["precision", "localDate", "localTime", "timeZone", "utc"]


async def test_pages_hold_each_event_once_in_order(service: Service, sandbox: RunningSandbox) -> None:
    total = (await service.search(city="Berlin", size=100))["total"]
    seen = [
        event for page in range(1, 20) for event in (await service.search(city="Berlin", page=page, size=37))["events"]
    ]
    assert len({event["id"] for event in seen}) == len(seen) == total
    days = [event["start"]["localDate"] for event in seen]
    assert days == sorted(days)
    assert sandbox.count_calls() == -(-total // 200)


async def test_an_event_without_a_time_comes_at_the_end_of_its_day(service: Service) -> None:
    body = [
        event for page in range(1, 6) for event in (await service.search(city="Prague", page=page, size=100))["events"]
    ]
    assert {event["start"]["precision"] for event in body} <= {"time", "date"}
    for one, other in pairwise(body):
        if one["start"]["precision"] == "date":
            assert other["start"]["localDate"] > one["start"]["localDate"] or other["start"]["precision"] == "date"


async def test_events_without_a_date_come_last_and_only_when_asked_for(service: Service) -> None:
    without = await service.search(city="Chicago", size=100)
    total = without["total"]
    undated = await service.search(city="Chicago", includeTBA="only", size=100)
    assert undated["events"]
    assert {event["start"]["precision"] for event in undated["events"]} == {"none"}
    everything: list[str] = []
    page = 1
    while True:
        body = await service.search(city="Chicago", includeTBA="yes", size=100, page=page)
        everything += ids(body)
        if body["links"]["next"] is None:
            break
        page += 1
    assert len(everything) == len(set(everything)) == body["total"] == total + undated["total"]
    assert everything[total:] == ids(undated)
    assert body["totalRelation"] == "exact"


async def test_links_lead_through_all_pages(service: Service) -> None:
    response = await service.get("/events", city="Dublin", size=50, refresh="false")
    body = response.json()
    links = body["links"]
    assert links["prev"] is None
    assert links["first"] == links["self"] == "http://events.test/events?page=1&size=50&city=dublin"
    assert links["last"] == f"http://events.test/events?page={body['totalPages']}&size=50&city=dublin"
    assert f'<{links["next"]}>; rel="next"' in response.headers["link"]
    following = await service.client.get(links["next"])
    assert following.json()["links"]["prev"] == links["self"]
    last = (await service.client.get(links["last"])).json()
    assert last["events"]
    assert last["links"]["next"] is None


async def test_a_page_beyond_the_end_is_empty(service: Service) -> None:
    body = await service.search(city="Dublin", page=5000)
    assert body["events"] == []
    assert body["links"]["next"] is None


async def test_a_page_too_deep_names_the_date_to_go_on_from(service: Service) -> None:
    response = await service.get("/events", page=60)
    assert response.status_code == 422
    problem = response.json()
    assert problem["code"] == "too_deep"
    match = re.search(r"startDateTime=(\S+)", problem["detail"])
    assert match is not None
    reachable = {id_ for page in range(41, 51) for id_ in ids(await service.search(page=page))}
    going_on = await service.search(startDateTime=match[1])
    assert going_on["events"][0]["id"] in reachable, "nothing is left out"
    assert set(ids(going_on)) - reachable, "and there is more"


async def test_the_last_reachable_page_has_no_next(service: Service) -> None:
    body = await service.search(page=50)
    assert len(body["events"]) == 20
    assert body["totalRelation"] == "atLeast"
    assert body["links"]["next"] is None
    assert body["links"]["last"] == body["links"]["self"]


async def test_kind_filters_without_another_upstream_call(service: Service, sandbox: RunningSandbox) -> None:
    everything = await service.search(city="Austin", size=100)
    calls = sandbox.count_calls()
    main = await service.search(city="Austin", size=20, kind="main")
    assert {event["kind"] for event in main["events"]} == {"main"}
    assert [id_ for id_ in ids(everything) if id_ in set(ids(main))] == ids(main)
    assert sandbox.count_calls() == calls


async def test_a_rare_kind_is_read_to_the_end(service: Service) -> None:
    body = await service.search(city="Austin", kind="package", size=100)
    assert body["totalRelation"] == "exact"
    assert len(body["events"]) == body["total"] > 0


async def test_a_window_is_half_open(service: Service) -> None:
    event = next(e for e in (await service.search(city="Berlin"))["events"] if e["start"]["utc"])
    at = event["start"]["utc"]
    from_it = await service.search(city="Berlin", startDateTime=at)
    until_it = await service.search(city="Berlin", startDateTime="2026-01-01T00:00:00Z", endDateTime=at, size=100)
    assert event["id"] in ids(from_it)
    assert event["id"] not in ids(until_it)


async def test_a_day_is_a_day_at_the_venue(service: Service) -> None:
    some = (await service.search(city="Auckland"))["events"][5]
    day = some["start"]["localDate"]
    body = await service.search(city="Auckland", startDateTime=day, endDateTime=day, size=100)
    assert some["id"] in ids(body)
    assert {event["start"]["localDate"] for event in body["events"]} == {day}


@pytest.mark.parametrize("zone", ["+01:00", " 01:00", "%2B01:00"])
async def test_an_offset_may_come_as_it_comes(service: Service, zone: str) -> None:
    response = await service.client.get(f"/events?startDateTime=2026-12-05T20:00:00.25{zone}&size=1")
    assert response.status_code == 200
    assert "startDateTime=2026-12-05T19%3A00%3A00.250000Z" in response.json()["links"]["self"]


async def test_an_unknown_parameter_is_named_and_no_part_of_the_search(
    service: Service, sandbox: RunningSandbox
) -> None:
    await service.search(city="Berlin")
    body = await service.search(city="Berlin", citty="Bonn")
    (warning,) = body["meta"]["warnings"]
    assert (warning["code"], warning["parameter"]) == ("unknown_parameter", "citty")
    assert "did you mean city?" in warning["detail"]
    assert sandbox.count_calls() == 1


async def test_strict_handling_refuses_an_unknown_parameter(service: Service, sandbox: RunningSandbox) -> None:
    strict = {"Prefer": "handling=strict"}
    refused = await service.get("/events", headers=strict, citty="Bonn")
    assert (refused.status_code, refused.json()["code"]) == (400, "unknown_parameter")
    assert refused.json()["errors"][0]["parameter"] == "citty"
    assert sandbox.count_calls() == 0
    honest = await service.get("/events", headers=strict, city="Bonn")
    assert honest.status_code == 200
    assert honest.headers["preference-applied"] == "handling=strict"
    assert "Prefer" in honest.headers["vary"]


BAD = [
    *(
        ("page", value)
        for value in ("0", "-1", "1e3", "1.5", "\uff10\uff11", "NaN", "Infinity", "100001", "9" * 30, "", " 1")
    ),
    *(("size", value) for value in ("0", "101", "2147483648", "-5", "ten")),
    *(("startDateTime", value) for value in ("yesterday", "2026-02-30", "2026-12-05T20:00:00", "2026-12-05T24:00:00Z")),
    *(
        ("endDateTime", value)
        for value in ("0001-01-01T00:00:00+14:00", "2026-13-01", "2026-12-05T20:00:60Z", "12/05/2026")
    ),
    ("endDateTime", "0001-01-01T00:00:00Z"),
    ("startDateTime", "9999-12-31T23:59:59.5Z"),
    ("endDateTime", "9999-12-31"),
    ("keyword", "x" * 201),
    ("keyword", "nul\0byte"),
    ("city", "\x1b[2J"),
    ("refresh", "maybe"),
    ("countryCode", "DEU"),
    ("stateCode", "a-b"),
    ("segmentId", "../venues/1"),
    ("venueId", "a b"),
    ("latlong", "91,0"),
    ("latlong", "north"),
    ("radius", "5"),
    ("unit", "km"),
    ("locale", "*,de"),
    ("includeTBA", "perhaps"),
    ("kind", "main,secret"),
    ("sort", "date"),
    ("sort", "distance,asc"),
    ("sort", "id; DROP TABLE events"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
async def test_bad_input_is_a_problem_that_names_the_parameter(
    service: Service, sandbox: RunningSandbox, name: str, value: str
) -> None:
    response = await service.client.get("/events", params={name: value})
    assert response.status_code == 422, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "requestId", "errors"} == set(problem)
    assert [error["parameter"] for error in problem["errors"]] == [name]
    assert "Traceback" not in response.text
    assert sandbox.count_calls() == 0


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-12-06T00:00:00Z", "2026-12-05T00:00:00Z"),
        ("2026-12-06T00:00:00Z", "2026-12-06T00:00:00Z"),
        ("2026-12-06T00:00:00.2Z", "2026-12-06T00:00:00.8Z"),
        ("2026-12-06", "2026-12-05"),
        ("2026-12-09", "2026-12-05T00:00:00Z"),
    ],
)
async def test_an_inverted_window_is_refused(service: Service, start: str, end: str) -> None:
    response = await service.get("/events", startDateTime=start, endDateTime=end)
    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (422, "endDateTime")


async def test_a_parameter_given_twice_is_refused(service: Service) -> None:
    response = await service.client.get("/events?city=Berlin&city=Bonn")
    assert response.status_code == 422
    assert response.json()["errors"] == [{"detail": "city is given more than once; give it once", "parameter": "city"}]


async def test_several_faults_are_told_at_once(service: Service) -> None:
    response = await service.get("/events", page=0, size=0, sort="up")
    assert {error["parameter"] for error in response.json()["errors"]} == {"page", "size", "sort"}


@pytest.mark.parametrize(
    "text", ["ünïcödé", "日本", "𝄞 clef", "a\u0301bc", "\u200frtl", "100%", "_under_", "(a+)+$", "' OR 1=1 --"]
)
async def test_any_text_may_be_searched_for(service: Service, text: str) -> None:
    body = await service.search(keyword=text)
    assert isinstance(body["events"], list)


async def test_nothing_found_is_an_answer_and_kept_for_five_minutes(service: Service, sandbox: RunningSandbox) -> None:
    response = await service.get("/events", keyword="qqqqzzzz")
    body = response.json()
    assert (body["events"], body["total"], body["totalPages"], body["totalRelation"]) == ([], 0, 0, "exact")
    assert response.headers["cache-control"].startswith("public, max-age=300,")
    service.wait(minutes=4)
    await service.search(keyword="QQQQZZZZ")
    assert sandbox.count_calls() == 1
    service.wait(minutes=2)
    await service.search(keyword="qqqqzzzz")
    assert sandbox.count_calls() == 2


async def test_near_a_point_means_within_its_radius(service: Service) -> None:
    body = await service.search(latlong="52.52,13.405", radius=30, unit="km", sort="distance,asc", size=50)
    assert body["events"]
    assert {e["venue"]["city"] for e in body["events"] if e["venue"] and e["venue"]["city"]} <= {"Berlin", "Potsdam"}


async def test_a_default_country_narrows_searches_that_name_no_place(
    database_url: str, sandbox: RunningSandbox
) -> None:
    async with running_service(
        database_url=database_url, upstream_url=sandbox.base_url, default_country_code="DE"
    ) as service:
        countries = {e["venue"]["countryCode"] for e in (await service.search(kind="main", size=50))["events"]}
        assert countries == {"DE"}
        assert (await service.search(city="Prague", size=5))["events"]


async def test_more_parameters_than_anybody_needs_are_refused_at_once(service: Service) -> None:
    response = await service.client.get("/events?" + "&".join(f"p{n}=" for n in range(2000)))
    assert (response.status_code, response.json()["code"]) == (422, "invalid_parameter")


async def test_no_kind_is_every_kind(service: Service) -> None:
    assert (await service.search(city="Berlin", kind=",")) == (await service.search(city="Berlin"))


async def test_letters_that_only_look_alike_are_another_search(service: Service, sandbox: RunningSandbox) -> None:
    await service.search(city="Gie\u00dfen")
    await service.search(city="Giessen")
    assert sandbox.count_calls() == 2
