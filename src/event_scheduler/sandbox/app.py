"""The pretend Discovery API as a Starlette app, to be mounted at `/sandbox` of another one."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from html import escape
from ipaddress import ip_address
from pathlib import Path

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from event_scheduler.sandbox.answers import Address, Answers, parse_address
from event_scheduler.sandbox.artwork import RENDITIONS, draw_poster
from event_scheduler.sandbox.catalogue import Catalogue
from event_scheduler.sandbox.errors import Refusal, refuse_key, refuse_missing_key
from event_scheduler.sandbox.limits import CallCounters, KeyLimiter
from event_scheduler.sandbox.recordings import RecordedCatalogue
from event_scheduler.sandbox.world import World

__all__ = ["create_sandbox", "warm_up"]

_API_HEADERS = {"Content-Type": "application/json;charset=utf-8", "Access-Control-Allow-Origin": "*"}
_PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
}


def create_sandbox(
    *,
    seed: int = 1,
    today: date | None = None,
    recordings: Path | None = None,
    public_url: str = "http://localhost:8000",
    requests_per_second: float = 5,
    daily_quota: int = 5000,
    event_count: int = 20_000,
    now: Callable[[], datetime] | None = None,
) -> Starlette:
    """Create a pretend Ticketmaster Discovery API v2.

    The app serves `/discovery/v2/…`, `/images/…`, `/tickets/…` and `/control/…`. Mount it at `/sandbox`, where the
    addresses in its answers expect it. Nothing is invented before the first request.

    Args:
        seed: Which world; the same seed and day give the same answers in every process, byte for byte.
        today: The UTC day of the world; by default the day it is, so that a long-running sandbox moves on at midnight.
        recordings: A folder with recorded answers to serve instead of an invented world; read at once.
        public_url: Origin below which `/sandbox` is reached; images and ticket pages are named with it.
        requests_per_second: Limit per key; `math.inf` for none.
        daily_quota: Limit per key in the 24 hours from its first call.
        event_count: About how many events there are.
        now: Tells the time, aware; for the limits, and for the day when `today` is not given.

    Raises:
        NotADirectoryError: `recordings` is not a folder.
        ValueError: A recording is not JSON.
    """
    clock = now or _read_clock
    root = f"{public_url.rstrip('/')}/sandbox"

    def invent(day: date) -> Catalogue:
        return World(seed=seed, today=day, event_count=event_count, root=root)

    recorded = RecordedCatalogue(recordings) if recordings is not None else None
    sandbox = _Sandbox(
        find_catalogue=(lambda: recorded)
        if recorded
        else _Calendar(invent, lambda: today or clock().date()).find_catalogue,
        limiter=KeyLimiter(requests_per_second=requests_per_second, daily_quota=daily_quota, now=clock),
    )
    app = Starlette(
        routes=[
            Route("/discovery/v2/{path:path}", sandbox.discover),
            Route("/images/{name}", sandbox.show_image),
            Route("/tickets/{path:path}", sandbox.show_tickets),
            Route("/control/counters", sandbox.show_counters),
            Route("/control/reset", sandbox.reset, methods=["POST"]),
        ],
        # Pages of 200 events are two megabytes of repetitive JSON: the fastest level makes a tenth of that.
        middleware=[Middleware(GZipMiddleware, minimum_size=500, compresslevel=1)],
    )
    app.state.find_catalogue = sandbox.find_catalogue
    return app


def warm_up(sandbox: Starlette) -> None:
    """Invent the world now rather than at the first request, which it would keep waiting for about a second."""
    sandbox.state.find_catalogue()


def _read_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Calendar:
    """Invents the world of the day when it is first asked for; called in worker threads."""

    invent: Callable[[date], Catalogue]
    find_day: Callable[[], date]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _current: tuple[date, Catalogue] | None = None

    def find_catalogue(self) -> Catalogue:
        day = self.find_day()
        # One thread invents while the others wait; afterwards the lock is free at once.
        with self._lock:
            if self._current is None or self._current[0] != day:
                self._current = day, self.invent(day)
            return self._current[1]


@dataclass(slots=True)
class _Sandbox:
    """The handlers and what they share."""

    find_catalogue: Callable[[], Catalogue]
    limiter: KeyLimiter
    counters: CallCounters = field(default_factory=CallCounters)

    async def discover(self, request: Request) -> Response:
        """Answer a call of the Discovery API: the one way in.

        It stands between a request and its honest answer: whatever shall disturb calls on purpose belongs here.
        """
        address = parse_address(request.path_params["path"])
        response = await self._answer(request, address)
        self.counters.note(address.kind, response.status_code)
        return response

    async def _answer(self, request: Request, address: Address) -> Response:
        try:
            headers = self._admit(request.query_params.get("apikey"))
            body = await run_in_threadpool(self._write_honestly, request, address)
        except Refusal as refusal:
            # Refusals carry no rate headers, though a 400 has been counted.
            return Response(msgspec.json.encode(refusal.body), refusal.status, headers=_API_HEADERS)
        return Response(body, headers=_API_HEADERS | headers)

    def _admit(self, key: str | None) -> dict[str, str]:
        """Check the key (all are good that do not begin with `invalid`), count the call, return the rate headers."""
        if not key:
            raise refuse_missing_key()
        if key.startswith("invalid"):
            raise refuse_key()
        self.counters.note_key(key)
        return self.limiter.admit(key)

    def _write_honestly(self, request: Request, address: Address) -> bytes:
        return msgspec.json.encode(Answers(self.find_catalogue()).answer(address, request.query_params))

    async def show_image(self, request: Request) -> Response:
        """Draw a poster."""
        key, _, rendition = request.path_params["name"].removesuffix(".svg").partition("_")
        if rendition not in RENDITIONS:
            return Response(status_code=404)
        catalogue = await run_in_threadpool(self.find_catalogue)
        title = catalogue.find_title(key)
        if title is None:
            return Response(status_code=404)
        headers = _PAGE_HEADERS | {"Cache-Control": "public, max-age=86400", "Access-Control-Allow-Origin": "*"}
        return Response(draw_poster(key, title, rendition), media_type="image/svg+xml", headers=headers)

    async def show_tickets(self, request: Request) -> Response:
        """Show the page that stands in for the seller's, of an event, venue or attraction."""
        kind, _, id_ = request.path_params["path"].rpartition("/")
        catalogue = await run_in_threadpool(self.find_catalogue)
        name = _find_name(catalogue, kind, id_)
        status = 404 if name is None else 200
        title = escape(name or "Nothing is sold here")
        return HTMLResponse(_TICKET_PAGE.format(title=title, id=escape(id_)), status, headers=_PAGE_HEADERS)

    async def show_counters(self, request: Request) -> Response:
        """Say what was called."""
        return JSONResponse(self.counters.to_json()) if _is_local(request) else Response(status_code=403)

    async def reset(self, request: Request) -> Response:
        """Forget all counts, those of the limits too."""
        if not _is_local(request):
            return Response(status_code=403)
        self.counters.reset()
        self.limiter.reset()
        return JSONResponse(self.counters.to_json())


def _find_name(catalogue: Catalogue, kind: str, id_: str) -> str | None:
    if kind == "venue":
        return next((venue.name for venue in catalogue.venues if venue.id == id_), None)
    if kind == "attraction":
        return next((act.name for act in catalogue.attractions if act.id == id_), None)
    position = catalogue.shelf.by_id.get(id_) if not kind else None
    return None if position is None else catalogue.shelf.events[position].name


def _is_local(request: Request) -> bool:
    try:
        address = ip_address(request.client.host) if request.client else None
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


_TICKET_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:1.1rem/1.6 Georgia,serif;margin:3rem auto;max-width:36rem;padding:0 1rem}}</style>
</head><body><h1>{title}</h1>
<p>This is where the seller's page would be. The sandbox sells nothing: everything here is invented.</p>
<p><small>{id}</small></p></body></html>
"""
