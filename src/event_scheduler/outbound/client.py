"""The one factory for outbound HTTP clients, and a fetch that always ends: in time, in size, in one place."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2
from typing_extensions import override

from event_scheduler.version import VERSION

__all__ = [
    "FetchConnectError",
    "FetchCutError",
    "FetchError",
    "FetchRedirectError",
    "FetchTimeoutError",
    "FetchTooLargeError",
    "FetchUnreadableError",
    "Fetched",
    "create_client",
    "fetch_bytes",
]

_MAX_CONNECTIONS: Final = 20
"""Per client; a source that hangs can hold no more sockets than this."""

_LOOPBACK: Final = ("all://localhost", "all://127.0.0.1", "all://[::1]")
"""Never sent through a proxy, whatever the environment says."""

_READABLE_CODINGS: Final = frozenset({"", "identity", "gzip"})
"""One coding only: nested ones let a few bytes keep the decoder busy without ever yielding one."""


class FetchError(Exception):
    """No usable answer. Its text never holds the URL, and it has no cause or context that does."""


class FetchTimeoutError(FetchError):
    """The deadline passed before the answer was whole."""


class FetchConnectError(FetchError):
    """No connection: refused, unknown host, TLS not trusted, or no free connection in the pool."""


class FetchCutError(FetchError):
    """The connection ended, or stopped being HTTP, before the answer was whole."""


class FetchTooLargeError(FetchError):
    """The body, once decoded, is larger than the caller takes."""


class FetchRedirectError(FetchError):
    """The answer points elsewhere; it is never followed."""


class FetchUnreadableError(FetchError):
    """The body is compressed in a way that was not asked for, or is not what its coding says."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fetched:
    """A whole answer."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    """Names in any case."""

    body: bytes = field(repr=False)
    """Decoded."""


class _WithoutQuery(logging.Filter):
    """Cuts queries off URLs in httpx2's own log lines: keys and one-time codes travel there."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx2.URL) else arg for arg in record.args
            )
        return True


class _WithoutHeaders(logging.Filter):
    """Drops httpcore2's lines that hold an answer's headers: the Location of a refused redirect may repeat a key."""

    @override
    def filter(self, record: logging.LogRecord) -> bool:
        return not record.getMessage().startswith("receive_response_headers.complete")


_without_query = _WithoutQuery()
_without_headers = _WithoutHeaders()


class _Watch:
    """Notes whether a try opened its own connection and whether any answer came."""

    def __init__(self) -> None:
        self.has_connected = False
        self.has_answer = False

    async def __call__(self, name: str, info: object) -> None:  # noqa: ARG002  the trace protocol has two arguments
        if name.startswith("connection."):
            self.has_connected = True
        elif name == "http11.receive_response_headers.complete":
            self.has_answer = True


def create_client() -> httpx2.AsyncClient:
    """Make a client for calls to other services; whoever makes it closes it (`aclose`).

    It follows no redirect, keeps no cookies, asks for gzip only, speaks HTTP/1.1 over at most 20 connections, and
    trusts what the system trusts. Proxies are taken from the environment (`HTTPS_PROXY`, `NO_PROXY`, …), except for
    this machine itself. Its timeouts are per step; `fetch_bytes` puts a deadline around the whole.
    """
    logging.getLogger("httpx2").addFilter(_without_query)
    logging.getLogger("httpcore2.http11").addFilter(_without_headers)
    return httpx2.AsyncClient(
        headers={"User-Agent": f"event-scheduler/{VERSION}", "Accept-Encoding": "gzip"},
        cookies=CookieJar(policy=DefaultCookiePolicy(allowed_domains=[])),
        follow_redirects=False,
        http2=False,
        limits=httpx2.Limits(
            max_connections=_MAX_CONNECTIONS, max_keepalive_connections=_MAX_CONNECTIONS, keepalive_expiry=30
        ),
        timeout=httpx2.Timeout(10, connect=3, pool=2),
        trust_env=True,
        mounts=dict.fromkeys(_LOOPBACK),
    )


