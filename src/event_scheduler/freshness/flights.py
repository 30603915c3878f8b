"""One fetch at a time for each search within this process; `leases` does the same between processes."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta

__all__ = ["Flights"]

_STOP_WAIT = timedelta(seconds=2)


class Flights:
    """Running fetches by search key.

    A fetch is a task of its own: it goes on, and its answer is stored, when whoever asked for it has hung up or has
    stopped waiting.
    """

    def __init__(self) -> None:
        self._running: dict[bytes, asyncio.Task[None]] = {}

    def join(self, key: bytes, start: Callable[[], Coroutine[None, None, None]]) -> tuple[asyncio.Task[None], bool]:
        """Return the running fetch for a key, starting it if there is none.

        Returns:
            The task, and whether it was started by this call.
        """
        if (running := self._running.get(key)) is not None:
            return running, False
        task = asyncio.create_task(start())
        self._running[key] = task
        task.add_done_callback(lambda done: self._forget(key, done))
        return task, True

    def _forget(self, key: bytes, task: asyncio.Task[None]) -> None:
        self._running.pop(key, None)
        if not task.cancelled():
            task.exception()  # whoever waited has seen it; nobody need have waited

    async def aclose(self) -> None:
        """Let running fetches finish for a moment, then cancel them."""
        if not self._running:
            return
        _, late = await asyncio.wait(set(self._running.values()), timeout=_STOP_WAIT.total_seconds())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=_STOP_WAIT.total_seconds())
