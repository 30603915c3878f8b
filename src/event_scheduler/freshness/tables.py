"""The tables of the cache: searches, readings of them, and what each reading holds."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
)

from event_scheduler.database.metadata import IdText, metadata

__all__ = ["reading_members", "readings", "searches"]

searches = Table(
    "searches",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("key", LargeBinary, nullable=False, comment="SHA-256 of the normalised search"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("lease_token", Uuid, comment="who fetches now; see freshness/leases.py"),
    Column("lease_until", DateTime(timezone=True)),
    Column("failed_at", DateTime(timezone=True), comment="null once a fetch has succeeded"),
    Column("failure_detail", Text),
    Column("failure_retry_after_s", Integer),
    UniqueConstraint("key"),
)

readings = Table(
    "readings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("search_id", BigInteger, ForeignKey("searches.id", ondelete="CASCADE"), nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
    Column("next_part", SmallInteger, comment="null: read to the end"),
    Column("next_page", Integer, comment="zero-based page of the source; null: read to the end"),
    Column("is_truncated", Boolean, nullable=False),
    Column("total", Integer, nullable=False, comment="as the source claims"),
    Column("is_total_exact", Boolean, nullable=False),
    Column("members", Integer, nullable=False),
    Column("settled", Integer, nullable=False),
    Column("frontier", DateTime(timezone=True), comment="by date: where in time to go on from"),
    CheckConstraint("(next_part IS NULL) = (next_page IS NULL)", name="cursor"),
    CheckConstraint("settled BETWEEN 0 AND members", name="settled"),
    Index("ix_readings_search_id_id", "search_id", "id"),
)

reading_members = Table(
    "reading_members",
    metadata,
    Column("reading_id", BigInteger, ForeignKey("readings.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, comment="zero-based"),
    Column("event_id", IdText, ForeignKey("events.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("sort_at", DateTime(timezone=True)),
    UniqueConstraint("reading_id", "event_id"),
    Index(None, "event_id"),
)
