"""Which database a command uses: the one that is set, or the embedded one."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from event_scheduler.database.embedded import embedded_postgres
from event_scheduler.settings import Settings

__all__ = ["DATABASE", "report", "with_database"]

DATABASE = "event_scheduler"
"""The database that `serve` uses in the embedded PostgreSQL."""


def report(line: str) -> None:
    """Tell the user what takes a moment."""
    print(line, file=sys.stderr, flush=True)


@contextmanager
def with_database(settings: Settings, *, name: str = DATABASE) -> Iterator[Settings]:
    """Complete settings without a database by the embedded PostgreSQL, which runs meanwhile.

    Args:
        settings: As given.
        name: The embedded database; made if missing.

    Raises:
        EmbeddedPostgresError: It cannot run, in words for people.
    """
    if settings.database_url is not None:
        yield settings
        return
    with embedded_postgres(settings.data_dir, report=report) as server:
        server.create_database(name)
        yield settings.model_copy(update={"database_url": server.url(name)})
