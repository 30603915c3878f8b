"""Few tries, one deadline, and a word when a source breaks and when it heals."""

import asyncio
import time
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from event_scheduler.clock import Clock
from event_scheduler.sources.errors import (
    SourceAnswerError,
    SourceError,
    SourceKeyError,
    SourceNotFoundError,
    SourceQuotaError,
    SourceRejectedError,
    SourceUnavailableError,
)
from event_scheduler.sources.guard import Attempt, PassingError, SourceGuard


class Asked:
    """Fails as told, then answers; keeps what it was given."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.attempts: list[Attempt] = []
        self.times: list[float] = []

    async def __call__(self, attempt: Attempt) -> str:
        self.attempts.append(attempt)
        self.times.append(time.monotonic())
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def make_guard(clock: Clock, *, deadline_s: float = 3) -> SourceGuard:
    return SourceGuard(source="s", clock=clock, deadline=timedelta(seconds=deadline_s))


def passing(*, wait_s: float = 0) -> PassingError:
    return PassingError(SourceUnavailableError("away"), wait=timedelta(seconds=wait_s))


async def test_a_passing_failure_is_tried_again(clock: Clock) -> None:
    ask = Asked(passing(), passing())
    assert await make_guard(clock).call(ask) == "answer"
    assert [attempt.number for attempt in ask.attempts] == [1, 2, 3]
    assert ask.attempts[0].remaining > ask.attempts[1].remaining > ask.attempts[2].remaining


async def test_there_are_three_tries_at_most(clock: Clock) -> None:
    ask = Asked(*[passing() for _ in range(9)])
    with pytest.raises(SourceUnavailableError):
        await make_guard(clock).call(ask)
    assert len(ask.attempts) == 3


@pytest.mark.parametrize(
    "error", [SourceKeyError, SourceQuotaError, SourceRejectedError, SourceNotFoundError, SourceAnswerError]
)
async def test_what_cannot_pass_is_not_tried_again(clock: Clock, error: type[SourceError]) -> None:
    ask = Asked(error("no"))
    with pytest.raises(error):
        await make_guard(clock).call(ask)
    assert len(ask.attempts) == 1


async def test_a_rate_spike_is_waited_out(clock: Clock) -> None:
    ask = Asked(passing(wait_s=1))
    await make_guard(clock).call(ask)
    assert ask.times[1] - ask.times[0] >= 1


async def test_a_wait_that_the_deadline_does_not_allow_is_not_begun(clock: Clock) -> None:
    ask = Asked(passing(wait_s=60))
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="away"):
        await make_guard(clock).call(ask)
    assert time.monotonic() - started < 10


async def test_the_deadline_holds_for_all_tries_together(clock: Clock) -> None:
    async def ask(attempt: Attempt) -> str:
        if attempt.number == 1:
            raise passing()
        await asyncio.sleep(60)
        return "never"

    started = time.monotonic()
    with pytest.raises(SourceUnavailableError):
        await make_guard(clock, deadline_s=0.8).call(ask)
    assert time.monotonic() - started < 10


async def test_health_is_told_once_when_it_breaks_and_once_when_it_heals(clock: Clock) -> None:
    guard = make_guard(clock)
    with capture_logs() as lines:
        await guard.call(Asked())
        for _ in range(3):
            with pytest.raises(SourceKeyError):
                await guard.call(Asked(SourceKeyError("refused")))
        clock.offset = timedelta(minutes=2)
        await guard.call(Asked())
        await guard.call(Asked())
    assert [(line["event"], line["log_level"]) for line in lines] == [
        ("source_broken", "warning"),
        ("source_healed", "info"),
    ]
    assert lines[0]["code"] == "source_key_refused"
    assert 119 <= lines[1]["broken_for_s"] <= 125


@pytest.mark.parametrize("error", [SourceNotFoundError, SourceRejectedError])
async def test_a_source_that_refuses_in_its_own_words_is_healthy(clock: Clock, error: type[SourceError]) -> None:
    guard = make_guard(clock)
    with capture_logs() as lines:
        with pytest.raises(SourceUnavailableError):
            await guard.call(Asked(passing(wait_s=60)))
        with pytest.raises(error):
            await guard.call(Asked(error("no")))
    assert [line["event"] for line in lines] == ["source_broken", "source_healed"]


async def test_a_cancelled_call_says_nothing_about_health(clock: Clock) -> None:
    async def ask(attempt: Attempt) -> str:
        await asyncio.sleep(60)
        return str(attempt)

    with capture_logs() as lines:
        task = asyncio.create_task(make_guard(clock).call(ask))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert lines == []
