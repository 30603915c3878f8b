"""Points on the globe: geohashes and distances."""

from math import asin, cos, radians, sin, sqrt

__all__ = ["KM_PER_MILE", "Point", "decode_geohash", "measure_km"]

Point = tuple[float, float]
"""Latitude and longitude, in degrees."""

KM_PER_MILE = 1.609344

_ALPHABET = "0123456789bcdefghjkmnpqrstuvwxyz"
_EARTH_KM = 6371.0088


def decode_geohash(text: str) -> Point | None:
    """Return the middle of a geohash's cell, or `None` when it is not one (at most 12 characters)."""
    if not 0 < len(text) <= 12 or any(mark not in _ALPHABET for mark in text.lower()):  # noqa: PLR2004 - said above
        return None
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    turn = 0
    for mark in text.lower():
        value = _ALPHABET.index(mark)
        for bit in (16, 8, 4, 2, 1):
            low, high = ranges[turn]
            # Bits alternate between longitude and latitude; a set bit takes the upper half.
            ranges[turn][0 if value & bit else 1] = (low + high) / 2
            turn ^= 1
    return sum(ranges[1]) / 2, sum(ranges[0]) / 2


def measure_km(one: Point, other: Point) -> float:
    """Return the great-circle distance in kilometres."""
    latitude, other_latitude = radians(one[0]), radians(other[0])
    half_height = sin((other_latitude - latitude) / 2) ** 2
    half_width = sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half_height + cos(latitude) * cos(other_latitude) * half_width))
