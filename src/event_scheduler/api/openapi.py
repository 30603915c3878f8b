"""The OpenAPI document: what the routes say, with shapes from the very types that are answered."""

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from event_scheduler.api.documents import EventPage, Health, ProblemKind, Version
from event_scheduler.api.problems import MEDIA_TYPE, Problem
from event_scheduler.catalog.models import StoredEvent

__all__ = ["answers", "describe_query", "install_openapi", "problem"]

_TYPES = (EventPage, StoredEvent, Health, Version, ProblemKind, Problem)
_PREFIX = "#/components/schemas/"

_DESCRIPTION = """\
Events from Ticketmaster, kept fresh for an hour, honest about their age. Times are the venue's own, and what is not
known is null. Errors are RFC 9457 problem details whose `code` is stable.
"""


def answers(shape: type[msgspec.Struct], description: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Describe a 200 answer of one of the shapes above."""
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": _PREFIX + shape.__name__}}},
        "headers": {name: _describe_header(text) for name, text in (headers or {}).items()},
    }


def problem(description: str, *, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Describe a problem answer."""
    return {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": {"$ref": _PREFIX + Problem.__name__}}},
        "headers": {name: _describe_header(text) for name, text in (headers or {}).items()},
    }


def _describe_header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string"}}


def describe_query(model: type[BaseModel]) -> list[dict[str, Any]]:
    """Describe a model's fields as query parameters."""
    schema = model.model_json_schema(by_alias=True)
    return [_describe_parameter(name, field, schema.get("$defs", {})) for name, field in schema["properties"].items()]


def _describe_parameter(name: str, field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    field = dict(field)
    description = field.pop("description")
    examples = field.pop("examples", None)
    field.pop("title", None)
    options = [option for option in field.pop("anyOf", ()) if option.get("type") != "null"]
    for option in options:
        field |= option
    if reference := field.pop("$ref", None):
        definition = definitions[reference.removeprefix("#/$defs/")]
        field |= {"type": definition["type"], "enum": definition["enum"]}
    if field.get("default", ...) is None:
        del field["default"]
    if examples:
        field["examples"] = examples
    return {"name": name, "in": "query", "required": False, "description": description, "schema": field}


def install_openapi(app: FastAPI, *, version: str) -> None:
    """Make the application's OpenAPI document, with the shapes of all answers."""

    def build() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = get_openapi(
                title=app.title,
                version=version,
                description=_DESCRIPTION,
                routes=app.routes,
                # Wherever it was loaded from: /docs may call no other origin, not even this machine's other name.
                servers=[{"url": "/"}],
                tags=app.openapi_tags,
                license_info={"name": "MIT", "identifier": "MIT"},
            )
            _, shapes = msgspec.json.schema_components(_TYPES, ref_template=_PREFIX + "{name}")
            document.setdefault("components", {})["schemas"] = dict(sorted(shapes.items()))
            app.openapi_schema = document
        return app.openapi_schema

    # FastAPI's documented way to replace the document.
    app.openapi = build  # type: ignore[method-assign]
