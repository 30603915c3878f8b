"""JSON routes and their wire schemas."""
