"""What stands around every call to a source: few tries, one deadline, and a word when it breaks and when it heals."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Final, TypeVar

import stamina
import stamina.instrumentation
import structlog
from structlog.typing import FilteringBoundLogger

from event_scheduler.clock import Clock
from event_scheduler.sources.errors import (
    SourceError,
    SourceNotFoundError,
    SourceRejectedError,
    SourceUnavailableError,
)

__all__ = ["Attempt", "PassingError", "SourceGuard"]

_log: FilteringBoundLogger = structlog.get_logger(__name__)
_random = SystemRandom()

_ATTEMPTS: Final = 3
_FIRST_WAIT_S: Final = 0.1
_JITTER_S: Final = 0.2
_LEAST_USEFUL_S: Final = 0.25
"""With less time left than this after a wait, another try is not worth the upstream's trouble (its quickest answers
took 0.1 to 0.3 s in October 2026)."""

_MARGIN_S: Final = 0.02
"""By how much a try ends before the whole does, so that its own error is the one that is told."""

# Each try already has its `upstream_call` line; stamina would add a warning of its own to every retry.
stamina.instrumentation.set_on_retry_hooks(())

T = TypeVar("T")


class PassingError(Exception):
    """A failure that asking again at once may cure. It never leaves the guard."""

    def __init__(self, error: SourceError, *, wait: timedelta = timedelta(0)) -> None:
        super().__init__(str(error))
        self.error = error
        """What is raised when there is no further try."""

        self.wait = wait
        """The least time to leave before the next try."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One of the tries of a call."""

    number: int
    """From 1."""

    remaining: timedelta
    """How long it may take, all in."""


class SourceGuard:
    """Guards all calls to one source; one object a source and process.

    Every call to a source passes through `call`, and nothing else decides whether a call is made: this is where a
    breaker and a budget shared between processes belong.
    """

    def __init__(self, *, source: str, clock: Clock, deadline: timedelta) -> None:
        self._source = source
        self._clock = clock
        self._deadline_s = deadline.total_seconds()
        self._broken_since: datetime | None = None

    async def call(self, ask: Callable[[Attempt], Awaitable[T]]) -> T:
        """Ask a source, again where that may help, all within the one deadline.

        Args:
            ask: Makes one try. It raises `PassingError` for what another try may cure, and any other `SourceError`
                for what it cannot.

        Returns:
            What the first successful try returned.

        Raises:
            SourceError: The last try's, once three have failed, or when the deadline leaves no room for another.
        """
        try:
            answer = await self._call(ask)
        except (SourceNotFoundError, SourceRejectedError):
            self._note_healthy()  # It answers, and in its own words.
            raise
        except SourceError as exc:
            self._note_broken(exc)
            raise
        self._note_healthy()
        return answer

    async def _call(self, ask: Callable[[Attempt], Awaitable[T]]) -> T:
        failure: SourceError
        try:
            async with asyncio.timeout(self._deadline_s):
                return await self._retry(ask)
        except PassingError as exc:
            failure = exc.error
        except TimeoutError:
            failure = SourceUnavailableError("The event source did not answer in time. Please try again shortly.")
        raise failure

    async def _retry(self, ask: Callable[[Attempt], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self._deadline_s
        number = 0

        def wait_for(exc: Exception) -> float | bool:
            if not isinstance(exc, PassingError):
                return False
            wait_s = max(_FIRST_WAIT_S * 2 ** (number - 1), exc.wait.total_seconds()) + _random.uniform(0, _JITTER_S)
            return wait_s if loop.time() + wait_s + _LEAST_USEFUL_S <= ends_at else False

        async for attempt in stamina.retry_context(on=wait_for, attempts=_ATTEMPTS, timeout=None):
            number = attempt.num
            with attempt:
                remaining_s = max(ends_at - loop.time() - _MARGIN_S, 0)
                return await ask(Attempt(number=number, remaining=timedelta(seconds=remaining_s)))
        raise AssertionError("unreachable")

    def _note_broken(self, error: SourceError) -> None:
        if self._broken_since is None:
            self._broken_since = self._clock.now()
            _log.warning("source_broken", source=self._source, code=error.code, detail=error.detail)

    def _note_healthy(self) -> None:
        if self._broken_since is not None:
            broken_for = self._clock.now() - self._broken_since
            self._broken_since = None
            _log.info("source_healed", source=self._source, broken_for_s=round(broken_for.total_seconds(), 1))
