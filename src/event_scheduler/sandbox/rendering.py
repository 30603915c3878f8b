"""Writes events the way the original does, with everything that may be missing, doubled or wrong."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

from event_scheduler.sandbox.artwork import list_images
from event_scheduler.sandbox.dates import write_dates, write_utc
from event_scheduler.sandbox.dice import chance
from event_scheduler.sandbox.entities import to_address_parts
from event_scheduler.sandbox.facts import PlaceFacts
from event_scheduler.sandbox.records import Attraction, Event, Kind, Precision, Quirk, Venue
from event_scheduler.sandbox.taxonomy import CLASSES, SECONDARY, to_classification
from event_scheduler.sandbox.words import INFO_SENTENCES, MARKUP_NOTES, NOTES, PRESALES, PROMOTERS

__all__ = ["Distance", "EventWriter", "list_event_images"]

Distance = tuple[float, str]
"""How far away, and the unit in the answer's spelling (`MILES` or `KM`)."""


_FALLBACK_EVERY = 4
"""Every how many acts have generic art alone."""


def list_event_images(root: str, event: Event) -> list[dict[str, Any]]:
    """List the images of an event: its main act's, or generic art where there is none."""
    is_fallback = not event.cast or event.cast[0].number % _FALLBACK_EVERY == 0
    segment = event.taxon.segment.name if event.taxon else "Event"
    key = f"c{segment[0]}{event.salt % 5}" if is_fallback else f"a{event.cast[0].number}"
    return list_images(
        root,
        key,
        salt=event.salt,
        is_fallback=is_fallback,
        has_source=event.quirk is Quirk.SOURCE_IMAGE,
        has_square=event.quirk is Quirk.SQUARE_IMAGE,
    )


class EventWriter:
    """Writes the events of one world."""

    def __init__(
        self,
        root: str,
        *,
        write_venue: Callable[[Venue, Distance | None], object],
        write_attraction: Callable[[Attraction], object],
    ) -> None:
        """Take what is written elsewhere.

        Args:
            root: Address below which the sandbox is reached, without a slash at its end.
            write_venue: Writes a venue, with its distance if there is one; may answer encoded JSON.
            write_attraction: Writes an attraction.
        """
        self._root = root
        self._write_venue = write_venue
        self._write_attraction = write_attraction

    def write(self, event: Event, *, distance: Distance | None = None) -> dict[str, Any]:
        """Write one event.

        Args:
            event: What to write.
            distance: Present on searches around a point, on the event and its venue.
        """
        random = Random(event.salt)
        locale = event.venue.home.country.locale
        answer: dict[str, Any] = {"name": event.name, "type": "event", "id": event.id, "test": event.is_test}
        url = self._make_url(event)
        if url:
            answer["url"] = url
        answer["locale"] = locale
        answer["images"] = list_event_images(self._root, event)
        if distance:
            answer["distance"], answer["units"] = distance
        if event.kind is not Kind.PRIVATE:
            answer["sales"] = _write_sales(random, event)
        answer["dates"] = write_dates(random, event)
        if event.taxon is not None:
            answer["classifications"] = _write_classifications(event)
        _add_texts(random, event, answer)
        _add_terms(random, event, answer)
        if event.products:
            answer["products"] = [
                self._write_product(product.id, product.name, product.type) for product in event.products
            ]
        if event.kind is Kind.RESALE:
            answer["outlets"] = [
                {"url": f"{self._root}/tickets/{event.id}?market=resale", "type": "tmMarketPlace"},
                {"url": f"{self._root}/tickets/venue/{event.venue.id}", "type": "venueBoxOffice"},
            ]
        self._add_relations(event, answer, distance)
        return answer

    def _make_url(self, event: Event) -> str:
        url = f"{self._root}/tickets/{event.id}"
        if event.kind is Kind.PRIVATE or event.quirk is Quirk.NO_URL:
            return ""
        if event.quirk is Quirk.NO_SCHEME_URL:
            # An address without a scheme was published once, and it named localhost.
            return f"localhost/event/{event.id}"
        if event.kind is Kind.RESALE or event.quirk is Quirk.LEGACY_URL:
            return url.replace("https://", "http://", 1)
        return url

    def _write_product(self, id_: str, name: str, kind: str) -> dict[str, Any]:
        taxon = CLASSES["Miscellaneous", "Undefined", "Undefined"]
        classification = to_classification(taxon, kind="parking" if kind == "Parking" else "upsell")
        return {
            "name": name,
            "id": id_,
            "url": f"{self._root}/tickets/{id_}",
            "type": kind,
            "classifications": [classification],
        }

    def _add_relations(self, event: Event, answer: dict[str, Any], distance: Distance | None) -> None:
        """Add `_links`, and what is embedded: venue and attractions, a `place`, empty lists, or nothing at all."""
        locale = event.venue.home.country.locale
        links: dict[str, Any] = {"self": {"href": f"/discovery/v2/events/{event.id}?locale={locale}"}}
        answer["_links"] = links
        if event.kind is Kind.PLACE:
            answer["place"] = _write_place(
                event.place or PlaceFacts(), event.venue, is_bare=event.quirk is Quirk.BARE_PLACE
            )
            return
        if event.cast:
            links["attractions"] = [
                {"href": f"/discovery/v2/attractions/{act.id}?locale={locale}"} for act in event.cast
            ]
        links["venues"] = [{"href": f"/discovery/v2/venues/{event.venue.id}?locale={locale}"}]
        if event.quirk is Quirk.NO_EMBEDDED:
            return
        embedded: dict[str, Any] = {
            "venues": [] if event.quirk is Quirk.EMPTY_VENUES else [self._write_venue(event.venue, distance)]
        }
        if event.cast:
            embedded["attractions"] = [self._write_attraction(act) for act in event.cast]
        if event.quirk is Quirk.EMPTY_ATTRACTIONS:
            embedded["attractions"] = links["attractions"] = []
        answer["_embedded"] = embedded


