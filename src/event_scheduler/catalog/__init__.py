"""The event model, its tables, storing and reading. Knows no source."""
