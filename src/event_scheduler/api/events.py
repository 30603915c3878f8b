"""`/events`: searching, and one event."""

from collections.abc import Mapping
from typing import Annotated, ClassVar

import msgspec
from fastapi import APIRouter, Path, Request
from pydantic import ValidationError
from starlette.responses import Response

from event_scheduler.api.caching import CacheFacts, answer_cacheable
from event_scheduler.api.documents import EventPage, Links, Meta, WarningItem
from event_scheduler.api.openapi import answers, describe_query, problem
from event_scheduler.api.parameters import EventSearchParameters, UnknownParameter, check_names
from event_scheduler.catalog.models import StoredEvent
from event_scheduler.errors import AppError, InputFault, InvalidInputError
from event_scheduler.factory import Factory
from event_scheduler.freshness.models import Answer, Notice

__all__ = ["StrictParameterError", "create_events_router"]

_NAMES = frozenset(field.alias or name for name, field in EventSearchParameters.model_fields.items())
_CACHE_HEADERS = {
    "Age": "Seconds since the source was asked.",
    "Cache-Control": "How long the answer may be kept.",
    "Cache-Status": "How the answer came about (RFC 9211).",
    "ETag": "Names this very answer; send it back as If-None-Match.",
}
_RETRY = {"Retry-After": "Seconds to wait."}
_NOTICES = {
    Notice.REFRESH_TOO_SOON: "This search was read from the source a moment ago; the answer is that reading.",
}


class StrictParameterError(AppError):
    """With `Prefer: handling=strict`, a parameter that does not exist is an error."""

    code = "unknown_parameter"
    status = 400
    title = "No such parameter"
    headers: ClassVar[Mapping[str, str]] = {"Preference-Applied": "handling=strict", "Vary": "Prefer"}


def create_events_router(factory: Factory) -> APIRouter:
    """Make the routes of `/events`."""
    router = APIRouter(tags=["events"])

    @router.get(
        "/events",
        summary="Search events",
        description=(
            "Answers from the cache while it is fresh (one hour), else asks the source. The parameters are "
            "Ticketmaster's; unknown ones are named in `meta.warnings`, or refused with `Prefer: handling=strict`."
        ),
        response_class=Response,
        responses={
            200: answers(EventPage, "One page of events.", {**_CACHE_HEADERS, "Link": "The same links (RFC 8288)."}),
            304: {"description": "The asker has this very answer."},
            400: problem("A parameter does not exist, with `Prefer: handling=strict`."),
            422: problem("A parameter is not valid, or the page lies too deep (`too_deep`)."),
            503: problem("The source does not answer and there is no copy.", headers=_RETRY),
        },
        openapi_extra={
            "parameters": [
                *describe_query(EventSearchParameters),
                {
                    "name": "Prefer",
                    "in": "header",
                    "required": False,
                    "description": "`handling=strict` refuses unknown parameters (RFC 7240).",
                    "schema": {"type": "string"},
                },
            ]
        },
    )
    async def list_events(request: Request) -> Response:
        is_strict = _prefers_strict(request)
        unknown = check_names([name for name, _ in request.query_params.multi_items()], _NAMES)
        if unknown and is_strict:
            faults = [InputFault(parameter=item.name, detail=item.detail) for item in unknown]
            raise StrictParameterError(" ".join(fault.detail for fault in faults), faults=faults)
        parameters = _parse(request)
        search = parameters.to_search(default_country_code=factory.settings.default_country_code)
        answer = await factory.create_event_reader().search(search, parameters.to_need())
        document = _to_document(answer, parameters, unknown, public_url=factory.settings.public_url)
        headers = {"Link": _to_link_header(document.links), "Vary": "Prefer"}
        if is_strict:
            headers["Preference-Applied"] = "handling=strict"
        return answer_cacheable(
            request,
            msgspec.json.encode(document),
            CacheFacts(
                fetched_at=answer.fetched_at,
                expires_at=answer.expires_at,
                now=answer.now,
                is_stale=answer.is_stale,
                outcome=answer.outcome,
                is_private_moment=parameters.refresh,
            ),
            stale_if_error=factory.lifetimes.stale_if_error,
            headers=headers,
        )

    @router.get(
        "/events/{event_id}",
        summary="One event",
        description="Answers from the catalogue while it is fresh, else asks the source by id.",
        response_class=Response,
        responses={
            200: answers(StoredEvent, "The event.", _CACHE_HEADERS),
            304: {"description": "The asker has this very answer."},
            404: problem("Neither this service nor the source knows the id."),
            422: problem("The id is not text, or too long."),
            503: problem("The event is not known here, and the source cannot tell.", headers=_RETRY),
        },
    )
    async def get_event(
        request: Request, event_id: Annotated[str, Path(max_length=200, description="The event's `id`.")]
    ) -> Response:
        answer = await factory.create_event_reader().read_event(event_id)
        return answer_cacheable(
            request,
            msgspec.json.encode(answer.event),
            CacheFacts(
                fetched_at=answer.event.fetched_at,
                expires_at=answer.expires_at,
                now=answer.now,
                is_stale=answer.is_stale,
                outcome=answer.outcome,
                is_private_moment=False,
            ),
            stale_if_error=factory.lifetimes.stale_if_error,
            headers={},
        )

    return router


