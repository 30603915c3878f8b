"""Where events come from: one folder a source, and what they share."""
