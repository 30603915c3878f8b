"""The one place that tells the time."""

from datetime import UTC, datetime, timedelta

__all__ = ["Clock"]


class Clock:
    """Tells the time in aware UTC.

    Decisions that several processes share (is this copy fresh, is that lease over) must not depend on one machine's
    clock: they take the database's time and pass it through `read`. Tests move time by `offset`, and never sleep.
    """

    def __init__(self, *, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset
        """Added to every reading; zero outside tests."""

    def now(self) -> datetime:
        """Return this machine's time, for what concerns this process alone."""
        return datetime.now(UTC) + self.offset

    def read(self, database_time: datetime) -> datetime:
        """Return the time that all processes share, from a reading of the database's clock."""
        return database_time.astimezone(UTC) + self.offset