def _write_sales(random: Random, event: Event) -> dict[str, Any]:
    end = event.start_s if event.start_s is not None else (event.onsale_s or 0.0) + 90 * 86_400
    if event.quirk is Quirk.SALE_TBD:
        return {"public": {"startTBD": True, "startTBA": chance(random, 0.5)}}
    begin = event.onsale_s or 0.0
    if event.quirk is Quirk.STARTING_1900 and chance(random, 0.4):
        begin += 12 * 3600  # the placeholder comes at six in the morning and in the evening
    public = {
        "startDateTime": write_utc(begin),
        "startTBD": False,
        "startTBA": False,
        "endDateTime": write_utc(end + 1800),
    }
    sales: dict[str, Any] = {"public": public}
    if event.kind is Kind.MAIN and event.quirk is not Quirk.STARTING_1900 and chance(random, 0.35):
        names = random.choices(PRESALES, k=random.choice((1, 2, 2, 4)))
        sales["presales"] = [
            {
                "startDateTime": write_utc(begin - (number + 1) * 86_400),
                "endDateTime": write_utc(begin - 3600 * 12),
                "name": name,
            }
            for number, name in enumerate(names)
        ]
    return sales


def _write_classifications(event: Event) -> list[dict[str, Any]]:
    if event.taxon is None:
        return []
    kind = {Kind.UPSELL: "parking" if event.name.startswith("PARKING") else "upsell"}.get(event.kind, "undefined")
    if event.cast and event.cast[0].kind in {"team", "festival"}:
        kind = event.cast[0].kind
    main = to_classification(event.taxon, kind=kind, family=event.is_family)
    if event.quirk is Quirk.SECONDARY_FIRST:
        return [to_classification(SECONDARY, primary=False), main]
    return [main]


def _write_place(place: PlaceFacts, venue: Venue, *, is_bare: bool) -> dict[str, Any]:
    if is_bare:
        return {"name": place.name}
    name = {"name": place.name} if venue.number % 2 else {}
    return {**name, **to_address_parts(place, venue), "area": {}}


