"""One question, one upstream call: the main job, over real HTTP into a real database."""

import asyncio

import pytest

from tests.support.server import RunningSandbox
from tests.support.service import Service

SPELLINGS = [
    {"city": "Berlin", "keyword": "jazz night"},
    {"keyword": "jazz night", "city": "Berlin"},
    {"keyword": "  JAZZ   Night ", "city": "berlin"},
    {"city": "BERLIN", "keyword": "Jazz night", "size": "7", "page": "2"},
    {"city": "Berlin", "keyword": "jazz night", "sort": "date,asc", "includeTBA": "no"},
    {"city": "Berlin", "keyword": "jazz night", "utm_source": "newsletter", "countryCode": ""},
    {"city": "Berlin", "keyword": "jazz night", "kind": "main,resale,upsell,package,private"},
]


async def test_ten_events_travel_from_the_upstream_into_the_answer(service: Service) -> None:
    body = await service.search(page=1, size=10)
    assert len(body["events"]) == 10
    assert body["meta"]["stale"] is False


async def test_the_same_question_again_costs_nothing(service: Service, sandbox: RunningSandbox) -> None:
    for spelling in SPELLINGS:
        await service.search(**spelling)
    assert sandbox.count_calls() == 1


async def test_a_trailing_slash_is_the_same_address(service: Service, sandbox: RunningSandbox) -> None:
    first = await service.get("/events", size=3)
    second = await service.get("/events/", size=3)
    assert (second.status_code, second.json()) == (200, first.json())
    assert sandbox.count_calls() == 1


@pytest.mark.parametrize(
    "other",
    [
        {"city": "Hamburg"},
        {"city": "Berlin", "keyword": "jazz"},
        {"city": "Berlin", "locale": "de"},
        {"city": "Berlin", "sort": "date,desc"},
        {"city": "Berlin", "includeTBA": "only"},
        {"city": "Berlin", "endDateTime": "2030-01-01"},
    ],
)
async def test_different_questions_have_different_answers(
    service: Service, sandbox: RunningSandbox, other: dict[str, str]
) -> None:
    first = await service.search(city="Berlin")
    second = await service.search(**other)
    assert [event["id"] for event in first["events"]] != [event["id"] for event in second["events"]] or (
        first["total"] != second["total"] or "locale" in other or "endDateTime" in other
    )
    assert sandbox.count_calls() == 2


async def test_two_hundred_cold_requests_make_one_call(service: Service, sandbox: RunningSandbox) -> None:
    responses = await asyncio.gather(*(service.get("/events", city="Prague") for _ in range(200)))
    assert {response.status_code for response in responses} == {200}
    assert len({response.content for response in responses}) == 1
    assert sandbox.count_calls() == 1
    outcomes = [response.headers["cache-status"] for response in responses]
    assert outcomes.count("event-scheduler; fwd=miss; stored") == 1
