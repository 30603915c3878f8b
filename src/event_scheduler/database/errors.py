"""What can go wrong with the database, in words for people."""

from event_scheduler.errors import UnavailableError

__all__ = ["DatabaseUnavailableError"]


class DatabaseUnavailableError(UnavailableError):
    """The database is away, too busy, or not yet migrated; nothing that was stored is lost."""

    code = "database_unavailable"
    title = "The database is not available"
