"""What their refusals mean: statuses, both shapes of error bodies and rate headers, as errors of the product."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final, NamedTuple

from event_scheduler.sources.errors import (
    SourceAnswerError,
    SourceDepthError,
    SourceError,
    SourceKeyError,
    SourceNotFoundError,
    SourceQuotaError,
    SourceRejectedError,
    SourceUnavailableError,
)
from event_scheduler.sources.guard import PassingError
from event_scheduler.sources.ticketmaster.parsing import parse_fault

__all__ = ["Refusal", "read_refusal", "retry_after_s"]

_TOO_DEEP: Final = frozenset({"DIS1024", "DIS1035"})
_SPIKE_WAIT_S: Final = 1
"""Five calls a second are allowed (Discovery API v2, "Rate Limit")."""

_LEAST_WAIT_S: Final = 1
_LONGEST_WAIT_S: Final = 24 * 60 * 60
"""The quota's window (observed October 2026); nobody has to wait longer."""

_QUOTA_WAIT_S: Final = 60 * 60
"""Where the answer does not say when the quota resets."""

_KEY_WAIT_S: Final = 300
_SHOWN_DETAIL: Final = 200
_WHOLE_NUMBER: Final = re.compile(r"[+-]?\d{1,30}")

_CLIENT_ERROR: Final = 400
_UNAUTHORIZED: Final = 401
_NOT_FOUND: Final = 404
_REQUEST_TIMEOUT: Final = 408
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_PASSING_STATUSES: Final = frozenset({_REQUEST_TIMEOUT, _TOO_MANY})


class Refusal(NamedTuple):
    """An answer that is no answer."""

    error: SourceError | PassingError
    code: str
    """Theirs, such as `DIS1035`; empty where the body has none."""

    detail: str
    """Theirs, redacted and cut; for the log."""


def read_refusal(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    is_lookup: bool,
    redact: Callable[[str], str],
    now: datetime,
) -> Refusal:
    """Tell what an answer of any status but 200 means.

    Args:
        status: Of the answer; not 200.
        headers: Of the answer, names in any case.
        body: Of the answer; may be HTML or empty.
        is_lookup: Whether one thing was asked for by id, so that 404 is an answer about it.
        redact: Removes our key from a text; the documented body of a spent quota repeats it.
        now: Aware UTC; reset times are told as moments.
    """
    fault = parse_fault(body)
    code = fault.code if fault else ""
    if _is_quota(status, headers, code):
        error: SourceError | PassingError = _quota(headers, now=now)
    elif status in _PASSING_STATUSES or status >= _SERVER_ERROR:
        error = _passing(status, headers, now=now)
    else:
        error = _lasting(status, code, is_lookup=is_lookup)
    return Refusal(error, redact(code)[:_SHOWN_DETAIL], redact(fault.detail)[:_SHOWN_DETAIL] if fault else "")


def _is_quota(status: int, headers: Mapping[str, str], code: str) -> bool:
    """The gateway names its policy; without a body the counter has to tell a spent day from a busy second."""
    if status == _TOO_MANY and not code:
        return headers.get("Rate-Limit-Available") == "0"
    return "QuotaViolation" in code


def _lasting(status: int, code: str, *, is_lookup: bool) -> SourceError:
    """Tell what asking again does not change."""
    if status == _UNAUTHORIZED:
        return SourceKeyError("The event source refuses our key; an operator has to act.", retry_after_s=_KEY_WAIT_S)
    if status == _NOT_FOUND and is_lookup and code.startswith("DIS"):
        return SourceNotFoundError("The event source knows no such event.")
    if status == _NOT_FOUND or status < _CLIENT_ERROR:
        # A 404 in nobody's words is a gateway's, or a wrong address's: it says nothing about the event.
        return SourceAnswerError("The event source gave an unusable answer. Please try again shortly.")
    if code in _TOO_DEEP:
        return SourceDepthError("The event source does not let anybody read this far.")
    return SourceRejectedError("The event source refused the question.")


def _quota(headers: Mapping[str, str], *, now: datetime) -> SourceQuotaError:
    wait_s = retry_after_s(headers, now=now, is_quota=True) or _QUOTA_WAIT_S
    return SourceQuotaError("Today's calls to the event source are used up.", retry_after_s=wait_s)


def _passing(status: int, headers: Mapping[str, str], *, now: datetime) -> PassingError:
    asked_s = retry_after_s(headers, now=now)
    wait_s = max(asked_s or 0, _SPIKE_WAIT_S if status == _TOO_MANY else 0)
    detail = "The event source does not answer. Please try again shortly."
    error = SourceUnavailableError(detail, retry_after_s=asked_s) if asked_s else SourceUnavailableError(detail)
    return PassingError(error, wait=timedelta(seconds=wait_s))


def retry_after_s(headers: Mapping[str, str], *, now: datetime, is_quota: bool = False) -> int | None:
    """Read how long to wait, in seconds from 1 to 86,400 whatever absurd value is given; `None` where none is.

    For a spent quota `Rate-Limit-Reset` is looked at first: a moment in milliseconds, not seconds (observed October
    2026). Then `Retry-After`, in seconds or as a date (RFC 9110, 10.2.3).
    """
    if is_quota and (reset_ms := _to_whole(headers.get("Rate-Limit-Reset", ""))) is not None:
        return _clamp(reset_ms / 1000 - now.timestamp())
    text = headers.get("Retry-After", "").strip()
    if (seconds := _to_whole(text)) is not None:
        return _clamp(seconds)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:  # "-0000": UTC, of unknown place
            moment = moment.replace(tzinfo=UTC)
        return _clamp((moment - now).total_seconds())
    except (ValueError, OverflowError):
        return None


def _to_whole(text: str) -> int | None:
    return int(text) if _WHOLE_NUMBER.fullmatch(text.strip()) else None


def _clamp(seconds: float) -> int:
    return int(min(max(seconds, _LEAST_WAIT_S), _LONGEST_WAIT_S))
