"""Structured logs: one line an event, secrets taken out on the way.

Every line, also those of libraries, passes the same processors, so that it carries the request id and no secret. The
events and their fields are listed in `docs/observability.md`.
"""

import logging
import sys
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import structlog
from asgi_correlation_id import correlation_id

from event_scheduler.settings import LogFormat, LogLevel

__all__ = ["Redactor", "configure_logging"]

_MIN_SECRET_LENGTH = 4
"""Shorter values would blank out ordinary words."""

# These log full URLs (the upstream's carries our key) or a second line for each request.
_QUIET_LOGGERS = ("httpx2", "httpcore2", "uvicorn.access", "alembic.runtime.migration")
# Says so whenever a stranger sends a request id of another form, which is nothing to be warned of.
_SILENT_LOGGERS = ("asgi_correlation_id",)


class Redactor:
    """Replaces known secrets in whatever is about to be logged."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = tuple(secret for secret in secrets if len(secret) >= _MIN_SECRET_LENGTH)

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        """Redact one log event, at any depth; a structlog processor."""
        return {key: self._redact(value) for key, value in event.items()} if self._secrets else event

    def _redact(self, value: object) -> object:
        match value:
            case str():
                for secret in self._secrets:
                    value = value.replace(secret, "[redacted]")
                return value
            case Mapping():
                return {key: self._redact(item) for key, item in value.items()}
            case list() | tuple():
                return [self._redact(item) for item in value]
            case int() | float() | None:
                return value
            case _:
                return self._redact(str(value))


def _add_request_id(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if (request_id := correlation_id.get()) is not None:
        event.setdefault("request_id", request_id)
    return event


def configure_logging(*, level: LogLevel, log_format: LogFormat | None, secrets: Sequence[str]) -> None:
    """Send all logging, structlog's and the standard library's, to standard error in one form.

    Args:
        level: The least level that is logged.
        log_format: `None` means console where standard error is a terminal, else JSON.
        secrets: Values that must never be seen.
    """
    log_format = log_format or (LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON)
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_request_id,
    ]
    # Tracebacks become text before redaction, so that a secret in an exception is caught as well.
    last: list[structlog.typing.Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        Redactor(secrets),
        structlog.processors.JSONRenderer()
        if log_format is LogFormat.JSON
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.value.upper())
    for name in _QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT_LOGGERS:
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
