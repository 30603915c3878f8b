"""All tables of all features: what the migrations lead to."""

from event_scheduler.catalog import tables as catalog_tables
from event_scheduler.database.metadata import metadata
from event_scheduler.freshness import tables as freshness_tables

__all__ = ["catalog_tables", "freshness_tables", "metadata"]
