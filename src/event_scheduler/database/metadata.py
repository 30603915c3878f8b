"""What all tables share: one namespace, named constraints, byte-ordered ids."""

from sqlalchemy import MetaData, Text

__all__ = ["IdText", "metadata"]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

IdText = Text(collation="C")
"""Ids are opaque, case-sensitive text and compare by their bytes, whatever the database's own collation."""
