"""The tables of the catalogue.

An event is kept once (`events`, what is searched and joined by), and for each language it was asked for in as the
document that is answered (`event_documents`). Venues and attractions are kept once each, as last told; a document
holds them as they were told with it (decision 0005).
"""

from sqlalchemy import Column, Date, DateTime, Double, ForeignKey, Index, Integer, Table, Text

from event_scheduler.database.metadata import IdText, metadata

__all__ = ["attractions", "event_attractions", "event_documents", "events", "venues"]

venues = Table(
    "venues",
    metadata,
    Column("id", IdText, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text),
    Column("address", Text),
    Column("city", Text),
    Column("region", Text),
    Column("postal_code", Text),
    Column("country_code", Text),
    Column("latitude", Double, comment="degrees, WGS 84"),
    Column("longitude", Double, comment="degrees, WGS 84"),
    Column("time_zone", Text, comment="IANA name"),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

attractions = Table(
    "attractions",
    metadata,
    Column("id", IdText, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("id", IdText, primary_key=True),
    Column("source", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("sort_at", DateTime(timezone=True), comment="start, or the end of its day; null without a date"),
    Column("local_date", Date, comment="the day at the venue"),
    Column("venue_id", IdText, ForeignKey("venues.id")),
    Column("first_seen_at", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
    Index(None, "venue_id"),
)

event_documents = Table(
    "event_documents",
    metadata,
    Column("event_id", IdText, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("locale", Text, primary_key=True, comment="as asked for; empty: the default"),
    Column("document", Text, nullable=False, comment="JSON as answered, less what we know about our knowing it"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
)

event_attractions = Table(
    "event_attractions",
    metadata,
    Column("event_id", IdText, ForeignKey("events.id", ondelete="CASCADE"), primary_key=True),
    Column("attraction_id", IdText, ForeignKey("attractions.id"), primary_key=True),
    Column("position", Integer, nullable=False, comment="zero-based, in the source's order"),
    Index(None, "attraction_id"),
)
