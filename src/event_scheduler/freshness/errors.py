"""What can go wrong with asking for events."""

from event_scheduler.errors import AppError, InputFault, InvalidInputError

__all__ = ["EventNotFoundError", "TooDeepError"]


class EventNotFoundError(AppError):
    """Neither this service nor the source knows an event by this id."""

    code = "event_not_found"
    status = 404
    title = "No such event"


class TooDeepError(InvalidInputError):
    """A page lies beyond what can be reached by page number."""

    code = "too_deep"
    title = "The page lies too deep"

    def __init__(self, detail: str) -> None:
        super().__init__(detail, faults=[InputFault(parameter="page", detail=detail)])
