"""What answers say about their own age: `Cache-Control`, `Age`, `Cache-Status`, `ETag` (RFC 9111, 9211)."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.requests import Request
from starlette.responses import Response

from event_scheduler.freshness.models import CacheOutcome

__all__ = ["CacheFacts", "answer_cacheable"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CacheFacts:
    """What is known about an answer's age."""

    fetched_at: datetime
    expires_at: datetime
    now: datetime
    is_stale: bool
    outcome: CacheOutcome
    is_private_moment: bool
    """Whether the answer is for this asker at this moment only, such as to `refresh=true`."""


def answer_cacheable(
    request: Request, body: bytes, facts: CacheFacts, *, stale_if_error: timedelta, headers: dict[str, str]
) -> Response:
    """Answer a public document with everything a cache wants to know, or 304 if the asker has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {
        **headers,
        "ETag": tag,
        "Age": str(max(0, int((facts.now - facts.fetched_at).total_seconds()))),
        "Cache-Control": _to_cache_control(facts, stale_if_error),
        "Cache-Status": _to_cache_status(facts),
    }
    if _matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def _to_cache_control(facts: CacheFacts, stale_if_error: timedelta) -> str:
    if facts.is_private_moment:
        return "no-store"
    lifetime = 0 if facts.is_stale else int((facts.expires_at - facts.fetched_at).total_seconds())
    return f"public, max-age={lifetime}, stale-if-error={int(stale_if_error.total_seconds())}"


def _to_cache_status(facts: CacheFacts) -> str:
    status = f"event-scheduler; {facts.outcome.value}"
    if facts.outcome is CacheOutcome.HIT:
        status += f"; ttl={int((facts.expires_at - facts.now).total_seconds())}"
    return status


def _matches(candidates: str | None, tag: str) -> bool:
    if candidates is None:
        return False
    tags = {candidate.strip().removeprefix("W/") for candidate in candidates.split(",")}
    return "*" in tags or tag in tags
