"""Writes venues and attractions the way the original does."""

from collections.abc import Mapping
from typing import Any

from event_scheduler.sandbox.artwork import list_images
from event_scheduler.sandbox.facts import PlaceFacts, make_id
from event_scheduler.sandbox.records import Attraction, Venue, VenueKind
from event_scheduler.sandbox.taxonomy import to_classification

__all__ = ["to_address_parts", "write_attraction", "write_venue"]


def to_address_parts(place: PlaceFacts, venue: Venue) -> dict[str, Any]:
    """Write city, state, country, address and location, each only where it is published.

    Args:
        place: What the row publishes; may know less than the venue.
        venue: Where it is.
    """
    home = venue.home
    parts: dict[str, Any] = {}
    if place.city:
        parts["city"] = {"name": place.city}
        if home.state:
            parts["state"] = {"name": home.state} | ({"stateCode": home.state_code} if home.state_code else {})
    if place.country_code:
        parts["country"] = {"name": home.country.name, "countryCode": place.country_code}
    if venue.address and place.city:
        parts["address"] = {"line1": venue.address} | (
            {"line2": f"{home.name} {venue.postal_code}"} if venue.number % 5 == 0 else {}
        )
    if venue.latitude_text:
        parts["location"] = {"longitude": venue.longitude_text, "latitude": venue.latitude_text}
    return parts


def write_venue(root: str, venue: Venue, *, upcoming: Mapping[str, int]) -> dict[str, Any]:
    """Write a venue.

    Args:
        root: Address below which the sandbox is reached.
        venue: What to write.
        upcoming: How many events it has, by source.
    """
    id_ = venue.id or ""
    locale = venue.home.country.locale
    is_host = id_.startswith("Kov")
    answer: dict[str, Any] = {"name": venue.name} if venue.name else {}
    answer |= {"type": "venue", "id": id_, "test": False}
    if is_host:
        answer["url"] = f"{root}/tickets/venue/{id_}"
    answer["locale"] = locale
    if is_host and venue.kind is VenueKind.ARENA:
        answer["aliases"] = [venue.name.strip().lower(), f"{venue.home.name.lower()} arena"]
        answer["images"] = list_images(root, f"v{venue.number}", salt=venue.number, is_fallback=False)[:2]
    if venue.postal_code:
        answer["postalCode"] = venue.postal_code
    if venue.has_zone:
        answer["timezone"] = venue.home.zone_name
    answer |= to_address_parts(venue, venue)
    if venue.dma_ids:
        answer["markets"] = [{"name": f"{venue.home.name} Area", "id": str(venue.home.dma_id // 7)}]
        # Unlike every other id, these are numbers.
        answer["dmas"] = [{"id": venue.home.dma_id}, {"id": venue.home.dma_id + 1}]
    if is_host and venue.number % 3:
        answer |= _HOUSE_RULES
    answer["upcomingEvents"] = _count(upcoming)
    answer["_links"] = {"self": {"href": f"/discovery/v2/venues/{id_}?locale={locale}"}}
    return answer


def write_attraction(root: str, attraction: Attraction, *, upcoming: Mapping[str, int]) -> dict[str, Any]:
    """Write an attraction.

    Args:
        root: Address below which the sandbox is reached.
        attraction: What to write.
        upcoming: How many events it has, by source.
    """
    number = attraction.number
    kind = {"team": "team", "festival": "festival"}.get(attraction.kind, "undefined")
    slug = make_id("", 10, "slug", attraction.id).strip("-_").lower()
    answer: dict[str, Any] = {"name": attraction.name, "type": "attraction", "id": attraction.id, "test": False}
    answer["url"] = f"{root}/tickets/attraction/{attraction.id}"
    answer["locale"] = "en-us"
    if number % 4:
        pages = {
            "homepage": "www.",
            "facebook": "social-one.",
            "instagram": "pictures.",
            "youtube": "videos.",
            "spotify": "streams.",
        }
        answer["externalLinks"] = {name: [{"url": f"https://{host}{slug}.example/"}] for name, host in pages.items()}
        answer["externalLinks"]["musicbrainz"] = [
            {"id": f"{number:08x}-0000-4000-8000-{number:012x}", "url": f"https://catalogue.example/{slug}"}
        ]
    if number % 6 == 0:
        answer["aliases"] = [attraction.name.lower(), attraction.name.replace(" ", "").lower()]
    answer["images"] = list_images(root, f"a{number}", salt=number, is_fallback=False, has_source=number % 11 == 0)
    answer["classifications"] = [to_classification(attraction.taxon, kind=kind, family=attraction.kind == "family")]
    answer["upcomingEvents"] = _count(upcoming)
    answer["_links"] = {"self": {"href": f"/discovery/v2/attractions/{attraction.id}?locale=en-us"}}
    return answer


def _count(upcoming: Mapping[str, int]) -> dict[str, int]:
    """Write the open-ended map of counts by source, which also holds two totals."""
    return {**upcoming, "_total": sum(upcoming.values()), "_filtered": 0}


_HOUSE_RULES = {
    "boxOfficeInfo": {
        "phoneNumberDetail": "Box office: ext. 1, accessible seating: ext. 2",
        "openHoursDetail": "Monday to Friday 10am - 5pm, and two hours before every performance.",
        "acceptedPaymentDetail": "All usual cards. The house takes no cash.",
        "willCallDetail": "Collect tickets at the side entrance with your card.\n\nOpens 90 minutes before the start.",
    },
    "parkingDetail": "The north car park opens two hours ahead; bicycles stand by the river.",
    "accessibleSeatingDetail": "Step-free access through the east door. Companion seats are free of charge.",
    "generalInfo": {
        "generalRule": "No glass, no umbrellas, no flash photography. Re-entry is not possible.",
        "childRule": "Children from the age of two need a ticket of their own.",
    },
    "ada": {
        "adaPhones": "Ask for the access team at the box office number.",
        "adaCustomCopy": "Places for wheelchairs are on levels one and three.\n \nHearing loops in rows A to M.",
        "adaHours": "Weekdays 10am - 5pm",
    },
}
