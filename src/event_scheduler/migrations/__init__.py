"""Migrations, shipped with the package; `event_scheduler.database.migrate` runs them."""
