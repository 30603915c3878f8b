"""`refresh=true`, expiry, and what answers say about their age."""

from tests.support.server import RunningSandbox
from tests.support.service import Service


async def test_after_an_hour_the_source_is_asked_again(service: Service, sandbox: RunningSandbox) -> None:
    first = await service.get("/events", city="Berlin")
    service.wait(minutes=59)
    hit = await service.get("/events", city="Berlin")
    service.wait(minutes=2)
    second = await service.get("/events", city="Berlin")
    assert sandbox.count_calls() == 2
    statuses = [response.headers["cache-status"] for response in (first, second)]
    assert statuses == ["event-scheduler; fwd=miss; stored", "event-scheduler; fwd=stale; stored"]
    assert hit.headers["cache-status"].startswith("event-scheduler; hit; ttl=")
    assert 3500 <= int(hit.headers["age"]) <= 3600
    assert hit.headers["cache-control"] == "public, max-age=3600, stale-if-error=604800"


async def test_refresh_asks_again_at_most_once_a_minute(service: Service, sandbox: RunningSandbox) -> None:
    await service.search(city="Berlin")
    service.wait(seconds=61)
    refreshed = await service.get("/events", city="Berlin", refresh="true")
    assert sandbox.count_calls() == 2
    assert refreshed.headers["cache-control"] == "no-store"
    again = await service.search(city="Berlin", refresh="true")
    assert sandbox.count_calls() == 2
    assert [warning["code"] for warning in again["meta"]["warnings"]] == ["refresh_too_soon"]
    assert again["meta"]["stale"] is False


async def test_refresh_is_no_part_of_the_links(service: Service) -> None:
    body = await service.search(city="Berlin", refresh="true")
    assert "refresh" not in str(body["links"])


async def test_an_answer_that_the_asker_has_is_a_304(service: Service) -> None:
    first = await service.get("/events", city="Berlin")
    service.wait(minutes=10)
    second = await service.get("/events", city="Berlin", headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
    assert (second.status_code, second.content) == (304, b"")
    assert int(second.headers["age"]) >= 600
    other = await service.get("/events", city="Berlin", headers={"If-None-Match": '"other"'})
    assert other.status_code == 200


async def test_a_clock_set_back_makes_nothing_immortal(service: Service, sandbox: RunningSandbox) -> None:
    service.wait(days=1)
    await service.search(city="Berlin")
    ahead = (await service.search(city="Berlin"))["events"][0]["fetchedAt"]
    service.wait(days=-1)
    assert (await service.search(city="Berlin"))["events"][0]["fetchedAt"] < ahead
    assert sandbox.count_calls() == 2
