"""Taking a port, and serving on it."""

import errno
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp
from typing_extensions import override

from event_scheduler.errors import AppError

__all__ = ["AddressError", "PortTakenError", "create_config", "listen", "serve"]

_OTHER_PORT_HELPS = {errno.EADDRINUSE, errno.EACCES}

STOP_GRACE_S = 10
"""How long requests in flight may take to finish after a stop signal."""


class PortTakenError(AppError):
    """Another program listens on the port; the message names a command that would work."""

    code = "port_taken"
    title = "The port is taken"


class AddressError(AppError):
    """The host is no address of this machine."""

    code = "bad_address"
    title = "The address cannot be listened on"


def listen(host: str, port: int, *, command: str) -> socket.socket:
    """Take a port.

    Args:
        host: An address or name of this machine.
        port: 1 to 65535.
        command: What the user ran, less the port; for the hint.

    Raises:
        PortTakenError: It is taken, or may not be taken.
        AddressError: The host is not this machine.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        trouble = f"Cannot listen on {host}:{port} ({error.strerror or error})."
        if error.errno not in _OTHER_PORT_HELPS:
            raise AddressError(f"{trouble} HOST must be an address of this machine.") from None
        raise PortTakenError(f"{trouble} This would work: {command} --port {_find_free_port()}") from None


def _find_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def create_config(app: ASGIApp | str, *, workers: int = 1) -> uvicorn.Config:
    """Configure the server: our own log lines instead of its access log, no header that names it, bounded stopping."""
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=workers,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        timeout_graceful_shutdown=STOP_GRACE_S,
    )


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def serve(app: ASGIApp, listener: socket.socket, *, announce: Callable[[], None] = lambda: None) -> None:
    """Serve an application in this process until a signal stops it.

    Args:
        app: The application.
        listener: From `listen`.
        announce: Called once requests are answered.
    """
    server = _Server(create_config(app), announce)
    server.run(sockets=[listener])
    if not server.started:  # it has said why in the log
        raise SystemExit(1)
