"""The whole way from a question to events, against a real server on loopback."""

import asyncio
import logging
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from urllib.parse import parse_qs, quote, quote_plus, urlsplit

import httpx2
import pytest
from structlog.testing import capture_logs

from event_scheduler.clock import Clock
from event_scheduler.sources.errors import (
    SourceAnswerError,
    SourceDepthError,
    SourceError,
    SourceKeyError,
    SourceNotFoundError,
    SourceQuotaError,
    SourceRejectedError,
    SourceUnavailableError,
)
from event_scheduler.sources.guard import SourceGuard
from event_scheduler.sources.models import DistanceUnit, GeoCircle, SourceQuery
from event_scheduler.sources.ticketmaster.client import TicketmasterClient
from event_scheduler.sources.ticketmaster.query import to_geohash, to_params
from event_scheduler.sources.ticketmaster.source import TicketmasterSource
from tests.sources.conftest import KEY
from tests.support.upstream import Answer, Upstream, drip, hang_up, raw_body, reply

SPELLINGS = (KEY, quote(KEY, safe=""), quote_plus(KEY), KEY.replace(" ", "+"), "KEY+4711", "KEY%2B4711")


def page_of(*events: object, total: int | None = None, pages: int = 1) -> dict[str, object]:
    count = len(events) if total is None else total
    return {
        "_embedded": {"events": list(events)},
        "_links": {"next": {"href": "http://127.0.0.1:1/steal?apikey={key}"}},
        "page": {"size": 200, "totalElements": count, "totalPages": pages, "number": 0},
    }


def event(event_id: str, **more: object) -> dict[str, object]:
    return {"id": event_id, "name": f"Show {event_id}", "test": False, **more}


def fault(code: str, text: str = "…") -> dict[str, object]:
    return {"fault": {"faultstring": text, "detail": {"errorcode": code}}}


def errors(code: str, text: str = "…") -> dict[str, object]:
    return {"errors": [{"code": code, "detail": text, "status": "400 BAD_REQUEST"}]}


QUOTA = fault("policies.ratelimit.QuotaViolation", f"Rate limit quota violation. Identifier : {KEY}")
SPIKE = fault("policies.ratelimit.SpikeArrestViolation")


async def test_a_page_is_read_and_counted(source: TicketmasterSource, upstream: Upstream) -> None:
    rows = [event("a"), event("b", test=True), {"id": "c"}, {"name": "no id"}, event("a", name="again"), None, "x", 7]
    upstream.answers = [reply(200, page_of(*rows, total=950, pages=5), gzipped=True)]
    page = await source.fetch_page(SourceQuery(keyword="x"), page=0)
    assert [(found.id, found.name) for found in page.events] == [("a", "Show a")]
    assert (page.received, page.skipped, page.total) == (8, 6, 950)
    assert (page.is_total_capped, page.is_last) == (False, False)


async def test_nineteen_of_twenty_survive_a_bad_one(source: TicketmasterSource, upstream: Upstream) -> None:
    rows: list[object] = [event(f"e{number}") for number in range(19)]
    rows.insert(7, {"id": {"nested": []}, "name": ["x"], "dates": 7, "_embedded": "no"})
    upstream.answers = [reply(200, page_of(*rows))]
    page = await source.fetch_page(SourceQuery(), page=0)
    assert (len(page.events), page.skipped) == (19, 1)


async def test_an_empty_page_is_an_answer(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(200, {"page": {"size": 200, "totalElements": 0, "totalPages": 0, "number": 0}})]
    page = await source.fetch_page(SourceQuery(), page=0)
    assert (page.events, page.received, page.skipped, page.total, page.is_last) == ((), 0, 0, 0, True)


@pytest.mark.parametrize(
    ("embedded", "skipped"),
    [(None, 0), ({}, 0), ({"events": None}, 0), ({"events": {}}, 1), ({"events": 7}, 1), ("x", 1)],
)
async def test_something_else_in_place_of_the_list_is_no_events_and_noted(
    source: TicketmasterSource, upstream: Upstream, embedded: object, skipped: int
) -> None:
    upstream.answers = [reply(200, {"_embedded": embedded, "page": {"totalElements": 3, "totalPages": 1}})]
    page = await source.fetch_page(SourceQuery(), page=0)
    assert (page.events, page.skipped) == ((), skipped)


@pytest.mark.parametrize(("total", "capped"), [(9_999, False), (10_000, True), (242_251, True)])
async def test_the_ceiling_is_no_count(
    source: TicketmasterSource, upstream: Upstream, total: int, *, capped: bool
) -> None:
    upstream.answers = [reply(200, page_of(event("a"), total=total, pages=50))]
    assert (await source.fetch_page(SourceQuery(), page=0)).is_total_capped is capped


