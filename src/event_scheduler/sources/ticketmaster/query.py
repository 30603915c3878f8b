"""A question in the words of the product, as parameters of their search."""

from datetime import UTC, datetime
from typing import Final

from event_scheduler.sources.models import GeoCircle, SourceQuery

__all__ = ["DEFAULT_LOCALE", "to_geohash", "to_params"]

DEFAULT_LOCALE: Final = "en,*"
"""English where there is any, else whatever there is: without the `*` an event that has no English text does not match
at all (Discovery API v2, "Locale")."""

_ALPHABET: Final = "0123456789bcdefghjkmnpqrstuvwxyz"
_GEOHASH_LENGTH: Final = 9
"""About 5 m; longer ones are not promised to work."""

_BITS: Final = 5


def to_params(query: SourceQuery) -> list[tuple[str, str]]:
    """Return the parameters of a search, in fixed order, without the key and the page.

    Unknown parameters are ignored by the source, which silently widens a search: only documented names appear here.
    """
    wanted: list[tuple[str, str | None]] = [
        ("keyword", query.keyword),
        ("city", query.city),
        ("countryCode", query.country_code),
        ("stateCode", query.state_code),
        ("postalCode", query.postal_code),
        ("classificationName", query.classification_name),
        ("segmentId", ",".join(query.segment_ids)),
        ("genreId", ",".join(query.genre_ids)),
        ("venueId", ",".join(query.venue_ids)),
        ("attractionId", ",".join(query.attraction_ids)),
        *_circle_params(query.circle),
        ("locale", query.locale or DEFAULT_LOCALE),
        *_date_params(query),
        ("sort", query.sort.value),
    ]
    return [(name, value) for name, value in wanted if value]


def _circle_params(circle: GeoCircle | None) -> list[tuple[str, str | None]]:
    if circle is None:
        return []
    return [
        ("geoPoint", to_geohash(circle.latitude, circle.longitude)),
        ("radius", str(circle.radius)),
        ("unit", circle.unit.value),
    ]


def _date_params(query: SourceQuery) -> list[tuple[str, str | None]]:
    """Undated events match no window, and asking for both kinds as `only` finds neither (observed October 2026)."""
    if query.undated:
        return [("includeTBA", "only"), ("includeTBD", "yes")]
    return [
        ("startDateTime", _to_text(query.first_start)),
        ("endDateTime", _to_text(query.last_start)),
        ("includeTBA", "no"),
        ("includeTBD", "no"),
    ]


def _to_text(moment: datetime | None) -> str | None:
    """Their only accepted form: `YYYY-MM-DDTHH:mm:ssZ`; fractions and offsets are refused (`DIS1015`)."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def to_geohash(latitude: float, longitude: float) -> str:
    """Encode a point as a geohash of 9 characters.

    The search by `latlong` is deprecated in favour of it (Discovery API v2, "Search Events"). Longitude and latitude
    are halved in turn, longitude first, each half a bit; five bits make a character.

    Args:
        latitude: Degrees, WGS 84, -90 to 90.
        longitude: Degrees, WGS 84, -180 to 180.
    """
    ranges = [[-180.0, 180.0], [-90.0, 90.0]]
    point = (longitude, latitude)
    characters: list[str] = []
    bits = 0
    for step in range(_GEOHASH_LENGTH * _BITS):
        axis = step % 2
        low, high = ranges[axis]
        middle = (low + high) / 2
        is_upper = point[axis] >= middle
        ranges[axis][0 if is_upper else 1] = middle
        bits = bits << 1 | is_upper
        if step % _BITS == _BITS - 1:
            characters.append(_ALPHABET[bits])
            bits = 0
    return "".join(characters)
