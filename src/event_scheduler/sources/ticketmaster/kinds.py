"""What is sold under an entry: the show itself, or something around it."""

import re
from collections.abc import Iterable
from typing import Final

from event_scheduler.catalog.models import EventKind

__all__ = ["to_kind"]

_UPSELL_TYPES: Final = frozenset(
    {
        "add-on",
        "club access",
        "meal package",
        "merchandise voucher",
        "nft upsell",
        "parking",
        "special entry",
        "transportation",
        "upsell",
        "upsell shell event",
        "vip",
    }
)
"""Lower-case names of classification types and sub-types; the words are those of `products[].type` (observed 2018 to
2025)."""

_UPSELL_ANYWHERE: Final = re.compile(
    r"\bvip[ -](upgrades?|packages?|add-?ons?)\b"
    r"|\bparking (pass(es)?|permits?|only)\b|^\W*parking for\b"
    r"|\brestaurant (tickets?|tables?)\b|\b(drinks?|food|meal|merch|merchandise) vouchers?\b"
    r"|\b(rv|camping|campsite|shuttle|locker|early entry|fast ?lane|fast ?track) pass(es)?\b"
    r"|\b(baggage|luggage|bag) storage\b",
    re.IGNORECASE,
)
_SHOUTED_PARKING: Final = re.compile(r"\W*PARKING\b")
_UPSELL_TAG: Final = re.compile(r"\W*(parking|vip|suites?|upsell|hospitality|add-?ons?)\s*", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"[|()\[\]]|\s[-–—/I]\s")  # noqa: RUF001  dashes as people type them
_UPSELL_SEGMENT: Final = re.compile(
    r"vip( (tickets?|experiences?|lounge|club|entry|hospitality|seating|tables?))?"
    r"|parking( (lot( \w{1,3})?|garage|tickets?|spaces?))?|car park"
    r"|suites?( tickets?)?|premium (spaces?|seating|seats)|hospitality|lounge( access)?|club access"
    r"|(official )?platinum( (tickets?|seats?))?|meet (and|&|n|\+) greet|early (entry|access)|special entry"
    r"|upgrades?|add-?ons?|lockers?|shuttle( bus)?",
    re.IGNORECASE,
)
_PACKAGE: Final = re.compile(
    r"\bmega-?ticket\b|\bseason (pass(es)?|tickets?|packages?|memberships?)\b|\bweekend pass(es)?\b"
    r"|\b([2-9]|two|three|four|five|multi)[ -]days? (pass(es)?|tickets?)\b|\bflex[ -]?(packs?|pass(es)?)\b"
    r"|\bpackages?\W*$",
    re.IGNORECASE,
)
_RESALE_HOST: Final = re.compile(r"https?://(?:[\w\-]+\.)*ticketsnow\.com(?:[:/?#]|$)", re.IGNORECASE)


def to_kind(
    *,
    event_id: str,
    name: str,
    url: str | None,
    has_sales: bool,
    has_classifications: bool,
    types: Iterable[str],
    outlets: Iterable[str],
) -> EventKind:
    """Decide what an entry is; the first rule that applies wins, and few false alarms matter more than finding all.

    | Kind | Rule |
    | --- | --- |
    | private | the id starts with `Za5`; or there is neither a page (`url`) nor `sales` nor `classifications` |
    | resale | the id starts with `Z7r9`; or the page is on ticketsnow.com; or an outlet is `tmMarketPlace` |
    | upsell | a classification's type or sub-type names an add-on (Upsell, Parking, VIP, Special Entry, …) |
    | upsell | the name starts with `PARKING` in capitals, or with a tag: `Parking:`, `VIP:`, `Suites:`, … |
    | upsell | a part of the name between `|`, brackets or dashes is nothing but an add-on: `(Suite)`, `- Hospitality` |
    | upsell | the name holds a phrase that means nothing else: "VIP Package", "Restaurant Tickets", "RV Pass", … |
    | package | the name holds "Megaticket", "Season Pass", "2 Day Pass", "Flex Pack", …, or ends in "Package" |
    | main | everything else |

    The rules on ids and names are observed, not documented. A "Festival Pass" is the festival, so it stays main.

    Args:
        event_id: As the source gives it.
        name: Cleaned.
        url: Checked.
        has_sales: Whether the entry has a `sales` block.
        has_classifications: Whether it has any classification.
        types: Names of all its classification types and sub-types.
        outlets: Types of its outlets.
    """
    if event_id.startswith("Za5") or (url is None and not has_sales and not has_classifications):
        return EventKind.PRIVATE
    if event_id.startswith("Z7r9") or "tmMarketPlace" in outlets or (url and _RESALE_HOST.match(url)):
        return EventKind.RESALE
    if any(name.lower() in _UPSELL_TYPES for name in types) or _is_upsell_name(name):
        return EventKind.UPSELL
    return EventKind.PACKAGE if _PACKAGE.search(name) else EventKind.MAIN


def _is_upsell_name(name: str) -> bool:
    if _UPSELL_ANYWHERE.search(name) or _SHOUTED_PARKING.match(name):
        return True
    tag, colon, _ = name.partition(":")
    if colon and _UPSELL_TAG.fullmatch(tag):
        return True
    parts = _SEPARATOR.split(name)
    return len(parts) > 1 and any(_UPSELL_SEGMENT.fullmatch(part.strip()) for part in parts)