async def fetch_bytes(
    client: httpx2.AsyncClient,
    url: httpx2.URL | str,
    *,
    deadline: timedelta,
    max_bytes: int,
    auth: httpx2.Auth | None = None,
    headers: Mapping[str, str] | None = None,
) -> Fetched:
    """GET one resource, within a deadline and a size that hold whatever the other side does.

    A kept-alive connection that turns out to be closed before any answer came is replaced once, silently (RFC 9110,
    9.2.2). On every other path out, an unfinished answer's connection is closed, not reused.

    Args:
        client: From `create_client`.
        url: Without secrets: it may appear in local variables of a traceback.
        deadline: For everything, from waiting for a connection to the last byte. The client's own timeouts are per
            read; a body that drips keeps them waiting for ever.
        max_bytes: Of the decoded body; decoding stops there, so a small body that unpacks to gigabytes costs no more
            (httpx2 decodes in pieces of at most 1 MiB; measured November 2026).
        auth: Adds what is secret to the request, as late as possible.
        headers: Further request headers.

    Returns:
        The answer of any status but 3xx.

    Raises:
        FetchError: One of its subclasses, each saying what happened.
    """
    failure: FetchError
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            return await _fetch(client, url, max_bytes=max_bytes, auth=auth, headers=headers)
    except TimeoutError:
        failure = FetchTimeoutError(f"no whole answer within {deadline.total_seconds():g} s")
    # Raised outside the handler: otherwise the client's exception, which holds the full URL, would be its context.
    raise failure


async def _fetch(
    client: httpx2.AsyncClient,
    url: httpx2.URL | str,
    *,
    max_bytes: int,
    auth: httpx2.Auth | None,
    headers: Mapping[str, str] | None,
) -> Fetched:
    failure = FetchError("not tried")
    for is_second_try in (False, True):
        watch = _Watch()
        try:
            async with client.stream(
                "GET", url, auth=auth, headers=headers, follow_redirects=False, extensions={"trace": watch}
            ) as response:
                return await _read(response, max_bytes=max_bytes)
        except FetchError as exc:
            failure = exc
        except Exception as exc:  # noqa: BLE001  whatever it is may carry the request, and with it the full URL
            failure = _translate(exc)
        was_stale = isinstance(failure, FetchCutError) and not watch.has_connected and not watch.has_answer
        if is_second_try or not was_stale:
            break
    raise failure


async def _read(response: httpx2.Response, *, max_bytes: int) -> Fetched:
    """Read a body up to its cap; raise before reading where it would not be used."""
    if response.status_code // 100 == 3:  # noqa: PLR2004  3xx, RFC 9110
        raise FetchRedirectError(f"a redirect (status {response.status_code}), which is not followed")
    coding = response.headers.get("Content-Encoding", "").strip().lower()
    if coding not in _READABLE_CODINGS:
        raise FetchUnreadableError("a content coding that was not asked for")
    parts: list[bytes] = []
    size = 0
    async for part in response.aiter_bytes():
        size += len(part)
        if size > max_bytes:
            raise FetchTooLargeError(f"a body of more than {max_bytes} bytes")
        parts.append(part)
    return Fetched(status=response.status_code, headers=response.headers, body=b"".join(parts))


def _translate(exc: Exception) -> FetchError:
    """Say what happened in words of our own; the exception's may repeat the URL."""
    kind = type(exc).__name__
    match exc:
        case httpx2.ConnectError() | httpx2.ConnectTimeout() | httpx2.PoolTimeout() | httpx2.ProxyError():
            return FetchConnectError(f"no connection ({kind})")
        case httpx2.TimeoutException() | TimeoutError():
            return FetchTimeoutError(f"no answer in time ({kind})")
        case httpx2.DecodingError():
            return FetchUnreadableError(f"a body that is not what its coding says ({kind})")
        case httpx2.TransportError() | OSError():
            return FetchCutError(f"the connection broke off ({kind})")
        case _:
            return FetchError(f"the request could not be made ({kind})")
