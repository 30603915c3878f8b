"""`GET /events/{id}`."""

import asyncio

import pytest

from tests.support.server import RunningSandbox
from tests.support.service import Service


async def test_an_event_that_a_search_found_costs_nothing(service: Service, sandbox: RunningSandbox) -> None:
    listed = (await service.search(city="Berlin"))["events"][3]
    response = await service.get(f"/events/{listed['id']}")
    assert response.json() == listed
    assert response.headers["cache-status"].startswith("event-scheduler; hit")
    assert sandbox.count_calls() == 1


async def test_an_event_not_yet_known_is_fetched_by_its_id_once(service: Service, sandbox: RunningSandbox) -> None:
    upstream_id = sandbox.get("events.json", "size=1&city=Madrid")["_embedded"]["events"][0]["id"]
    sandbox.reset()
    first = await service.get(f"/events/{upstream_id}")
    second = await service.get(f"/events/{upstream_id}/")
    assert (first.status_code, first.json()["id"]) == (200, upstream_id)
    assert second.json() == first.json()
    assert sandbox.count_calls() == 1


async def test_a_crowd_that_asks_for_one_event_makes_one_call(service: Service, sandbox: RunningSandbox) -> None:
    upstream_id = sandbox.get("events.json", "size=1&city=Madrid")["_embedded"]["events"][0]["id"]
    sandbox.reset()
    responses = await asyncio.gather(*(service.get(f"/events/{upstream_id}") for _ in range(200)))
    assert {response.status_code for response in responses} == {200}
    assert sandbox.count_calls() == 1


async def test_an_old_event_is_fetched_again(service: Service, sandbox: RunningSandbox) -> None:
    listed = (await service.search(city="Berlin"))["events"][0]
    service.wait(minutes=61)
    again = (await service.get(f"/events/{listed['id']}")).json()
    assert again["fetchedAt"] > listed["fetchedAt"]
    assert again["firstSeenAt"] == listed["firstSeenAt"]
    assert sandbox.count_calls() == 2


async def test_an_unknown_id_is_a_404_and_kept_for_five_minutes(service: Service, sandbox: RunningSandbox) -> None:
    for _ in range(3):
        response = await service.get("/events/NoSuchEvent")
        assert (response.status_code, response.json()["code"]) == (404, "event_not_found")
    assert sandbox.count_calls() == 1
    service.wait(minutes=6)
    await service.get("/events/NoSuchEvent")
    assert sandbox.count_calls() == 2


@pytest.mark.parametrize("path", ["..%2Fvenues%2F1", "%2e%2e", "a%00b", "a%20b", "x" * 150, "%F0%9D%84%9E", "a;b", "*"])
async def test_what_cannot_be_an_id_is_never_sent_upstream(
    service: Service, sandbox: RunningSandbox, path: str
) -> None:
    response = await service.client.get(f"/events/{path}")
    assert response.status_code in {404, 422}
    assert response.headers["content-type"] == "application/problem+json"
    assert sandbox.count_calls() == 0


async def test_ids_are_case_sensitive(service: Service) -> None:
    listed = (await service.search(city="Berlin"))["events"][0]
    assert (await service.get(f"/events/{listed['id'].swapcase()}")).status_code == 404
