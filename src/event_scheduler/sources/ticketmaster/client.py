"""HTTP with Ticketmaster, and nothing else: addresses, the key, the limits, and one log line a call."""

import re
import time
from collections.abc import Callable, Generator, Sequence
from typing import Final, TypeVar
from urllib.parse import quote, quote_plus

import httpx2
import structlog
from structlog.typing import FilteringBoundLogger
from typing_extensions import override

from event_scheduler.clock import Clock
from event_scheduler.outbound.client import (
    FetchConnectError,
    FetchCutError,
    Fetched,
    FetchError,
    FetchTimeoutError,
    fetch_bytes,
)
from event_scheduler.sources.errors import SourceAnswerError, SourceError, SourceUnavailableError
from event_scheduler.sources.guard import Attempt, PassingError
from event_scheduler.sources.ticketmaster import parsing, wire
from event_scheduler.sources.ticketmaster.answers import Refusal, read_refusal

__all__ = ["MAX_BODY_BYTES", "TicketmasterClient"]

MAX_BODY_BYTES: Final = 16 * 1024 * 1024
"""Of a decoded body; the largest page seen had 2.9 MB (October 2026)."""

_OK: Final = 200
_UNUSABLE: Final = "The event source gave an unusable answer. Please try again shortly."
_UNAVAILABLE: Final = "The event source does not answer. Please try again shortly."

_KEY_PLACES: Final = re.compile(r"(Identifier\s*:\s*|apikey=)[^\s&\"']+", re.IGNORECASE)
"""Where their texts repeat a key (Discovery API v2, "Rate Limit"), should it not be ours."""

_log: FilteringBoundLogger = structlog.get_logger(__name__)

T = TypeVar("T")


class _ApiKey(httpx2.Auth):
    """The key, which leaves this object only into a request inside the HTTP client: no URL of ours ever holds it.

    It travels as a query parameter because there is no other way (Discovery API v2, "Authentication"). `repr` shows
    nothing, for tracebacks that print local variables.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    @override
    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        request.url = request.url.copy_set_param("apikey", self._key)
        yield request

    def redact(self, text: str) -> str:
        """Remove the key from a text from outside, in every spelling it may have there."""
        for spelling in {self._key, quote(self._key, safe=""), quote_plus(self._key)} - {""}:
            text = text.replace(spelling, "[key]")
        return _KEY_PLACES.sub(r"\1[key]", text)


class TicketmasterClient:
    """Makes single calls. Retrying, and whether to call at all, is the guard's business.

    Links in answers are never followed: every address is built here, from the base and numbers of our own.
    """

    def __init__(self, *, http: httpx2.AsyncClient, base_url: str, api_key: str, clock: Clock) -> None:
        """Take what is needed.

        Args:
            http: From `outbound.client.create_client`; stays the caller's to close.
            base_url: Everything up to and including `/discovery/v2`.
            api_key: The portal's "Consumer Key".
            clock: Tells how far away a reset is.
        """
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._key = _ApiKey(api_key)
        self._clock = clock

    async def search_events(
        self, params: Sequence[tuple[str, str]], *, size: int, page: int, attempt: Attempt
    ) -> parsing.SearchPage:
        """Ask for one page of a search.

        Args:
            params: The question, from `query.to_params`.
            size: Rows a page, at most 200.
            page: Zero-based.
            attempt: Which try this is, and how long it may take.

        Raises:
            PassingError: Timeout, broken connection, 5xx, a gateway's page, or too many calls a second.
            SourceError: Any other failure, by its kind.
        """
        paging = [("size", str(size)), ("page", str(page))]
        url = httpx2.URL(f"{self._base_url}/events.json", params=[*params, *paging])
        return await self._call(url, kind="events", page=page, attempt=attempt, parse=parsing.parse_events)

    async def get_event(self, event_id: str, *, locale: str, attempt: Attempt) -> wire.Event:
        """Ask for one event; raises as `search_events` does, and `SourceNotFoundError` for an unknown id."""
        url = httpx2.URL(f"{self._base_url}/events/{quote(event_id, safe='')}.json", params={"locale": locale})
        return await self._call(url, kind="event", page=None, attempt=attempt, parse=parsing.parse_event)

    async def _call(
        self, url: httpx2.URL, *, kind: str, page: int | None, attempt: Attempt, parse: Callable[[bytes], T]
    ) -> T:
        """Fetch, tell failures apart, parse, and log it all in one line that holds neither key nor URL."""
        started = time.perf_counter()
        facts: dict[str, object] = {"path": kind, "page": page, "attempt": attempt.number, "outcome": "aborted"}
        failure: SourceError | PassingError
        try:
            fetched = await fetch_bytes(
                self._http, url, deadline=attempt.remaining, max_bytes=MAX_BODY_BYTES, auth=self._key
            )
            facts |= {"status": fetched.status, "bytes": len(fetched.body)}
            answer = self._read(fetched, is_lookup=page is None, parse=parse)
            if not isinstance(answer, Refusal):
                facts["outcome"] = "ok"
                return answer
            failure = answer.error
            facts |= {"upstream_code": answer.code, "upstream_detail": answer.detail}
            facts["outcome"] = _code(failure)
        except FetchError as exc:
            failure = _from_fetch(exc)
            facts |= {"outcome": _code(failure), "reason": str(exc)}
        finally:
            duration_ms = round((time.perf_counter() - started) * 1000)
            _log.info("upstream_call", **facts, duration_ms=duration_ms)
        raise failure

    def _read(self, fetched: Fetched, *, is_lookup: bool, parse: Callable[[bytes], T]) -> T | Refusal:
        if fetched.status != _OK:
            return read_refusal(
                fetched.status,
                fetched.headers,
                fetched.body,
                is_lookup=is_lookup,
                redact=self._key.redact,
                now=self._clock.now(),
            )
        if not fetched.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
            # Empty or HTML: a gateway's, which the next try may not meet.
            return Refusal(PassingError(SourceAnswerError(_UNUSABLE)), "", "not JSON")
        try:
            return parse(fetched.body)
        except parsing.WireError as exc:
            return Refusal(SourceAnswerError(_UNUSABLE), "", str(exc))


def _code(failure: SourceError | PassingError) -> str:
    return failure.error.code if isinstance(failure, PassingError) else failure.code


def _from_fetch(exc: FetchError) -> SourceError | PassingError:
    match exc:
        case FetchConnectError() | FetchTimeoutError():
            return PassingError(SourceUnavailableError(_UNAVAILABLE))
        case FetchCutError():
            return PassingError(SourceAnswerError(_UNUSABLE))
        case _:
            return SourceAnswerError(_UNUSABLE)
