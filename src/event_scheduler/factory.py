"""The only wiring: what lives as long as the process, and what is made for one request."""

from dataclasses import dataclass
from datetime import timedelta

import httpx2
from sqlalchemy.exc import SQLAlchemyError

from event_scheduler.clock import Clock
from event_scheduler.database.engine import Database
from event_scheduler.database.errors import DatabaseUnavailableError
from event_scheduler.database.migrate import check_migrations
from event_scheduler.errors import InputFault
from event_scheduler.freshness.fetcher import Fetcher
from event_scheduler.freshness.flights import Flights
from event_scheduler.freshness.policy import Lifetimes
from event_scheduler.freshness.service import EventReader, Fetches, Lookups, Reads, Waits
from event_scheduler.outbound.client import create_client
from event_scheduler.settings import Settings, SettingsError
from event_scheduler.sources.guard import SourceGuard
from event_scheduler.sources.ticketmaster.client import TicketmasterClient
from event_scheduler.sources.ticketmaster.source import TicketmasterSource

__all__ = ["Factory", "Resources"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Resources:
    """What lives as long as the process."""

    settings: Settings
    clock: Clock
    database: Database
    http: httpx2.AsyncClient
    fetches: Fetches
    reads: Reads
    lookups: Lookups

    @classmethod
    def create(cls, settings: Settings, *, clock: Clock | None = None) -> "Resources":
        """Create everything; connects to nothing yet.

        Raises:
            SettingsError: There is no database to use.
        """
        if settings.database_url is None:
            raise SettingsError("DATABASE_URL is not set, and no embedded PostgreSQL was started.")
        return cls(
            settings=settings,
            clock=clock or Clock(),
            database=Database(settings.database_url),
            http=create_client(),
            fetches=Flights(),
            reads=Flights(),
            lookups=Flights(),
        )

    async def aclose(self) -> None:
        """Close everything, what depends on others first."""
        await self.reads.aclose()
        await self.lookups.aclose()
        await self.fetches.aclose()
        await self.http.aclose()
        await self.database.aclose()


class Factory:
    """Hands each object only what it needs."""

    def __init__(self, resources: Resources) -> None:
        settings = resources.settings
        self._resources = resources
        self.settings = settings
        self.lifetimes = Lifetimes(
            fresh=timedelta(seconds=settings.cache_ttl_seconds),
            stale_if_error=timedelta(seconds=settings.stale_if_error_seconds),
            refresh_floor=timedelta(seconds=settings.refresh_min_interval_seconds),
        )
        # The source remembers whether it is broken, so there is one for the whole process.
        self._source = self._create_source()

    def create_event_reader(self) -> EventReader:
        """Make what answers searches and single events."""
        resources = self._resources
        return EventReader(
            database=resources.database,
            fetcher=Fetcher(
                database=resources.database,
                source=self._source,
                clock=resources.clock,
                timeout=self.settings.timeout,
            ),
            fetches=resources.fetches,
            reads=resources.reads,
            lookups=resources.lookups,
            clock=resources.clock,
            lifetimes=self.lifetimes,
            waits=Waits(
                with_copy=timedelta(seconds=self.settings.fetch_wait_seconds),
                without_copy=self.settings.timeout,
            ),
            source_name=self._source.name,
            base_url=self.settings.ticketmaster_base_url,
        )

    async def find_obstacles(self) -> list[InputFault]:
        """Find what keeps this process from serving; an empty list means that it can."""
        try:
            current, wanted = await check_migrations(self._resources.database)
        except DatabaseUnavailableError:
            return [InputFault(detail="The database does not answer.")]
        except SQLAlchemyError:
            return [InputFault(detail="The database refuses us; do the role's rights suffice?")]
        if current is None or (wanted is not None and current < wanted):
            detail = f"The database is at schema {current or 'none'}, this version needs {wanted}."
            return [InputFault(detail=detail)]
        return []

    def _create_source(self) -> TicketmasterSource:
        key = self.settings.ticketmaster_api_key
        client = TicketmasterClient(
            http=self._resources.http,
            base_url=self.settings.ticketmaster_base_url,
            api_key=key.get_secret_value() if key else "",
            clock=self._resources.clock,
        )
        guard = SourceGuard(source=TicketmasterSource.name, clock=self._resources.clock, deadline=self.settings.timeout)
        return TicketmasterSource(client=client, guard=guard, clock=self._resources.clock)
