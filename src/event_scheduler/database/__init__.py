"""Where data is kept: connections, sessions, locks, and the bundled PostgreSQL."""