async def test_the_last_page_is_known(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(200, page_of(event("a"), total=401, pages=3))]
    assert [(await source.fetch_page(SourceQuery(), page=page)).is_last for page in (0, 1, 2)] == [False, False, True]


async def test_pages_beyond_the_depth_limit_are_never_asked_for(source: TicketmasterSource, upstream: Upstream) -> None:
    with pytest.raises(SourceDepthError):
        await source.fetch_page(SourceQuery(), page=5)
    assert upstream.targets == []


async def test_the_question_is_asked_in_documented_words(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(200, page_of())]
    await source.fetch_page(
        SourceQuery(
            keyword="a&b=c #ä",
            city="Berlin",
            segment_ids=("s1", "s2"),
            circle=GeoCircle(latitude=57.64911, longitude=10.40744, radius=25, unit=DistanceUnit.KM),
            first_start=datetime(2026, 12, 5, 1, 2, 3, tzinfo=UTC),
            last_start=datetime(2026, 12, 6, 0, 0, 0, 999, tzinfo=UTC),
        ),
        page=4,
    )
    target = urlsplit(upstream.targets[0])
    assert target.path == "/discovery/v2/events.json"
    assert {name: values[0] for name, values in parse_qs(target.query).items()} == {
        "keyword": "a&b=c #ä",
        "city": "Berlin",
        "segmentId": "s1,s2",
        "geoPoint": "u4pruydqq",
        "radius": "25",
        "unit": "km",
        "locale": "en,*",
        "startDateTime": "2026-12-05T01:02:03Z",
        "endDateTime": "2026-12-06T00:00:00Z",
        "includeTBA": "no",
        "includeTBD": "no",
        "sort": "date,asc",
        "size": "200",
        "page": "4",
        "apikey": KEY,
    }


def test_undated_events_are_asked_for_without_dates() -> None:
    moment = datetime(2026, 12, 5, tzinfo=UTC)
    assert to_params(SourceQuery(undated=True, first_start=moment, locale="de-de,*")) == [
        ("locale", "de-de,*"),
        ("includeTBA", "only"),
        ("includeTBD", "yes"),
        ("sort", "date,asc"),
    ]


@pytest.mark.parametrize(
    ("latitude", "longitude", "geohash"),
    [(57.64911, 10.40744, "u4pruydqq"), (0, 0, "s00000000"), (90, 180, "zzzzzzzzz"), (-90, -180, "000000000")],
)
def test_geohash(latitude: float, longitude: float, geohash: str) -> None:
    assert to_geohash(latitude, longitude) == geohash


async def test_one_event_is_fetched_by_id(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(200, event("-G5v_x"))]
    assert (await source.fetch_event("-G5v_x")).name == "Show -G5v_x"
    assert upstream.targets[0].startswith("/discovery/v2/events/-G5v_x.json?")


@pytest.mark.parametrize("event_id", ["../venues/1", "a/b", "a?b=c", "a#b", "a%2Fb", "..", "ä"])
async def test_an_id_stays_one_segment_of_the_path(
    source: TicketmasterSource, upstream: Upstream, event_id: str
) -> None:
    upstream.answers = [reply(200, event(event_id))]
    assert (await source.fetch_event(event_id)).id == event_id
    path = upstream.targets[0].partition("?")[0]
    assert path == f"/discovery/v2/events/{quote(event_id, safe='')}.json"


@pytest.mark.parametrize("event_id", ["", " ", "a b", "a\x00", "x" * 1000, "\ud800"])
async def test_what_cannot_be_an_id_costs_no_call(
    source: TicketmasterSource, upstream: Upstream, event_id: str
) -> None:
    with pytest.raises(SourceNotFoundError):
        await source.fetch_event(event_id)
    assert upstream.targets == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (event("other"), SourceAnswerError),
        ({"id": "wanted"}, SourceAnswerError),
        ({}, SourceAnswerError),
        ([], SourceAnswerError),
        (event("wanted", test=True), SourceNotFoundError),
    ],
)
async def test_an_answer_about_something_else_is_refused(
    source: TicketmasterSource, upstream: Upstream, body: object, error: type[SourceError]
) -> None:
    upstream.answers = [reply(200, body)]
    with pytest.raises(error):
        await source.fetch_event("wanted")


HTML = b"<html><body>Bad gateway</body></html>"


