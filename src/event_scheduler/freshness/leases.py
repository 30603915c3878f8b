"""One fetch at a time for each search, across all processes.

The protocol: whoever wants to ask the source for a search takes its lease, a random token and an end in the search's
row, in a short transaction of its own. It then asks the source with no connection held, and stores the answer in a
transaction that first locks the row and checks that the token is still its own; storing (or recording a failure) gives
the lease back in the same transaction. Everybody else watches the row. A holder that dies is waited for until its lease
ends by the database's clock; a holder that was merely slow finds its token gone and throws its answer away, because
somebody else is storing a newer one. An advisory lock would need a connection for the whole time of the call.
"""

from datetime import datetime, timedelta
from typing import NewType
from uuid import UUID, uuid4

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from event_scheduler.freshness.tables import searches

__all__ = ["LeaseLostError", "LeaseStore", "LeaseToken", "SearchId"]

SearchId = NewType("SearchId", int)
LeaseToken = NewType("LeaseToken", UUID)


class LeaseLostError(Exception):
    """The lease ended before the answer came, and somebody else has taken over."""


class LeaseStore:
    """Takes and gives back leases; each method is one or two statements in its caller's transaction."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def take(self, key: bytes, *, length: timedelta) -> tuple[SearchId, LeaseToken] | None:
        """Take a search's lease, making its row if there is none; `None` if somebody holds it.

        Args:
            key: The search's.
            length: How long others wait for us at most.
        """
        await self._connection.execute(
            insert(searches).values(key=key, created_at=func.clock_timestamp()).on_conflict_do_nothing()
        )
        token = LeaseToken(uuid4())
        # Whoever stores has the row locked: that is a no, too, and nothing to wait for.
        free = (
            select(searches.c.id)
            .where(
                searches.c.key == key,
                or_(searches.c.lease_until.is_(None), searches.c.lease_until < func.clock_timestamp()),
            )
            .with_for_update(skip_locked=True)
            .scalar_subquery()
        )
        row = await self._connection.execute(
            update(searches)
            .where(searches.c.id == free)
            .values(lease_token=token, lease_until=func.clock_timestamp() + length)
            .returning(searches.c.id)
        )
        search_id = row.scalar_one_or_none()
        return None if search_id is None else (SearchId(search_id), token)

    async def confirm(self, search_id: SearchId, token: LeaseToken) -> datetime:
        """Lock the search's row for the rest of the transaction.

        Returns:
            The database's time.

        Raises:
            LeaseLostError: The lease is no longer ours.
        """
        row = await self._connection.execute(
            select(func.clock_timestamp())
            .where(searches.c.id == search_id, searches.c.lease_token == token)
            .with_for_update()
        )
        now: datetime | None = row.scalar_one_or_none()
        if now is None:
            raise LeaseLostError
        return now

    async def give_back(self, search_id: SearchId, token: LeaseToken) -> None:
        """Let others fetch; changes nothing if the lease is no longer ours."""
        await self._connection.execute(
            update(searches)
            .where(searches.c.id == search_id, searches.c.lease_token == token)
            .values(lease_token=None, lease_until=None)
        )
