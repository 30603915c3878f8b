"""Ticketmaster's Discovery API v2: asking, reading, and saying it in the words of the catalogue."""
