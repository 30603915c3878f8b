"""Alembic's entry point: runs the migrations on the connection it is handed."""

from alembic import context

from event_scheduler.schema import metadata

__all__: list[str] = []

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
