"""The one place that opens connections: short transactions, every wait with a limit, errors translated."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import asyncpg
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from event_scheduler.database.errors import DatabaseUnavailableError
from event_scheduler.settings import SettingsError

__all__ = ["Database", "describe_database", "normalise_url"]

CONNECT_TIMEOUT_S = 2.0
STATEMENT_LIMIT = timedelta(seconds=5)
DRIVER_GRACE_S = 1.0
"""How much longer the driver waits than the server's statement timeout: a frozen server's own cannot fire."""
LOCK_TIMEOUT_MS = 2_000
POOL_SIZE = 10
POOL_WAIT_S = 1.0

# SQLSTATE classes and codes after which the same request may well succeed a little later:
# 08 connection, 53 insufficient resources, 57 operator intervention (shutdown, cancelled by timeout), 58 system error,
# 55P03 lock not available, 40 transaction rollback, 25006 read-only (failover), 42P01 not yet migrated,
# 3D000 database does not exist (yet), 28 authorisation (a password being rotated).
_PASSING_CLASSES = ("08", "53", "57", "58", "40", "28")
_PASSING_CODES = ("55P03", "25006", "42P01", "3D000")


def normalise_url(url: str) -> tuple[str, dict[str, object]]:
    """Turn any accepted form of `DATABASE_URL` into what SQLAlchemy and asyncpg take.

    Args:
        url: `postgres://`, `postgresql://`, or with a driver (`postgresql+psycopg://`); libpq's `sslmode` may follow.

    Returns:
        The URL for SQLAlchemy, and arguments for asyncpg's `connect`.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    arguments: dict[str, object] = {}
    mode = query.pop("sslmode", None)
    root = query.pop("sslrootcert", None)
    if mode in {"verify-ca", "verify-full"}:
        try:
            context = ssl.create_default_context(cafile=root)
        except OSError:
            raise SettingsError(f"DATABASE_URL is not valid: sslrootcert cannot be read: {root}.") from None
        context.check_hostname = mode == "verify-full"
        arguments["ssl"] = context
    elif mode:
        arguments["ssl"] = mode
    # libpq's own words that asyncpg would take for server settings.
    for name in ("channel_binding", "connect_timeout", "gssencmode", "target_session_attrs"):
        query.pop(name, None)
    # Not by urlunsplit, which drops the slashes of an address without a host: that of a local socket.
    return f"postgresql+asyncpg://{parts.netloc}{parts.path}{f'?{urlencode(query)}' if query else ''}", arguments


def describe_database(url: str) -> str:
    """Name a database for logs and error texts, without user or password: `host:port/name`."""
    parts = urlsplit(url)
    host = parts.hostname or dict(parse_qsl(parts.query)).get("host", "local socket")
    return f"{host}{f':{parts.port}' if parts.port else ''}{parts.path}"


class Database:
    """Connections to one PostgreSQL.

    Services open `transaction()` or `reading()` around a few statements and never around anything slow: no connection
    is held across an upstream call.
    """

    def __init__(self, url: str, *, statement_limit: timedelta = STATEMENT_LIMIT) -> None:
        engine_url, arguments = normalise_url(url)
        self._engine = create_async_engine(
            engine_url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            pool_timeout=POOL_WAIT_S,
            pool_pre_ping=True,
            connect_args={
                "timeout": CONNECT_TIMEOUT_S,
                "command_timeout": statement_limit.total_seconds() + DRIVER_GRACE_S,
                "server_settings": {
                    "application_name": "event-scheduler",
                    "jit": "off",  # compiling costs more than our short statements
                    "statement_timeout": str(int(statement_limit.total_seconds() * 1000)),
                    "lock_timeout": str(LOCK_TIMEOUT_MS),
                    "timezone": "UTC",
                },
                **arguments,
            },
        )
        # A read is one statement; AUTOCOMMIT spares it the BEGIN and ROLLBACK round trips.
        self._reading_engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @property
    def engine(self) -> AsyncEngine:
        """The engine itself, for migrations."""
        return self._engine

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction; commits at the end, rolls back on an exception.

        Raises:
            DatabaseUnavailableError: The database is away, busy or not migrated.
        """
        with _translated_errors():
            async with self._engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """Open a connection for reads that need no common snapshot; each statement stands alone.

        Raises:
            DatabaseUnavailableError: The database is away, busy or not migrated.
        """
        with _translated_errors():
            async with self._reading_engine.connect() as connection:
                yield connection

    async def aclose(self) -> None:
        """Close all connections."""
        await self._engine.dispose()


class _translated_errors:  # noqa: N801 - a context manager, used like a function
    """Turn what the driver, the pool and the socket raise for a passing failure into one typed error."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: object, error: BaseException | None, _traceback: object) -> None:
        if error is not None and _is_passing(error):
            raise DatabaseUnavailableError(
                "The database cannot be used at the moment; nothing stored is lost. Try again shortly."
            ) from error


def _is_passing(error: BaseException) -> bool:
    if isinstance(error, DatabaseUnavailableError):
        return False
    if isinstance(error, (PoolTimeoutError, OSError, TimeoutError, asyncpg.InterfaceError)):
        return True
    state = _find_sqlstate(error)
    if state is not None:
        return state.startswith(_PASSING_CLASSES) or state in _PASSING_CODES
    return isinstance(error, (OperationalError, InterfaceError)) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )


def _find_sqlstate(error: BaseException | None) -> str | None:
    """Find the SQLSTATE along the chain of wrapped errors: SQLAlchemy's, its adapter's, asyncpg's."""
    while error is not None:
        state = getattr(error, "sqlstate", None)
        if isinstance(state, str):
            return state
        error = getattr(error, "orig", None) or error.__cause__
    return None
