"""Plain ASGI layers around the routes: paths, methods, one log line a request, headers that every answer bears."""

import time
from collections.abc import Callable

import structlog
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PathMiddleware", "RequestMiddleware"]

STANDARD_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    # What is not a page of ours may not act as one.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""Added to every answer that does not bring its own."""

log = structlog.stdlib.get_logger(__name__)


class PathMiddleware:
    """Answers `/events/` like `/events`, without a redirect, and `HEAD` like `GET`, without a body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if len(path) > 1 and path.endswith("/"):
            scope = {**scope, "path": path.rstrip("/") or "/", "raw_path": scope["raw_path"].rstrip(b"/") or b"/"}
        if scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self._app({**scope, "method": "GET"}, receive, send_without_body)


class RequestMiddleware:
    """Logs each request once it is answered, adds the standard headers, and answers crashes."""

    def __init__(self, app: ASGIApp, *, answer_crash: Callable[[Scope], Response]) -> None:
        self._app = app
        self._answer_crash = answer_crash

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()
        status: int | None = None

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in STANDARD_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request_crashed", method=scope["method"], path=scope["path"])
            if status is not None:  # half an answer is out: the connection has to break, lest it look whole
                raise
            await self._answer_crash(scope)(scope, receive, send_with_headers)
        finally:
            _log_request(scope, status, time.monotonic() - began)


def _log_request(scope: Scope, status: int | None, seconds: float) -> None:
    client = scope.get("client")
    log.info(
        "request",
        method=scope["method"],
        path=scope["path"],  # never the query: a login's code and state travel in it
        status=status,
        duration_ms=round(seconds * 1000, 1),
        client=client[0] if client else None,
    )
