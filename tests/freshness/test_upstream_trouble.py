"""A failing upstream: what is in hand serves, marked as old; nothing stored is lost; never a 500."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.support.pages import page_of, row
from tests.support.service import KEY, Service, running_service
from tests.support.upstream import Answer, Upstream, drip, hang_up, raw_body, reply, running_upstream

GOOD = page_of([row("A1"), row("A2", start="2030-05-02T18:00:00Z")])
HOUR = 3600

FAULT = {"fault": {"faultstring": "gateway", "detail": {"errorcode": "messaging.adaptors.http.flow.X"}}}
QUOTA = {
    "fault": {"faultstring": f"quota  Identifier : {KEY}", "detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}
}
BAD_KEY = {"fault": {"faultstring": "Invalid ApiKey", "detail": {"errorcode": "oauth.v2.InvalidApiKey"}}}

TROUBLES: dict[str, Answer] = {
    "500": reply(500, FAULT),
    "503 without a body": reply(503, b""),
    "502 in HTML": reply(502, b"<html>bad gateway</html>", headers={"Content-Type": "text/html"}),
    "200 in HTML": reply(200, b"<html>login</html>", headers={"Content-Type": "text/html"}),
    "200 with a fault": reply(200, FAULT),
    "quota spent": reply(429, QUOTA),
    "key refused": reply(401, BAD_KEY),
    "bad request": reply(400, {"errors": [{"code": "DIS1005", "detail": "no"}]}),
    "cut off": raw_body(b'{"page": {', headers={"Content-Length": "1000"}),
    "hung up": hang_up(),
    "redirect": reply(302, b"", headers={"Location": "http://127.0.0.1:5432/"}),
    "dripping": drip(),
}


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running_upstream() as running:
        running.answers = [reply(200, GOOD)]
        yield running


@pytest.fixture
async def service(database_url: str, upstream: Upstream) -> AsyncIterator[Service]:
    """The application with short waits, for upstreams that let one wait."""
    async with running_service(
        database_url=database_url,
        upstream_url=upstream.base_url,
        ticketmaster_timeout_seconds=2,
        fetch_wait_seconds=0.4,
    ) as running:
        yield running


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_nothing_in_hand_is_a_503_that_says_when_to_try_again(
    service: Service, upstream: Upstream, trouble: str
) -> None:
    upstream.answers = [TROUBLES[trouble]]
    response = await service.get("/events", city="Berlin")
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert int(response.headers["retry-after"]) >= 1
    assert KEY not in response.text
    assert upstream.targets, "the trouble was met"


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_an_old_copy_serves_and_says_so(service: Service, upstream: Upstream, trouble: str) -> None:
    before = await service.search(city="Berlin")
    service.wait(seconds=HOUR + 60)
    asked = len(upstream.targets)
    upstream.answers = [TROUBLES[trouble]]
    response = await service.get("/events", city="Berlin")
    body = response.json()
    assert response.status_code == 200, response.text
    assert body["meta"]["stale"] is True
    assert (body["events"], body["meta"]["fetchedAt"]) == (before["events"], before["meta"]["fetchedAt"])
    assert int(response.headers["age"]) >= HOUR
    assert response.headers["cache-control"].startswith("public, max-age=0,")
    assert response.headers["cache-status"] == "event-scheduler; fwd=stale; fwd-status=503"
    assert len(upstream.targets) > asked, "the trouble was met"


@pytest.mark.parametrize("trouble", ["500", "dripping"])
async def test_a_fresh_copy_serves_whatever_the_upstream_does(
    service: Service, upstream: Upstream, trouble: str
) -> None:
    await service.search(city="Berlin")
    upstream.answers = [TROUBLES[trouble]]
    asked = len(upstream.targets)
    body = await service.search(city="Berlin")
    assert body["meta"]["stale"] is False
    assert len(upstream.targets) == asked


async def test_a_copy_beyond_its_last_day_does_not_serve(service: Service, upstream: Upstream) -> None:
    await service.search(city="Berlin")
    service.wait(days=8)
    upstream.answers = [TROUBLES["500"]]
    assert (await service.get("/events", city="Berlin")).status_code == 503


async def test_it_heals_by_itself(service: Service, upstream: Upstream) -> None:
    upstream.answers = [TROUBLES["500"]]
    assert (await service.get("/events", city="Berlin")).status_code == 503
    upstream.answers = [reply(200, GOOD)]
    body = await service.search(city="Berlin")
    assert [event["id"] for event in body["events"]] == ["A1", "A2"]


async def test_the_answer_to_a_request_that_gave_up_is_kept(service: Service, upstream: Upstream) -> None:
    await service.search(city="Berlin")
    service.wait(seconds=HOUR + 60)
    slow = reply(200, page_of([row("NEW")]))

    async def late(writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(0.7)
        return await slow(writer)

    upstream.answers = [late]
    assert (await service.search(city="Berlin"))["meta"]["stale"] is True
    async with asyncio.timeout(5):
        while (body := await service.search(city="Berlin"))["meta"]["stale"]:
            await asyncio.sleep(0.05)
    assert [event["id"] for event in body["events"]] == ["NEW"]


async def test_a_client_that_hangs_up_leaves_the_fetch_running(service: Service, upstream: Upstream) -> None:
    released = asyncio.Event()
    honest = reply(200, GOOD)

    async def held(writer: asyncio.StreamWriter) -> bool:
        await released.wait()
        return await honest(writer)

    upstream.answers = [held]
    request = asyncio.create_task(service.get("/events", city="Berlin"))
    async with asyncio.timeout(5):
        while not upstream.targets:
            await asyncio.sleep(0.01)
    request.cancel()
    released.set()
    upstream.answers = [TROUBLES["500"]]
    assert len((await service.search(city="Berlin"))["events"]) == 2
    assert len(upstream.targets) == 1


async def test_a_page_that_fails_halfway_changes_nothing(service: Service, upstream: Upstream) -> None:
    """The second upstream page fails after a new reading began: the page before still serves from the old reading."""
    rows = [row(f"E{n:03}", start=f"2030-01-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(400)]
    pages = [reply(200, page_of(rows[:200], total=400)), reply(200, page_of(rows[200:], total=400, number=1))]
    upstream.answers = [*pages, TROUBLES["500"]]
    deep = await service.search(page=4, size=100)
    assert len(deep["events"]) == 100
    service.wait(seconds=HOUR + 60)
    upstream.answers = [pages[0], TROUBLES["500"]]
    assert (await service.search(page=1, size=100))["meta"]["stale"] is False
    again = await service.search(page=4, size=100)
    assert again["meta"]["stale"] is True
    assert [event["id"] for event in again["events"]] == [event["id"] for event in deep["events"]]


async def test_an_event_that_a_search_stops_returning_stays_readable(service: Service, upstream: Upstream) -> None:
    await service.search(city="Berlin")
    service.wait(seconds=HOUR + 60)
    upstream.answers = [reply(200, page_of([row("A1")])), reply(404, {"errors": [{"code": "DIS1004", "detail": "?"}]})]
    assert [event["id"] for event in (await service.search(city="Berlin"))["events"]] == ["A1"]
    gone = await service.get("/events/A2")
    assert (gone.status_code, gone.json()["name"]) == (200, "Event A2")


async def test_a_refresh_that_fails_serves_the_copy_in_hand(service: Service, upstream: Upstream) -> None:
    await service.search(city="Berlin")
    service.wait(seconds=120)
    upstream.answers = [TROUBLES["500"]]
    body = await service.search(city="Berlin", refresh="true")
    assert body["meta"]["stale"] is True
    assert [warning["code"] for warning in body["meta"]["warnings"]] == ["refresh_failed"]


async def test_one_bad_event_never_costs_the_page(service: Service, upstream: Upstream) -> None:
    rows: list[object] = [row(f"E{n}") for n in range(20)]
    rows[7] = {"name": "no id", "dates": 7}
    upstream.answers = [reply(200, page_of(rows))]
    body = await service.search()
    assert len(body["events"]) == 19


async def test_an_id_given_twice_is_one_event(service: Service, upstream: Upstream) -> None:
    upstream.answers = [reply(200, page_of([row("A"), row("B"), row("A")]))]
    body = await service.search()
    assert sorted(event["id"] for event in body["events"]) == ["A", "B"]


async def test_an_id_that_comes_again_on_the_next_page_is_one_event(service: Service, upstream: Upstream) -> None:
    rows = [row(f"E{n:03}", start=f"2030-01-01T{n // 60:02}:{n % 60:02}:00Z") for n in range(300)]
    upstream.answers = [
        reply(200, page_of(rows[:200], total=300)),
        reply(200, page_of([rows[199], *rows[200:299]], total=300, number=1)),
    ]
    seen = [event["id"] for page in (1, 2, 3) for event in (await service.search(page=page, size=100))["events"]]
    assert len(seen) == len(set(seen)) == 299
