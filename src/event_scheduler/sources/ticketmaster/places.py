"""Their venues and places, with coordinates that lie where the place is."""

from typing import Final

from event_scheduler.catalog.models import VenueRef
from event_scheduler.sources.ticketmaster.countries import to_country_code
from event_scheduler.sources.ticketmaster.moments import to_zone
from event_scheduler.sources.ticketmaster.texts import to_id, to_line, to_number
from event_scheduler.sources.ticketmaster.wire import Address, Location, Named, Place, one

__all__ = ["to_coordinates", "to_venue"]

_MAX_LATITUDE: Final = 90
_MAX_LONGITUDE: Final = 180

_WESTERN_COUNTRIES: Final = frozenset({"US", "CA"})
_WESTERN_ZONES: Final = ("America/", "Canada/", "US/", "Pacific/Honolulu")
_BEYOND_THE_LINE: Final = frozenset({"America/Adak", "US/Aleutian"})
"""The western Aleutians lie beyond 180 degrees and have a positive longitude."""


def to_venue(place: Place, *, fallback_zone: object = None) -> VenueRef | None:
    """Return a venue, or a place without an id; `None` where nothing at all is known of it.

    Args:
        place: Either of the two.
        fallback_zone: The event's zone. It helps to judge coordinates, and is not told as the venue's.
    """
    address = one(place.address, Address)
    lines = [to_line(line) for line in (address.line1, address.line2, address.line3)]
    state, country = one(place.state, Named), one(place.country, Named)
    country_code = to_country_code(country.country_code)
    zone = to_zone(place.timezone)
    location = one(place.location, Location)
    latitude, longitude = to_coordinates(
        location.latitude, location.longitude, country_code=country_code, zone=zone or to_zone(fallback_zone)
    )
    venue = VenueRef(
        id=to_id(place.id),
        name=to_line(place.name),
        address=", ".join(line for line in lines if line) or None,
        city=to_line(one(place.city, Named).name),
        region=to_line(state.name) or to_line(state.state_code),
        postal_code=to_line(place.postal_code),
        country_code=country_code,
        latitude=latitude,
        longitude=longitude,
        time_zone=zone,
    )
    return venue if venue != _NOWHERE else None


_NOWHERE: Final = VenueRef(id=None)


def to_coordinates(
    latitude: object, longitude: object, *, country_code: str | None, zone: str | None
) -> tuple[float, float] | tuple[None, None]:
    """Return latitude and longitude in degrees, or two nulls where they cannot be a place.

    They come as strings. `0,0` is no venue; a latitude beyond 90 beside a longitude within it means the two are
    swapped; several venues in the United States carry a longitude with the wrong sign (observed January 2023), which
    is turned: both countries lie west of Greenwich, but for the end of the Aleutians and for islands whose zone tells
    so.
    """
    north, east = to_number(latitude), to_number(longitude)
    if north is None or east is None or (north == 0 and east == 0):
        return None, None
    if abs(north) > _MAX_LATITUDE and abs(east) <= _MAX_LATITUDE:
        north, east = east, north
    if abs(north) > _MAX_LATITUDE or abs(east) > _MAX_LONGITUDE:
        return None, None
    if east > 0 and _lies_west(country_code, zone):
        east = -east
    return north, east


def _lies_west(country_code: str | None, zone: str | None) -> bool:
    if country_code not in _WESTERN_COUNTRIES:
        return False
    return zone is None or (zone.startswith(_WESTERN_ZONES) and zone not in _BEYOND_THE_LINE)
