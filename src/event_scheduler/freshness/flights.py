"""Doing a thing once for everybody in this process who wants it now; `leases` does the same between processes."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from datetime import timedelta
from typing import Generic, TypeVar

__all__ = ["Flights"]

_STOP_WAIT = timedelta(seconds=2)

KeyT = TypeVar("KeyT", bound=Hashable)
ResultT = TypeVar("ResultT")


class Flights(Generic[KeyT, ResultT]):
    """Running work by key.

    Each is a task of its own: it goes on when whoever asked for it has hung up or has stopped waiting. There are never
    more than there are requests that began them.
    """

    def __init__(self) -> None:
        self._running: dict[KeyT, asyncio.Task[ResultT]] = {}

    def join(
        self, key: KeyT, start: Callable[[], Coroutine[None, None, ResultT]]
    ) -> tuple[asyncio.Task[ResultT], bool]:
        """Return the running work for a key, starting it if there is none.

        Returns:
            The task, which a waiter must not cancel, and whether it was started by this call.
        """
        if (running := self._running.get(key)) is not None:
            return running, False
        task = asyncio.create_task(start())
        self._running[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))
        return task, True

    def _forget(self, key: KeyT, task: asyncio.Task[ResultT]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has seen it; nobody need have waited

    async def aclose(self) -> None:
        """Let what runs finish for a moment, then cancel them."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running.values()), timeout=_STOP_WAIT.total_seconds())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_STOP_WAIT.total_seconds())
