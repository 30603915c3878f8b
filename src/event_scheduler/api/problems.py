"""Errors as answers: RFC 9457 problem details, rendered in this one place."""

from typing import Any

import msgspec
import structlog
from asgi_correlation_id import correlation_id
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match, Mount
from starlette.types import Scope

from event_scheduler.errors import AppError, InputFault, InvalidInputError

__all__ = ["Problem", "ProblemItem", "ProblemRenderer", "describe_problems"]

_SERVER_ERRORS = 500
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MEDIA_TYPE = "application/problem+json"

log = structlog.stdlib.get_logger(__name__)


class ProblemItem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong with what was sent."""

    detail: str
    parameter: str | None = None
    pointer: str | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    """What went wrong and what to do next (RFC 9457)."""

    type: str
    """Where the kind of problem is described."""

    title: str
    status: int
    detail: str
    instance: str
    """The path that was asked for."""

    code: str
    """Stable name of the kind of problem, for programs."""

    request_id: str | None = None
    """Quote it when you report the problem; the log has it too."""

    errors: tuple[ProblemItem, ...] = ()


class RouteNotFoundError(AppError):
    """No resource has this address."""

    code = "not_found"
    status = 404
    title = "Nothing here"


class MethodNotAllowedError(AppError):
    """The resource does not take this method; `Allow` lists those it takes."""

    code = "method_not_allowed"
    status = 405
    title = "Method not allowed"


class RequestRefusedError(AppError):
    """The request cannot be understood as HTTP."""

    code = "bad_request"
    status = 400
    title = "Bad request"


class ProblemRenderer:
    """Turns errors into problem answers."""

    def __init__(self, *, public_url: str) -> None:
        self._public_url = public_url

    def install(self, app: FastAPI) -> None:
        """Answer every error of this application as a problem."""
        app.add_exception_handler(AppError, self._handle)
        app.add_exception_handler(HTTPException, self._handle)
        app.add_exception_handler(RequestValidationError, self._handle)

    def answer_crash(self, scope: Scope) -> Response:
        """Answer an error that nobody expected; says nothing about it but the id to look it up by."""
        detail = "This is a defect of the service. Try again; if it stays, report it with the request id."
        return self.render(AppError(detail), path=scope["path"])

    def render(self, error: AppError, *, path: str, headers: dict[str, str] | None = None) -> Response:
        """Render one error.

        Args:
            error: What happened.
            path: The path asked for.
            headers: Further headers of the answer.
        """
        problem = Problem(
            type=f"{self._public_url}/problems/{error.code}",
            title=error.title,
            status=error.status,
            detail=error.detail,
            instance=path,
            code=error.code,
            request_id=correlation_id.get(),
            errors=tuple(
                ProblemItem(detail=fault.detail, parameter=fault.parameter, pointer=fault.pointer)
                for fault in error.faults
            ),
        )
        answer = Response(msgspec.json.encode(problem), status_code=error.status, media_type=MEDIA_TYPE)
        answer.headers["Cache-Control"] = "no-store"
        if error.retry_after_s is not None:
            answer.headers["Retry-After"] = str(error.retry_after_s)
        answer.headers.update({**error.headers, **(headers or {})})
        return answer

    async def _handle(self, request: Request, error: Exception) -> Response:
        answer = _to_app_error(error)
        if answer.status >= _SERVER_ERRORS:
            cause = error.__cause__
            log.warning("request_failed", code=answer.code, reason=repr(cause) if cause else answer.detail)
        headers = {}
        if isinstance(error, HTTPException) and error.status_code == MethodNotAllowedError.status:
            headers["Allow"] = ", ".join(_list_methods(request))
        return self.render(answer, path=request.url.path, headers=headers)


def _to_app_error(error: Exception) -> AppError:
    match error:
        case AppError():
            return error
        case RequestValidationError():
            faults = [_to_fault(item) for item in error.errors()]
            return InvalidInputError("; ".join(fault.detail for fault in faults), faults=faults)
        case HTTPException(status_code=404):
            return RouteNotFoundError("No resource has this address; /docs lists those there are.")
        case HTTPException(status_code=405):
            return MethodNotAllowedError(
                "This address does not take this method; the Allow header lists those it takes."
            )
        case _:
            return RequestRefusedError("The request cannot be understood; /docs says what this address takes.")


def _to_fault(item: dict[str, Any]) -> InputFault:
    where, *path = item["loc"]
    name = str(path[0]) if path else str(where)
    if where == "body":
        return InputFault(pointer="/" + "/".join(map(str, path)), detail=f"{name}: {item['msg']}")
    return InputFault(parameter=name, detail=f"{name}: {item['msg']}")


def _list_methods(request: Request) -> list[str]:
    """List all methods of a path, over all its routes: Starlette names those of the first one only."""
    methods = [method for method in _METHODS if _takes(request, method)]
    return ["GET", "HEAD", *methods[1:]] if "GET" in methods else methods


def _takes(request: Request, method: str) -> bool:
    # Routes are a tree; asking it is the one way that does not depend on how it is built.
    scope = {**request.scope, "method": method}
    if any(isinstance(route, Mount) and route.matches(scope)[0] is Match.FULL for route in request.app.routes):
        return method == "GET"  # files
    return any(route.matches(scope)[0] is Match.FULL for route in request.app.routes)


def describe_problems() -> dict[str, type[AppError]]:
    """List all kinds of problems that can be answered, by code."""
    kinds: dict[str, type[AppError]] = {}
    waiting: list[type[AppError]] = [AppError]
    while waiting:
        kind = waiting.pop()
        waiting.extend(kind.__subclasses__())
        if kind is AppError or kind.status != AppError.status:  # others refuse to start, and answer nobody
            kinds.setdefault(kind.code, kind)
    return dict(sorted(kinds.items()))
