"""What can go wrong with a source, told apart by what helps."""

from event_scheduler.errors import UnavailableError

__all__ = [
    "SourceAnswerError",
    "SourceDepthError",
    "SourceError",
    "SourceKeyError",
    "SourceNotFoundError",
    "SourceQuotaError",
    "SourceRejectedError",
    "SourceUnavailableError",
]


class SourceError(UnavailableError):
    """The source gave no usable answer."""

    code = "source_unavailable"
    title = "The event source does not answer"


class SourceUnavailableError(SourceError):
    """Timeout, refused connection, 5xx or a rate limit, after all tries."""


class SourceAnswerError(SourceError):
    """An answer that is too large, cut off, not JSON, or not of the documented shape."""

    code = "source_answer_unusable"


class SourceQuotaError(SourceError):
    """The source's daily quota is spent."""

    code = "source_quota_spent"
    title = "The event source's daily quota is spent"


class SourceKeyError(SourceError):
    """The source does not accept our API key; an operator has to act."""

    code = "source_key_refused"
    title = "The event source refuses our API key"


class SourceRejectedError(SourceError):
    """The source says that the question itself is wrong (4xx); a defect of ours, or of its documentation."""

    code = "source_refused_query"
    title = "The event source refused the question"


class SourceDepthError(SourceRejectedError):
    """The page lies deeper than the source lets anybody read."""

    code = "source_too_deep"


class SourceNotFoundError(SourceError):
    """The source does not know this id (any more)."""

    code = "source_not_found"