@pytest.mark.parametrize(
    ("answer", "error", "calls"),
    [
        (reply(400, errors("DIS1035")), SourceDepthError, 1),
        (reply(400, errors("DIS1024")), SourceDepthError, 1),
        (reply(400, errors("DIS1015")), SourceRejectedError, 1),
        (reply(400, HTML), SourceRejectedError, 1),
        (reply(401, fault("oauth.v2.InvalidApiKey")), SourceKeyError, 1),
        (reply(401, b""), SourceKeyError, 1),
        (reply(403, b""), SourceRejectedError, 1),
        (reply(404, errors("DIS1004")), SourceNotFoundError, 1),
        (reply(404, HTML), SourceAnswerError, 1),
        (reply(404, fault("messaging.adaptors.http.flow.ApplicationNotFound")), SourceAnswerError, 1),
        (reply(429, QUOTA), SourceQuotaError, 1),
        (reply(429, b"", headers={"Rate-Limit-Available": "0"}), SourceQuotaError, 1),
        (reply(429, SPIKE, headers={"Retry-After": "60"}), SourceUnavailableError, 1),
        (reply(500, HTML), SourceUnavailableError, 3),
        (reply(502, b""), SourceUnavailableError, 3),
        (reply(503, fault("messaging.adaptors.http.flow.ServiceUnavailable")), SourceUnavailableError, 3),
        (reply(504, HTML), SourceUnavailableError, 3),
        (reply(302, b"", headers={"Location": "http://127.0.0.1:5432/"}), SourceAnswerError, 1),
        (reply(204, b""), SourceAnswerError, 1),
        (reply(200, HTML), SourceAnswerError, 3),
        (reply(200, b""), SourceAnswerError, 3),
        (reply(200, b'{"id": "wanted", "name": "x'), SourceAnswerError, 1),
        (reply(200, b'{"id": "wanted", "name": "caf\xe9"}'), SourceAnswerError, 1),
        (reply(200, b"[" * 100_000), SourceAnswerError, 1),
        (reply(200, QUOTA), SourceAnswerError, 1),
        (reply(200, errors("DIS1004")), SourceAnswerError, 1),
        (raw_body(b'{"id"', headers={"Content-Length": "99"}), SourceAnswerError, 3),
        (hang_up(), SourceAnswerError, 3),
        (hang_up(b"no HTTP at all\r\n\r\n"), SourceAnswerError, 3),
        (reply(200, b" " * (16 * 1024 * 1024 + 1)), SourceAnswerError, 1),
    ],
)
async def test_every_refusal_has_its_error_and_its_number_of_calls(
    source: TicketmasterSource, upstream: Upstream, answer: Answer, error: type[SourceError], calls: int
) -> None:
    upstream.answers = [answer]
    with pytest.raises(SourceError) as caught:
        await source.fetch_event("wanted")
    assert type(caught.value) is error
    assert len(upstream.targets) == calls


@pytest.mark.parametrize("body", [b"{}", b"null", b"[]", b'"x"', b'{"x": 1}', b'{"page": {}', b'{"_embedded": \xff}'])
async def test_what_is_no_search_answer_is_refused(source: TicketmasterSource, upstream: Upstream, body: bytes) -> None:
    upstream.answers = [reply(200, body)]
    with pytest.raises(SourceAnswerError):
        await source.fetch_page(SourceQuery(), page=0)


async def test_a_search_that_finds_nothing_at_its_address_says_nothing_about_events(
    source: TicketmasterSource, upstream: Upstream
) -> None:
    upstream.answers = [reply(404, errors("DIS1004"))]
    with pytest.raises(SourceAnswerError):
        await source.fetch_page(SourceQuery(), page=0)


async def test_a_failure_that_passes_is_never_seen(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(503, HTML), reply(200, b""), reply(200, page_of(event("a")))]
    assert len((await source.fetch_page(SourceQuery(), page=0)).events) == 1
    assert len(upstream.targets) == 3


async def test_more_than_five_calls_a_second_wait_a_second(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(429, SPIKE), reply(200, page_of())]
    started = time.monotonic()
    await source.fetch_page(SourceQuery(), page=0)
    assert time.monotonic() - started >= 1


async def test_a_dripping_answer_ends_at_the_deadline(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [drip()]
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError):
        await source.fetch_page(SourceQuery(), page=0)
    assert time.monotonic() - started < 10
    await asyncio.wait_for(upstream.closed.wait(), 3)


def in_two_hours() -> str:
    return str(int((datetime.now(UTC) + timedelta(hours=2)).timestamp() * 1000))


def in_ten_minutes() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Rate-Limit-Reset": in_two_hours}, 7000, 7200),
        ({"Rate-Limit-Reset": str(10**18)}, 86_400, 86_400),
        ({"Rate-Limit-Reset": "-5"}, 1, 1),
        ({"Rate-Limit-Reset": "soon"}, 3600, 3600),
        ({}, 3600, 3600),
        ({"Retry-After": "120"}, 120, 120),
        ({"Retry-After": "1000000000"}, 86_400, 86_400),
        ({"Retry-After": "-1"}, 1, 1),
        ({"Retry-After": in_ten_minutes}, 500, 600),
        ({"Retry-After": "Mon, 99 Foo"}, 3600, 3600),
    ],
)
async def test_when_to_come_back_is_told_within_reason(
    source: TicketmasterSource, upstream: Upstream, headers: dict[str, str | Callable[[], str]], least: int, most: int
) -> None:
    told = {name: value if isinstance(value, str) else value() for name, value in headers.items()}
    upstream.answers = [reply(429, QUOTA, headers=told)]
    with pytest.raises(SourceQuotaError) as caught:
        await source.fetch_event("wanted")
    assert caught.value.retry_after_s is not None
    assert least <= caught.value.retry_after_s <= most


