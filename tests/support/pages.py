"""Upstream answers of our own making, as small as they may be."""

from collections.abc import Sequence
from typing import Any

PAGE_SIZE = 200


def row(event_id: str, *, start: str | None = "2030-05-01T18:00:00Z", day: str | None = None, **more: object) -> Any:  # noqa: ANN401 - JSON
    """One event: at a moment, on a day without a time, or without a date."""
    if day is not None:
        when: dict[str, object] = {"localDate": day, "timeTBA": True}
    elif start is not None:
        when = {"dateTime": start, "localDate": start[:10], "localTime": start[11:19]}
    else:
        when = {"dateTBA": True}
    return {"id": event_id, "name": f"Event {event_id}", "dates": {"start": when, "timezone": "UTC"}, **more}


def page_of(rows: Sequence[Any], *, total: int | None = None, number: int = 0) -> dict[str, Any]:
    """A page of a search, as the upstream answers it."""
    total = len(rows) if total is None else total
    page = {"size": PAGE_SIZE, "totalElements": total, "totalPages": -(-total // PAGE_SIZE), "number": number}
    return {"page": page, **({"_embedded": {"events": list(rows)}} if rows else {})}
