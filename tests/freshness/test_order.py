"""The order of a search that is longer than one upstream page."""

import pytest

from tests.support.pages import page_of, row
from tests.support.service import running_service
from tests.support.upstream import reply, running_upstream

TIMED = [row(f"E{n:03}", start=f"2030-01-01T{n // 60 + 10:02}:{n % 60:02}:00Z") for n in range(299)]
ALL_DAY = row("ALL-DAY", day="2030-01-01")


@pytest.mark.parametrize(
    ("sort", "told", "expected"),
    [
        ("date,asc", [ALL_DAY, *TIMED], [*(f"E{n:03}" for n in range(299)), "ALL-DAY"]),
        ("date,desc", [*reversed(TIMED), ALL_DAY], ["ALL-DAY", *(f"E{n:03}" for n in reversed(range(299)))]),
    ],
)
async def test_an_event_without_a_time_keeps_its_place_across_upstream_pages(
    database_url: str, sort: str, told: list[object], expected: list[str]
) -> None:
    """The source tells it at the start of its day, on whichever page; we show it at the end of that day."""
    async with (
        running_upstream() as upstream,
        running_service(database_url=database_url, upstream_url=upstream.base_url) as service,
    ):
        upstream.answers = [
            reply(200, page_of(told[:200], total=300)),
            reply(200, page_of(told[200:], total=300, number=1)),
        ]
        seen = [
            event["id"]
            for page in range(1, 7)
            for event in (await service.search(page=page, size=50, sort=sort))["events"]
        ]
    assert seen == expected
