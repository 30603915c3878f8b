"""Serving an ASGI application on a real socket, in a thread of the test process."""

import json
import math
import socket
import threading
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from event_scheduler.sandbox.app import create_sandbox

_START_LIMIT_S = 20


@contextmanager
def serving(app: ASGIApp, listener: socket.socket, *, lifespan: Literal["on", "off"] = "off") -> Iterator[None]:
    config = uvicorn.Config(app, log_config=None, access_log=False, lifespan=lifespan, timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(_START_LIMIT_S)


class RunningSandbox:
    """A sandbox that is served, and what it has counted."""

    def __init__(self, url: str) -> None:
        self.base_url = f"{url}/sandbox/discovery/v2"
        self._control = f"{url}/sandbox/control"

    def reset(self) -> None:
        request = urllib.request.Request(f"{self._control}/reset", method="POST")  # noqa: S310 - loopback
        urllib.request.urlopen(request, timeout=5).close()  # noqa: S310

    def count_calls(self) -> int:
        with urllib.request.urlopen(f"{self._control}/counters", timeout=5) as answer:  # noqa: S310
            total: int = json.load(answer)["total"]
            return total

    def get(self, path: str, query: str = "") -> Mapping[str, Any]:
        """Ask it directly, past everything that is tested."""
        with urllib.request.urlopen(f"{self.base_url}/{path}?apikey=direct&{query}", timeout=20) as answer:  # noqa: S310
            body: Mapping[str, Any] = json.load(answer)
            return body


@contextmanager
def running_sandbox(*, recordings: Path | None = None) -> Iterator[RunningSandbox]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        world = create_sandbox(
            recordings=recordings, public_url=url, requests_per_second=math.inf, daily_quota=1_000_000
        )
        with serving(Starlette(routes=[Mount("/sandbox", world)]), listener):
            yield RunningSandbox(url)
