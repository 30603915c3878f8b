"""Totals and links that are true while a search is read piece by piece."""

from collections.abc import AsyncIterator

import pytest

from tests.support.pages import page_of, row
from tests.support.service import Service, running_service
from tests.support.upstream import Upstream, reply, running_upstream

UNDATED = [row("T1", start=None), row("T2", start=None)]


def dated(count: int, *, first: int = 0) -> list[object]:
    """Fifty events a day, from the first of January 2030."""
    starts = {n: f"2030-01-{n // 50 + 1:02}T{n % 50 // 5:02}:{n % 5:02}:00Z" for n in range(first, count)}
    return [row(f"E{n:04}", start=start) for n, start in starts.items()]


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with running_upstream() as running:
        yield running


@pytest.fixture
async def service(database_url: str, upstream: Upstream) -> AsyncIterator[Service]:
    async with running_service(database_url=database_url, upstream_url=upstream.base_url) as running:
        yield running


async def test_undated_events_are_reached_by_links_when_a_page_ends_with_the_dated_ones(
    service: Service, upstream: Upstream
) -> None:
    upstream.answers = [reply(200, page_of(dated(20))), reply(200, page_of(UNDATED))]
    first = await service.search(size=20, includeTBA="yes")
    assert (first["total"], first["totalRelation"]) == (22, "exact")
    second = (await service.client.get(first["links"]["next"])).json()
    assert [event["id"] for event in second["events"]] == ["T1", "T2"]
    assert second["links"]["next"] is None


async def test_a_total_that_nobody_can_reach_is_not_exact_with_undated_events_behind_it(
    service: Service, upstream: Upstream
) -> None:
    pages = [reply(200, page_of(dated(n + 200, first=n), total=5000, number=n // 200)) for n in range(0, 1000, 200)]
    upstream.answers = [*pages, reply(200, page_of(UNDATED))]
    body = await service.search(size=100, page=11, includeTBA="yes")
    assert [event["id"] for event in body["events"]] == ["T1", "T2"]
    assert (body["total"], body["totalRelation"]) == (5000, "atLeast")
    deep = await service.get("/events", size=100, page=20, includeTBA="yes")
    assert (deep.status_code, deep.json()["code"]) == (422, "too_deep")
    assert "startDateTime=2030-01-" in deep.json()["detail"]


async def test_a_day_as_a_bound_has_no_exact_total_before_all_is_read(service: Service, upstream: Upstream) -> None:
    upstream.answers = [
        reply(200, page_of(dated(200), total=210)),
        reply(200, page_of(dated(210, first=200), total=210, number=1)),
    ]
    query = {"startDateTime": "2029-12-31", "endDateTime": "2030-01-05", "size": 100}
    first = await service.search(**query)
    assert first["totalRelation"] == "atLeast"
    last = await service.search(**query, page=2)
    assert (await service.search(**query, page=3))["events"] == []
    assert last["totalRelation"] in {"exact", "atLeast"}
    whole = await service.search(**query)
    assert (whole["total"], whole["totalRelation"]) == (200, "exact")


async def test_a_page_beyond_the_end_stays_empty_however_much_was_read(service: Service, upstream: Upstream) -> None:
    pages = [reply(200, page_of(dated(n + 200, first=n), total=1500, number=n // 200)) for n in range(0, 1000, 200)]
    upstream.answers = pages
    assert (await service.search(size=100, page=20))["events"] == []
    assert len((await service.search(size=100, page=10))["events"]) == 100
    assert (await service.search(size=100, page=20))["events"] == []
    assert (await service.get("/events", size=100, page=12)).status_code == 422


async def test_a_source_that_tells_no_total_is_read_as_far_as_it_goes(service: Service, upstream: Upstream) -> None:
    first, second = page_of(dated(200), total=300), page_of(dated(300, first=200), total=300, number=1)
    del first["page"]["totalElements"]
    upstream.answers = [reply(200, first), reply(200, second)]
    body = await service.search(size=100)
    assert body["totalRelation"] == "atLeast"
    assert len((await service.search(size=100, page=3))["events"]) == 100
