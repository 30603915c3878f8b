"""A small real HTTP server on loopback that misbehaves on demand."""

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

Answer = Callable[[asyncio.StreamWriter], Awaitable[bool]]
"""Writes one answer; tells whether the connection stays open."""


class Upstream:
    """Gives its answers in order, the last one for ever, and remembers what was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.targets: list[str] = []
        self.connections = 0
        self.port = 0
        self.closed = asyncio.Event()
        """Set when a connection ended while its answer was still being written."""

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/discovery/v2"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                self.targets.append(head.split(b" ")[1].decode())
                answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                writing = asyncio.ensure_future(answer(writer))
                gone = asyncio.ensure_future(reader.read(1))
                await asyncio.wait({writing, gone}, return_when=asyncio.FIRST_COMPLETED)
                was_written = writing.done()
                writing.cancel()
                gone.cancel()
                keeps_open, _ = await asyncio.gather(writing, gone, return_exceptions=True)
                if not was_written:
                    self.closed.set()
                if keeps_open is not True:
                    return
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # Cancelled only when the test is over; asyncio's own callback would report it otherwise.
        finally:
            writer.close()


@asynccontextmanager
async def running_upstream() -> AsyncIterator[Upstream]:
    upstream = Upstream()
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0)
    upstream.port = server.sockets[0].getsockname()[1]
    try:
        yield upstream
    finally:
        server.close()


def head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def reply(status: int, body: object, *, headers: Mapping[str, str] | None = None, gzipped: bool = False) -> Answer:
    """Answer as one should; `body` may be bytes or anything that JSON can say."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = gzip.compress(raw) if gzipped else raw
    extra = {"Content-Encoding": "gzip"} if gzipped else {}

    async def answer(writer: asyncio.StreamWriter) -> bool:
        writer.write(head(status, {"Content-Length": str(len(sent)), **extra, **(headers or {})}) + sent)
        await writer.drain()
        return True

    return answer


def raw_body(sent: bytes, *, headers: Mapping[str, str]) -> Answer:
    """Send a 200 with just these headers and bytes, then close."""

    async def answer(writer: asyncio.StreamWriter) -> bool:
        writer.write(head(200, headers) + sent)
        await writer.drain()
        return False

    return answer


def drip(every_s: float = 1.0) -> Answer:
    """Send the head, then one byte a second for ever."""

    async def answer(writer: asyncio.StreamWriter) -> bool:
        writer.write(head(200, {"Content-Length": "1000000"}))
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(every_s)

    return answer


def hang_up(first: bytes = b"") -> Answer:
    """Close the connection, perhaps after a few bytes."""

    async def answer(writer: asyncio.StreamWriter) -> bool:
        writer.write(first)
        await writer.drain()
        return False

    return answer
