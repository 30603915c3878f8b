"""A pretend Ticketmaster Discovery API v2 for demo, tests and client authors; shares no code with `sources/`."""