def _add_texts(random: Random, event: Event, answer: dict[str, Any]) -> None:
    """Add description, info and notes: absent on most rows, endless or full of markup on some."""
    if event.quirk is Quirk.MARKUP:
        answer["info"] = answer["pleaseNote"] = random.choice(MARKUP_NOTES)
        return
    if event.quirk is Quirk.LONG_INFO:
        answer["info"] = "\r\n".join(" ".join(random.sample(INFO_SENTENCES, 6)) for _ in range(4))
        answer["description"] = "\n\n".join(" ".join(random.sample(INFO_SENTENCES, 9)) for _ in range(8))
    elif event.kind is Kind.PLACE:
        answer["description"] = " ".join(random.sample(INFO_SENTENCES, 3))
    elif event.kind is Kind.MAIN and chance(random, 0.3):
        answer["info"] = " ".join(random.sample(INFO_SENTENCES, random.choice((1, 2, 4))))
    if event.kind is not Kind.PRIVATE and chance(random, 0.35):
        answer["pleaseNote"] = random.choice(NOTES)


def _add_terms(random: Random, event: Event, answer: dict[str, Any]) -> None:
    """Add promoter, prices, limits and the keys that come and go with the years."""
    if event.kind in {Kind.MAIN, Kind.UPSELL, Kind.PACKAGE}:
        name = random.choice(PROMOTERS)
        promoter = {
            "id": str(400 + PROMOTERS.index(name)),
            "name": name,
            "description": f"{name.upper()} / NTL / {event.venue.home.country_code}",
        }
        answer["promoter"], answer["promoters"] = promoter, [promoter]
        limit = random.choice((2, 4, 6, 8))
        answer["seatmap"] = {"staticUrl": f"https://maps.example/seatmap/{event.venue.id}.png", "id": "seatmap"}
        answer["accessibility"] = {"ticketLimit": limit // 2, "id": "accessibility"}
        answer["ticketLimit"] = {
            "info": f"There is an overall limit of {limit} tickets.",
            "infos": {"en-us": f"Limit {limit}"},
            "id": "ticketLimit",
        }
    if event.kind is Kind.MAIN and chance(random, 0.45):
        answer["ageRestrictions"] = {"legalAgeEnforced": chance(random, 0.2), "id": "ageRestrictions"}
    if event.kind is not Kind.PLACE:
        answer["ticketing"] = {
            "safeTix": {"enabled": chance(random, 0.6), "inAppOnlyEnabled": False},
            "allInclusivePricing": {"enabled": chance(random, 0.3)},
            "id": "ticketing",
        }
    if event.quirk in {Quirk.PRICE, Quirk.TWO_PRICES}:
        answer["priceRanges"] = _write_prices(random, event)
    if event.quirk is Quirk.DOORS and event.precision is Precision.TIME and event.start_s is not None:
        doors = event.starts - timedelta(hours=1)
        answer["doorsTimes"] = {
            "localDate": doors.date().isoformat(),
            "localTime": doors.time().isoformat(),
            "dateTime": write_utc(event.start_s - 3600),
            "id": "doorsTimes",
        }
    if event.quirk is Quirk.CODE:
        answer["code"] = f"SB1:{event.salt % 10**9:09d}"
    if event.quirk is Quirk.NAME_ORIGIN:
        answer["nameOrigin"] = "custom"


def _write_prices(random: Random, event: Event) -> list[dict[str, Any]]:
    currency = event.venue.home.country.currency
    low = 0.0 if event.quirk is Quirk.TWO_PRICES else random.randrange(30, 160) / 2
    high = low + random.randrange(20, 400) / 2
    prices = [{"type": "standard", "currency": currency, "min": low, "max": high}]
    if event.quirk is Quirk.TWO_PRICES:
        prices.append(
            {"type": "standard including fees", "currency": currency, "min": low, "max": round(high * 1.18, 2)}
        )
    return prices
