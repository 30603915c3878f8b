"""How this program talks to others: the one HTTP client factory, and one way to fetch with every limit in place."""