LEAKY = [
    reply(200, page_of(event("a"))),
    reply(400, errors("DIS1015", f"bad ?apikey={KEY}&x=1")),
    reply(401, fault("oauth.v2.InvalidApiKey", f"Invalid ApiKey {KEY}")),
    reply(429, QUOTA),
    reply(429, fault(f"policies.ratelimit.QuotaViolation {quote_plus(KEY)}")),
    reply(302, b"", headers={"Location": f"/elsewhere?apikey={quote_plus(KEY)}"}),
    reply(500, f"<a href='?apikey={KEY}'>".encode()),
    reply(200, f"{{'apikey={KEY}".encode()),
    raw_body(b"{}", headers={"Content-Length": "99"}),
    hang_up(),
    drip(),
]


@pytest.mark.parametrize("answer", LEAKY)
async def test_the_key_is_in_no_log_line_and_no_error(
    http: httpx2.AsyncClient, upstream: Upstream, clock: Clock, caplog: pytest.LogCaptureFixture, answer: Answer
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx2", "httpcore2", "httpcore2.http11", "httpcore2.connection"):
        caplog.set_level(logging.DEBUG, logger=name)
    upstream.answers = [answer]
    source = make_source(http, upstream, clock, deadline_s=0.6)
    told: list[str] = []
    with capture_logs() as lines:
        try:
            await source.fetch_page(SourceQuery(keyword="x"), page=0)
        except SourceError as exc:
            told += everything_about(exc)
    told += [str(lines), caplog.text, *(repr(record.__dict__) for record in caplog.records)]
    assert [line for line in lines if line["event"] == "upstream_call"]
    assert parse_qs(urlsplit(upstream.targets[0]).query)["apikey"] == [KEY]  # the honest control: it was sent
    for text in told:
        assert not [spelling for spelling in SPELLINGS if spelling in text]


async def test_the_key_is_in_no_error_when_nothing_answers(
    http: httpx2.AsyncClient, upstream: Upstream, clock: Clock
) -> None:
    upstream.port = 1
    with pytest.raises(SourceUnavailableError) as caught:
        await make_source(http, upstream, clock, deadline_s=1).fetch_event("wanted")
    for text in everything_about(caught.value):
        assert not [spelling for spelling in SPELLINGS if spelling in text]


def make_source(http: httpx2.AsyncClient, upstream: Upstream, clock: Clock, *, deadline_s: float) -> TicketmasterSource:
    client = TicketmasterClient(http=http, base_url=upstream.base_url + "/", api_key=KEY, clock=clock)
    guard = SourceGuard(source="ticketmaster", clock=clock, deadline=timedelta(seconds=deadline_s))
    return TicketmasterSource(client=client, guard=guard, clock=clock)


def everything_about(error: BaseException) -> list[str]:
    """Texts, reprs, attributes and tracebacks with local variables, of an error and all behind it."""
    told: list[str] = []
    chain: list[BaseException] = [error]
    while chain:
        exc = chain.pop()
        told += [str(exc), repr(exc), repr(vars(exc))]
        frames = traceback.TracebackException.from_exception(exc, capture_locals=True)
        # Only frames of the product: a test's own hold the key.
        told += [
            repr(frame.locals) for frame in frames.stack if "/tests/" not in frame.filename and frame.locals is not None
        ]
        chain += [link for link in (exc.__cause__, exc.__context__) if link is not None]
    return told


async def test_every_call_has_one_line(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(503, b""), reply(200, page_of(event("a")))]
    with capture_logs() as lines:
        await source.fetch_page(SourceQuery(), page=2)
    calls = [line for line in lines if line["event"] == "upstream_call"]
    assert [(call["attempt"], call["status"], call["outcome"]) for call in calls] == [
        (1, 503, "source_unavailable"),
        (2, 200, "ok"),
    ]
    assert (calls[1]["path"], calls[1]["page"], calls[1]["log_level"]) == ("events", 2, "info")
    assert calls[1]["bytes"] > 100
    assert isinstance(calls[1]["duration_ms"], int)


async def test_a_refused_key_is_told_once(source: TicketmasterSource, upstream: Upstream) -> None:
    upstream.answers = [reply(401, fault("oauth.v2.InvalidApiKey"))]
    with capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(SourceKeyError):
                await source.fetch_event("wanted")
    assert [line["code"] for line in lines if line["event"] == "source_broken"] == ["source_key_refused"]
