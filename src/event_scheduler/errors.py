"""The one tree of errors that people and programs may see.

Each feature adds its own leaves beside its code; `api/problems.py` alone renders them (RFC 9457).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

__all__ = ["AppError", "InputFault", "InvalidInputError", "UnavailableError"]


@dataclass(frozen=True, kw_only=True, slots=True)
class InputFault:
    """One thing that is wrong with what was sent."""

    detail: str
    """What is wrong and what would be right; safe to show."""

    parameter: str | None = None
    """The query or path parameter at fault."""

    pointer: str | None = None
    """The place in the JSON body at fault (RFC 6901)."""


class AppError(Exception):
    """An error with a stable code, a status, and a message that is safe to show and says what to do next."""

    code: ClassVar[str] = "internal_error"
    """Stable name for programs."""

    status: ClassVar[int] = 500
    """The HTTP status it is answered with."""

    title: ClassVar[str] = "Something went wrong on our side"
    """The same words for every occurrence."""

    headers: ClassVar[Mapping[str, str]] = {}
    """Headers that the answer bears besides."""

    def __init__(self, detail: str, *, retry_after_s: int | None = None, faults: Sequence[InputFault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_s = retry_after_s
        self.faults = tuple(faults)


class InvalidInputError(AppError):
    """A parameter or body is not what its documentation asks for."""

    code = "invalid_parameter"
    status = 422
    title = "A parameter is not valid"


class UnavailableError(AppError):
    """Something we depend on is away and nothing is in hand; trying again later helps."""

    code = "unavailable"
    status = 503
    title = "The answer is not available right now"

    def __init__(self, detail: str, *, retry_after_s: int = 5, faults: Sequence[InputFault] = ()) -> None:
        super().__init__(detail, retry_after_s=retry_after_s, faults=faults)