def _prefers_strict(request: Request) -> bool:
    preferences = ",".join(request.headers.getlist("prefer")).lower().split(",")
    return any(part.split(";")[0].replace(" ", "") == "handling=strict" for part in preferences)


def _parse(request: Request) -> EventSearchParameters:
    given = {name: value for name, value in request.query_params.multi_items() if name in _NAMES}
    try:
        return EventSearchParameters.model_validate(given)
    except ValidationError as error:
        faults = [
            InputFault(parameter=str(item["loc"][0]), detail=f"{item['loc'][0]} {_to_clause(item['msg'])}")
            for item in error.errors(include_url=False, include_input=False)
        ]
        raise InvalidInputError("; ".join(fault.detail for fault in faults), faults=faults) from None


def _to_clause(message: str) -> str:
    """Pydantic's "Input should be …" as the end of a sentence that begins with the parameter's name."""
    return message.replace("Input should be", "must be").replace("String should", "must")


def _to_document(
    answer: Answer, parameters: EventSearchParameters, unknown: list[UnknownParameter], *, public_url: str
) -> EventPage:
    total_pages = -(-answer.total // parameters.size)
    warnings = [WarningItem(code="unknown_parameter", parameter=item.name, detail=item.detail) for item in unknown] + [
        WarningItem(code=notice.value, parameter="refresh", detail=_NOTICES[notice]) for notice in answer.notices
    ]
    if parameters.refresh and answer.is_stale:
        detail = "The source did not answer in time; this is the newest copy there is."
        warnings.append(WarningItem(code="refresh_failed", parameter="refresh", detail=detail))
    return EventPage(
        page=parameters.page,
        size=parameters.size,
        total=answer.total,
        total_relation="exact" if answer.is_total_exact else "atLeast",
        total_pages=total_pages,
        events=answer.events,
        links=_to_links(answer, parameters, public_url=public_url),
        meta=Meta(
            fetched_at=answer.fetched_at.replace(microsecond=0),
            expires_at=answer.expires_at.replace(microsecond=0),
            stale=answer.is_stale,
            source="ticketmaster",
            warnings=tuple(warnings),
        ),
    )


def _to_links(answer: Answer, parameters: EventSearchParameters, *, public_url: str) -> Links:
    def link(page: int) -> str:
        return f"{public_url}/events?{parameters.to_query_string(page=page)}"

    page, last = parameters.page, max(1, -(-answer.reachable // parameters.size))
    return Links(
        self=link(page),
        first=link(1),
        prev=link(min(page - 1, last)) if page > 1 else None,
        next=link(page + 1) if answer.has_more else None,
        last=link(last),
    )


def _to_link_header(links: Links) -> str:
    named = ((name, getattr(links, name)) for name in ("self", "first", "prev", "next", "last"))
    return ", ".join(f'<{address}>; rel="{name}"' for name, address in named if address)
