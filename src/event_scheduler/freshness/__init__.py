"""The cache of searches: what is fresh, who fetches, what serves meanwhile."""
