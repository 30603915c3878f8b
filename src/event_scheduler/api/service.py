"""About the service itself: alive, ready, which version, what problems mean."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Path
from starlette.responses import PlainTextResponse, Response

from event_scheduler.api.documents import Health, ProblemKind, Version
from event_scheduler.api.openapi import answers, problem
from event_scheduler.api.problems import RouteNotFoundError, describe_problems
from event_scheduler.errors import UnavailableError
from event_scheduler.factory import Factory
from event_scheduler.version import VERSION, find_commit

__all__ = ["NotReadyError", "create_service_router"]

_ROBOTS = """\
User-agent: *
Disallow: /events
Disallow: /sandbox/
"""


class NotReadyError(UnavailableError):
    """The service cannot serve at the moment; `errors` lists why."""

    code = "not_ready"
    title = "Not ready to serve"


def _answer(document: msgspec.Struct) -> Response:
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(document), media_type="application/json", headers=headers)


def create_service_router(factory: Factory, *, is_demo: bool) -> APIRouter:
    """Make the routes about the service itself."""
    router = APIRouter(tags=["service"])

    @router.get(
        "/livez",
        summary="Is the process alive?",
        description="Never touches the database.",
        response_class=Response,
        responses={200: answers(Health, "It is.")},
    )
    async def get_liveness() -> Response:
        return _answer(Health(status="alive"))

    @router.get(
        "/readyz",
        summary="Can it serve?",
        description="Whether the database answers and has this version's tables.",
        response_class=Response,
        responses={200: answers(Health, "It can."), 503: problem("It cannot; `errors` says why.")},
    )
    async def get_readiness() -> Response:
        if reasons := await factory.find_obstacles():
            raise NotReadyError(" ".join(fault.detail for fault in reasons), retry_after_s=5, faults=reasons)
        return _answer(Health(status="ready"))

    @router.get(
        "/version",
        summary="Which version is this?",
        response_class=Response,
        responses={200: answers(Version, "Version, commit, and whether this is the demo.")},
    )
    async def get_version() -> Response:
        mode = "demo" if is_demo else "live"
        return _answer(Version(name="event-scheduler", version=VERSION, commit=find_commit(), mode=mode))

    @router.get(
        "/problems/{code}",
        summary="What does a problem mean?",
        description="Where the `type` of every problem answer leads.",
        response_class=Response,
        responses={
            200: answers(ProblemKind, "What it means."),
            404: problem("There is no such problem."),
            422: problem("The code is too long."),
        },
    )
    async def get_problem(code: Annotated[str, Path(max_length=200)]) -> Response:
        kind = describe_problems().get(code)
        if kind is None:
            raise RouteNotFoundError("No problem has this code.")
        description = " ".join((kind.__doc__ or "").split())
        return _answer(ProblemKind(code=code, status=kind.status, title=kind.title, description=description))

    @router.get("/robots.txt", include_in_schema=False)
    async def get_robots() -> Response:
        return PlainTextResponse(_ROBOTS)

    return router
