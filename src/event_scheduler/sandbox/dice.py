"""Chance, seeded."""

from random import Random

__all__ = ["chance"]


def chance(random: Random, share: float) -> bool:
    """Say yes in a share (0 to 1) of all cases."""
    return random.random() < share
