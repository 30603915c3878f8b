"""The fetch ends in time and in size, whatever the other side does."""

import asyncio
import gzip
import logging
import time
import zlib
from datetime import timedelta

import httpx2
import psutil
import pytest

from event_scheduler.outbound.client import (
    FetchConnectError,
    FetchCutError,
    Fetched,
    FetchError,
    FetchRedirectError,
    FetchTimeoutError,
    FetchTooLargeError,
    FetchUnreadableError,
    create_client,
    fetch_bytes,
)
from event_scheduler.version import VERSION
from tests.support.upstream import Upstream, drip, hang_up, raw_body, reply

MEBIBYTE = 1024 * 1024


async def fetch(
    client: httpx2.AsyncClient, upstream: Upstream, *, deadline_s: float = 5, max_bytes: int = MEBIBYTE
) -> Fetched:
    return await fetch_bytes(client, upstream.base_url, deadline=timedelta(seconds=deadline_s), max_bytes=max_bytes)


async def test_an_honest_answer_comes_whole(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [reply(200, {"a": 1}, headers={"X-Y": "z"}, gzipped=True)]
    fetched = await fetch(http, upstream)
    assert (fetched.status, fetched.body, fetched.headers["x-y"]) == (200, b'{"a": 1}', "z")


async def test_the_client_says_who_it_is(http: httpx2.AsyncClient) -> None:
    assert http.headers["User-Agent"] == f"event-scheduler/{VERSION}"


async def test_a_dripping_body_ends_at_the_deadline_and_its_connection_is_closed(
    http: httpx2.AsyncClient, upstream: Upstream
) -> None:
    upstream.answers = [drip()]
    started = time.monotonic()
    with pytest.raises(FetchTimeoutError):
        await fetch(http, upstream, deadline_s=1.5)
    assert time.monotonic() - started < 10
    await asyncio.wait_for(upstream.closed.wait(), 3)


async def test_dripping_headers_end_at_the_deadline(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    async def answer(writer: asyncio.StreamWriter) -> bool:
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.1)

    upstream.answers = [answer]
    with pytest.raises(FetchTimeoutError):
        await fetch(http, upstream, deadline_s=0.5)


async def test_a_body_may_be_as_large_as_the_cap_and_no_larger(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [reply(200, b"x" * 1000), reply(200, b"x" * 1001)]
    assert len((await fetch(http, upstream, max_bytes=1000)).body) == 1000
    with pytest.raises(FetchTooLargeError):
        await fetch(http, upstream, max_bytes=1000)


async def test_a_gzip_bomb_costs_no_more_than_the_cap(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(8 * MEBIBYTE)) for _ in range(128)) + packer.flush()  # 1 GiB in 1 MB
    upstream.answers = [raw_body(bomb, headers={"Content-Encoding": "gzip", "Content-Length": str(len(bomb))})]
    process = psutil.Process()
    before = process.memory_info().rss
    with pytest.raises(FetchTooLargeError):
        await fetch(http, upstream, max_bytes=16 * MEBIBYTE)
    assert process.memory_info().rss - before < 50 * MEBIBYTE


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate", "nonsense"])
async def test_codings_that_were_not_asked_for_are_refused(
    http: httpx2.AsyncClient, upstream: Upstream, coding: str
) -> None:
    upstream.answers = [raw_body(b"{}", headers={"Content-Encoding": coding, "Content-Length": "2"})]
    with pytest.raises(FetchUnreadableError):
        await fetch(http, upstream)


async def test_what_only_claims_to_be_gzip_is_refused(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [raw_body(b"{}", headers={"Content-Encoding": "gzip", "Content-Length": "2"})]
    with pytest.raises(FetchUnreadableError):
        await fetch(http, upstream)


async def test_a_body_shorter_than_announced_is_cut(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [raw_body(b'{"a"', headers={"Content-Length": "100"})]
    with pytest.raises(FetchCutError):
        await fetch(http, upstream)
    assert upstream.connections == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_errors_and_nobody_follows(
    http: httpx2.AsyncClient, upstream: Upstream, status: int
) -> None:
    upstream.answers = [reply(status, b"", headers={"Location": f"{upstream.base_url}/elsewhere"})]
    with pytest.raises(FetchRedirectError):
        await fetch(http, upstream)
    assert upstream.targets == ["/discovery/v2"]


async def test_a_kept_alive_connection_closed_under_us_is_replaced_once(
    http: httpx2.AsyncClient, upstream: Upstream
) -> None:
    upstream.answers = [reply(200, b"1"), hang_up(), reply(200, b"2")]
    assert (await fetch(http, upstream)).body == b"1"
    assert (await fetch(http, upstream)).body == b"2"
    assert (len(upstream.targets), upstream.connections) == (3, 2)


async def test_a_fresh_connection_closed_under_us_is_an_error(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [hang_up()]
    with pytest.raises(FetchCutError):
        await fetch(http, upstream)
    assert len(upstream.targets) == 1


async def test_nothing_listening_is_no_connection(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.port = 1
    with pytest.raises(FetchConnectError):
        await fetch(http, upstream)


async def test_many_failures_leave_the_pool_whole(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [drip(), *[drip()] * 29, reply(200, b"ok")]
    results = await asyncio.gather(*(fetch(http, upstream, deadline_s=0.5) for _ in range(30)), return_exceptions=True)
    assert all(isinstance(result, FetchError) for result in results)
    upstream.answers = [reply(200, b"ok")]
    assert (await fetch(http, upstream)).body == b"ok"


async def test_cookies_are_not_kept(http: httpx2.AsyncClient, upstream: Upstream) -> None:
    upstream.answers = [reply(200, b"", headers={"Set-Cookie": "a=b; Path=/"})]
    await fetch(http, upstream)
    assert not list(http.cookies.jar)


async def test_a_proxy_of_the_environment_is_not_used_for_this_machine(
    monkeypatch: pytest.MonkeyPatch, upstream: Upstream
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    upstream.answers = [reply(200, b"ok")]
    async with create_client() as client:
        assert (await fetch(client, upstream)).body == b"ok"


async def test_a_closed_client_is_a_fetch_error_without_the_request_in_its_chain(upstream: Upstream) -> None:
    client = create_client()
    await client.aclose()
    with pytest.raises(FetchError) as caught:
        await fetch(client, upstream)
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


async def test_log_lines_of_the_client_hold_no_query(
    http: httpx2.AsyncClient, upstream: Upstream, caplog: pytest.LogCaptureFixture
) -> None:
    upstream.answers = [reply(200, gzip.compress(b"x"))]
    with caplog.at_level(logging.DEBUG):
        await fetch_bytes(http, f"{upstream.base_url}?code=s3cret", deadline=timedelta(seconds=5), max_bytes=MEBIBYTE)
    assert "/discovery/v2" in caplog.text
    assert "s3cret" not in caplog.text
