"""Asking Ticketmaster, and understanding it."""
