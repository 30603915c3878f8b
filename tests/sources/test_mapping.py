"""Each oddity of their events, and what becomes of it."""

import json
from datetime import UTC, date, datetime, time

import msgspec
import pytest
from dirty_equals import IsPartialDict

from event_scheduler.catalog.models import (
    Classification,
    Event,
    EventKind,
    EventStatus,
    Moment,
    Precision,
    PriceRange,
    SaleStatus,
    SaleWindow,
)
from event_scheduler.sources.ticketmaster.countries import to_country_code
from event_scheduler.sources.ticketmaster.kinds import to_kind
from event_scheduler.sources.ticketmaster.mapping import to_event
from event_scheduler.sources.ticketmaster.moments import to_utc, to_zone
from event_scheduler.sources.ticketmaster.parsing import parse_event
from event_scheduler.sources.ticketmaster.places import to_coordinates
from event_scheduler.sources.ticketmaster.texts import to_count, to_flag, to_id, to_line, to_note, to_number, to_url

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHICAGO = "America/Chicago"


def find(**fields: object) -> Event | None:
    return to_event(parse_event(json.dumps({"id": "x1", "name": "Show", **fields}).encode()), now=NOW)


def read(**fields: object) -> Event:
    event = find(**fields)
    assert event is not None
    return event


def dated(start: object, **dates: object) -> Event:
    return read(dates={"timezone": CHICAGO, "start": start, **dates})


EVENING = {"localDate": "2026-12-05", "localTime": "19:30:00", "dateTime": "2026-12-06T01:30:00Z"}
START = Moment(
    precision=Precision.TIME,
    local_date=date(2026, 12, 5),
    local_time=time(19, 30),
    time_zone=CHICAGO,
    utc=datetime(2026, 12, 6, 1, 30, tzinfo=UTC),
)
NO_START = Moment(precision=Precision.NONE, time_zone=CHICAGO)
DAY = Moment(precision=Precision.DATE, local_date=date(2026, 12, 5), time_zone=CHICAGO)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (EVENING, START),
        ({**EVENING, "timeTBA": True}, DAY),
        ({**EVENING, "noSpecificTime": True}, DAY),
        ({**EVENING, "timeTBA": "true"}, DAY),
        ({**EVENING, "dateTBA": True}, NO_START),
        ({**EVENING, "dateTBD": True, "timeTBA": True}, NO_START),
        ({"localDate": "2026-12-05"}, DAY),
        ({"timeTBA": True}, NO_START),
        ({"localTime": "19:30:00"}, NO_START),
        ({}, NO_START),
        (None, NO_START),
        ([], NO_START),
        ("soon", NO_START),
        ({"localDate": "1900-01-01", "localTime": "06:00:00", "dateTime": "1900-01-01T12:00:00Z"}, NO_START),
        ({"localDate": "05.12.2026", "dateTime": "tomorrow"}, NO_START),
        ({"localDate": "2026-02-30", "dateTime": "2026-12-06T25:00:00Z"}, NO_START),
        ({"localDate": 20261205, "dateTime": 1796434200}, NO_START),
        (
            {"dateTime": "2026-12-06T01:30:00Z"},
            Moment(precision=Precision.TIME, time_zone=CHICAGO, utc=START.utc),
        ),
        (
            {"localDate": "2026-12-05", "localTime": "19:30"},
            Moment(precision=Precision.TIME, local_date=DAY.local_date, local_time=time(19, 30), time_zone=CHICAGO),
        ),
    ],
)
def test_a_start_claims_no_more_than_is_known(start: object, expected: Moment) -> None:
    assert dated(start).start == expected


@pytest.mark.parametrize(
    ("event_zone", "venue_zone", "expected"),
    [
        ("Europe/Berlin", CHICAGO, "Europe/Berlin"),
        (None, CHICAGO, CHICAGO),
        ("Nowhere/Land", CHICAGO, CHICAGO),
        ("../../etc/passwd", None, None),
        ("America", None, None),
        (7, None, None),
        ("CST6CDT", None, "CST6CDT"),
    ],
)
def test_the_zone_is_the_events_else_the_venues(event_zone: object, venue_zone: object, expected: str | None) -> None:
    event = read(
        dates={"timezone": event_zone, "start": EVENING}, _embedded={"venues": [{"id": "v", "timezone": venue_zone}]}
    )
    assert event.start.time_zone == expected


@pytest.mark.parametrize(
    ("end", "expected"),
    [
        (None, None),
        ({"approximate": False, "noSpecificTime": False}, None),
        (
            {"localDate": "2026-12-05", "localTime": "23:00:00", "dateTime": "2026-12-06T05:00:00Z"},
            ("time", "2026-12-05", "23:00:00", "2026-12-06T05:00:00Z"),
        ),
        # It repeats the start's.
        (
            {"localTime": "19:30:00", "dateTime": "2026-12-06T07:00:00Z"},
            ("time", "2026-12-06", "01:00:00", "2026-12-06T07:00:00Z"),
        ),
        ({"dateTime": "2026-12-06T07:00:00Z"}, ("time", None, None, "2026-12-06T07:00:00Z")),
        (
            {"localDate": "2026-12-07", "noSpecificTime": True, "localTime": "00:00:00"},
            ("date", "2026-12-07", None, None),
        ),
        ({"localDate": "2026-12-05", "approximate": True, **EVENING}, ("date", "2026-12-05", None, None)),
        ({"dateTime": "2026-12-06T07:00:00Z", "approximate": True}, None),
        ({"localDate": "2026-12-04", "localTime": "20:00:00", "dateTime": "2026-12-05T02:00:00Z"}, None),
    ],
)
def test_an_end_is_what_its_moment_says(end: object, expected: tuple[str | None, ...] | None) -> None:
    found = dated(EVENING, end=end).end
    assert (found and facts(found)) == expected


def facts(moment: Moment) -> tuple[str | None, ...]:
    written = msgspec.to_builtins(moment)
    return written["precision"], written["localDate"], written["localTime"], written["utc"]


def test_without_a_zone_nothing_vouches_for_an_ends_local_time() -> None:
    end = {"localTime": "19:30:00", "dateTime": "2026-12-06T07:00:00Z"}
    found = read(dates={"start": EVENING, "end": end}).end
    assert found is not None
    assert facts(found) == ("time", None, None, "2026-12-06T07:00:00Z")


@pytest.mark.parametrize(
    ("opens", "is_told"),
    [
        ("2026-12-06T00:30:00Z", True),
        ("2026-12-06T01:30:00Z", True),
        ("2026-05-02T01:30:00Z", False),
        ("2026-12-06T02:00:00Z", False),
    ],
)
def test_doors_of_another_date_are_not_told(opens: str, *, is_told: bool) -> None:
    event = read(dates={"timezone": CHICAGO, "start": EVENING}, doorsTimes={"dateTime": opens})
    assert (event.doors is not None) is is_told


def test_a_moved_event_keeps_its_first_date() -> None:
    event = dated({"dateTBA": True}, initialStartDate=EVENING, status={"code": "postponed"})
    assert (event.start, event.initial_start, event.status) == (NO_START, START, EventStatus.POSTPONED)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("onsale", "scheduled"),
        ("cancelled", "cancelled"),
        ("canceled", "cancelled"),
        ("CANCELLED ", "cancelled"),
        ("Postponed", "postponed"),
        ("rescheduled", "rescheduled"),
        ("exploded", "scheduled"),
        (None, "scheduled"),
        (["cancelled"], "scheduled"),
    ],
)
def test_status(code: object, expected: str) -> None:
    assert dated(EVENING, status={"code": code}).status.value == expected


PAST, FUTURE = "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("code", "starts", "ends", "expected"),
    [
        ("onsale", FUTURE, None, SaleStatus.ONSALE),
        ("offsale", FUTURE, None, SaleStatus.NOT_YET),
        ("offsale", PAST, None, SaleStatus.OFFSALE),
        ("offsale", None, None, SaleStatus.OFFSALE),
        ("offsale", "1900-01-01T06:00:00Z", FUTURE, SaleStatus.OFFSALE),
        ("OffSale", FUTURE, None, SaleStatus.NOT_YET),
        (None, PAST, FUTURE, SaleStatus.UNKNOWN),
        ("strange", PAST, FUTURE, SaleStatus.UNKNOWN),
        ("cancelled", PAST, FUTURE, SaleStatus.OFFSALE),
        ("rescheduled", PAST, FUTURE, SaleStatus.ONSALE),
        ("rescheduled", FUTURE, FUTURE, SaleStatus.NOT_YET),
        ("postponed", PAST, PAST, SaleStatus.OFFSALE),
        ("postponed", None, FUTURE, SaleStatus.UNKNOWN),
        ("postponed", PAST, None, SaleStatus.UNKNOWN),
        ("rescheduled", None, None, SaleStatus.UNKNOWN),
    ],
)
def test_sale_status(code: object, starts: str | None, ends: str | None, expected: SaleStatus) -> None:
    event = read(
        dates={"start": EVENING, "status": {"code": code}},
        sales={"public": {"startDateTime": starts, "endDateTime": ends}},
    )
    assert event.sale_status is expected


def test_placeholder_sales_are_null() -> None:
    sales = {
        "public": {"startDateTime": "1900-01-01T18:00:00Z", "endDateTime": FUTURE},
        "presales": [{"name": " Fan  Club "}, {"name": None, "startDateTime": "1900-01-01T06:00:00Z"}, None, 7],
    }
    found = read(sales=sales).sales
    assert found.public == SaleWindow(end=datetime(2027, 1, 1, tzinfo=UTC))
    assert [presale.name for presale in found.presales] == ["Fan Club"]
    assert read(sales={"public": {"startDateTime": "1900-01-01T18:00:00Z"}}).sales.public is None


@pytest.mark.parametrize(
    "fields", [{"id": None}, {"id": ""}, {"id": "a b"}, {"id": {}}, {"name": None}, {"name": " \u202e"}, {"test": True}]
)
def test_what_is_no_event_is_skipped(fields: dict[str, object]) -> None:
    assert find(**fields) is None


def test_a_place_stands_in_for_a_venue() -> None:
    venue = read(place={"name": "The Barn", "city": {"name": "Havelock"}, "country": {"countryCode": "CAN"}}).venue
    assert venue is not None
    assert (venue.id, venue.name, venue.city, venue.country_code) == (None, "The Barn", "Havelock", "CA")


@pytest.mark.parametrize("embedded", [None, {}, {"venues": []}, {"venues": {}}, {"venues": [None]}, []])
def test_no_venue_is_null(embedded: object) -> None:
    assert read(_embedded=embedded).venue is None


def test_a_venue_is_cleaned() -> None:
    raw = {
        "id": "v1",
        "name": " The  Hall ",
        "address": {"line1": "1 Main St", "line2": "", "line3": " Floor 2"},
        "city": {"name": "Whitehall "},
        "state": {"stateCode": "OH"},
        "postalCode": 43004,
        "country": {"countryCode": "us"},
        "location": {"latitude": "39.96", "longitude": "-82.88"},
        "timezone": "America/New_York",
    }
    venue = read(_embedded={"venues": [raw, {"id": "second"}]}).venue
    assert venue is not None
    assert (venue.name, venue.address, venue.city) == ("The Hall", "1 Main St, Floor 2", "Whitehall")
    assert (venue.region, venue.country_code, venue.postal_code) == ("OH", "US", None)
    assert (venue.latitude, venue.longitude, venue.time_zone) == (39.96, -82.88, "America/New_York")


@pytest.mark.parametrize(
    ("latitude", "longitude", "country", "zone", "expected"),
    [
        ("37.319544", "121.865265", "US", "America/Los_Angeles", (37.319544, -121.865265)),
        ("43.6", "79.4", "CA", None, (43.6, -79.4)),
        ("21.3", "157.8", "US", "Pacific/Honolulu", (21.3, -157.8)),
        ("13.4", "144.8", "US", "Pacific/Guam", (13.4, 144.8)),
        ("52.9", "173.2", "US", "America/Adak", (52.9, 173.2)),
        ("52.5", "13.4", "DE", "Europe/Berlin", (52.5, 13.4)),
        ("-118.2", "34.0", "US", "America/Los_Angeles", (34.0, -118.2)),
        ("0", "0.0", "US", None, (None, None)),
        ("0", "6.6", "ST", None, (0.0, 6.6)),
        ("95", "200", None, None, (None, None)),
        ("40.7", "-190", None, None, (None, None)),
        ("abc", "1", None, None, (None, None)),
        (None, "1", None, None, (None, None)),
        ("NaN", "1", None, None, (None, None)),
        ("1e400", "1", None, None, (None, None)),
        (40.5, -73, "US", None, (40.5, -73.0)),
        (True, False, None, None, (None, None)),
    ],
)
def test_coordinates_lie_where_the_place_is(
    latitude: object, longitude: object, country: str | None, zone: str | None, expected: object
) -> None:
    assert to_coordinates(latitude, longitude, country_code=country, zone=zone) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("US", "US"),
        ("can", "CA"),
        ("GBR", "GB"),
        ("UK", "GB"),
        (" de ", "DE"),
        ("XX", None),
        ("Canada", None),
        (1, None),
    ],
)
def test_country_codes(code: object, expected: str | None) -> None:
    assert to_country_code(code) == expected


def level(name: object) -> dict[str, object]:
    return {"id": "i", "name": name}


def test_the_primary_classification_counts_and_undefined_is_null() -> None:
    second = {"primary": True, "segment": level("Music"), "genre": level("Undefined"), "subGenre": None}
    event = read(classifications=[{"primary": False, "segment": level("Film")}, second])
    assert event.classification == Classification(segment="Music")
    assert read(classifications=[{"segment": level("Undefined")}]).classification is None
    assert read(classifications=[None, {"segment": level("Sports")}]).classification == Classification(segment="Sports")


def test_attractions_keep_their_order_and_appear_once() -> None:
    raw = [level("No Id") | {"id": None}, {"id": "b", "name": "B"}, {"id": "a"}, {"id": "b", "name": "again"}, 7]
    assert [(one.id, one.name) for one in read(_embedded={"attractions": raw}).attractions] == [("b", "B"), ("a", None)]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([{"type": "standard", "currency": "USD", "min": 0, "max": 37.5}], PriceRange(currency="USD", min=0, max=37.5)),
        (
            [
                {"type": "standard including fees", "currency": "EUR", "min": 55.7, "max": 55.7},
                {"type": "standard", "currency": "EUR", "min": 49.5, "max": 49.5},
                {"type": "standard", "currency": "EUR", "min": 20, "max": 30},
            ],
            PriceRange(currency="EUR", min=20, max=49.5),
        ),
        ([{"min": "12.50", "max": None, "currency": "dollars"}], PriceRange(min=12.5)),
        ([{"min": "NaN", "max": -1}], None),
        ([], None),
        ({}, None),
    ],
)
def test_price_range(ranges: object, expected: PriceRange | None) -> None:
    assert read(priceRanges=ranges).price_range == expected


def test_numbers_that_json_does_not_know_cost_only_themselves() -> None:
    body = (
        b'\xef\xbb\xbf{"id": "x", "name": "a\\ud800b", "priceRanges": [{"min": NaN, "max": 1e999}], "info": 1'
        + b"0" * 5000
        + b"}"
    )
    event = to_event(parse_event(body), now=NOW)
    assert event is not None
    assert (event.name, event.price_range, event.info) == ("a?b", None, None)


def test_images_are_ordered_by_use_and_their_order_does_not_matter() -> None:
    def image(name: str, **more: object) -> dict[str, object]:
        return {"url": f"https://x.example/{name}.jpg", "width": 100, "height": 50, "ratio": "16_9", **more}

    raw = [
        image("generic", fallback=True, width=2048),
        image("small", width="205"),
        image("wide", width=1024),
        image("tall", ratio="3_2", width=640),
        image("odd", ratio=None),
        image("x_SOURCE"),
        {"url": "https://x.example/dam/1_SOURCE", "width": 7441},
        {"url": "javascript:alert(1)"},
        {"url": "//x.example/a.jpg"},
        image("wide", width=1024),
        None,
    ]
    names = ["wide", "small", "tall", "odd", "generic"]
    for order in (raw, raw[::-1]):
        assert [found.url.split("/")[-1][:-4] for found in read(images=order).images] == names
    assert len(read(images=[image(f"n{number}") for number in range(40)]).images) == 12


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" a \t b\n c ", "a b c"),
        ("a\x00b\x1bc", "abc"),
        ("\u202eevil\u2066", "evil"),
        ("a\ud800b", "ab"),
        ("Dvořák: Má vlast", "Dvořák: Má vlast"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("\u00a0 \u3000", None),
        ("", None),
        (7, None),
    ],
)
def test_lines(text: object, expected: str | None) -> None:
    assert to_line(text) == expected


def test_long_names_are_cut_between_characters() -> None:
    assert to_line("𝄞" * 400) == "𝄞" * 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<p>One &amp; two</p><p>three</p>", "One & two\n\nthree"),
        ("x<script>alert('<b>')</script>y", "xy"),
        ("x<!-- <p>hidden</p> -->y", "xy"),
        ("x<script>never closed", "x"),
        ("5 < 6 and 7 > 6, I <3 you", "5 < 6 and 7 > 6, I <3 you"),
        ("a\r\nb\rc\n\n\n\nd", "a\nb\nc\n\nd"),
        ("  a  \n   b ", "a\nb"),
        ('<a href="javascript:x">link</a>', "link"),
        ("<b", "<b"),
        ("", None),
        (None, None),
    ],
)
def test_notes_are_plain_text(text: object, expected: str | None) -> None:
    assert to_note(text) == expected


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "<script>" * 100_000, "<!--" * 200_000, "<a" * 300_000, "&amp;" * 200_000]
)
def test_a_megabyte_of_notes_is_cut(text: str) -> None:
    assert len(to_note(text) or "") <= 10_000


@pytest.mark.parametrize(
    ("url", "is_kept"),
    [
        ("https://www.ticketmaster.com/event/1?a=b|c#d", True),
        ("http://x.example:8080", True),
        ("HTTPS://X.example/", True),
        ("https://münchen.example/ä", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("https://", False),
        ("https:///path", False),
        ("//x.example/", False),
        ("https://user:pass@x.example/", False),
        ("https://x.example\\@evil.example/", False),
        ("https://x.example/a b", False),
        ("https://x.example/\u202e", False),
        ("https://x.example/\n", True),  # trimmed
        ("https://x.example/" + "a" * 2000, False),
        (None, False),
    ],
)
def test_only_web_addresses_are_passed_on(url: object, *, is_kept: bool) -> None:
    assert (to_url(url) is not None) is is_kept


def test_leaves_of_other_types() -> None:
    assert (to_id(12345), to_id(True), to_id("-Ab_")) == ("12345", None, "-Ab_")
    assert (to_number("1_0"), to_number("9" * 400), to_number(10**400), to_number(" 1.5 ")) == (None, None, None, 1.5)
    assert (to_count("12"), to_count(1.5), to_count(-1), to_count(10**9)) == (12, None, None, None)
    assert (to_flag("False"), to_flag(1), to_flag(None)) == (False, None, None)
    assert to_utc("2026-12-06T01:30:00+01:00") == datetime(2026, 12, 6, 0, 30, tzinfo=UTC)
    assert (to_utc("2026-12-06T01:30:00"), to_utc("0001-01-01T00:00:00+14:00"), to_zone("")) == (None, None, None)


def test_an_event_is_written_in_the_words_of_the_contract() -> None:
    written = msgspec.to_builtins(dated(EVENING))
    assert written == IsPartialDict(
        start={
            "precision": "time",
            "localDate": "2026-12-05",
            "localTime": "19:30:00",
            "timeZone": CHICAGO,
            "utc": "2026-12-06T01:30:00Z",
        },
        saleStatus="unknown",
        priceRange=None,
        ageRestricted=None,
    )


@pytest.mark.parametrize(
    ("expected", "name"),
    [
        *(
            ("upsell", name)
            for name in (
                "PARKING: Beyoncé",
                "Parking: 8th Annual Beerfest",
                "PARKING Beyoncé",
                "| VIP | Beyoncé",
                "Beyoncé - VIP Upgrade",
                "Slipknot I VIP Packages",
                "Ozzy Osbourne - Vip Packages",
                "Beyoncé – Parking Pass",  # noqa: RUF001
                "Davina & the Vagabonds - Restaurant Tickets",
                "Jazz Night: Drinks Voucher",
                "Nets vs Raptors (Suite)",
                "Pistons vs Raptors - Suite / Loge",
                "Chiefs v. Rams (Hospitality)",
                "Big Tour | Baggage Storage",
                "Breakdown RV Pass",
                "SUITES: Mavericks vs Raptors",
            )
        ),
        *(
            ("package", name)
            for name in (
                "2 Day Pass: Cold Waves",
                "Summer Megaticket",
                "TXRD Lonestar Rollergirls 2016 Regular Season Pass",
                "Three-Day Ticket - Fest",
                "Hotel & Ticket Package",
            )
        ),
        *(
            ("main", name)
            for name in (
                "The Hella Mega Tour-Green Day/Fall Out Boy/Weezer",
                "Captain America: Civil War, The IMAX Experience",
                "MASTERS OF ROCK (10. 7. - 13. 7. 2025) Festival Pass",
                "Fever Pitch Music Festival - Friday Ticket",
                "Cash Savage & the Last Drinks",
                "Neon Dreams Cinema Club presents: MIAMI BLUES",
                "Parking Lot Party",
                "Peer Gynt: Suite No. 1",
                "The Nutcracker Suite",
                "Season Opener",
                "Viper Club",
                "Packaged Goods",
            )
        ),
    ],
)
def test_kinds_by_name(expected: str, name: str) -> None:
    assert read(name=name, url="https://x.example/", sales={}).kind.value == expected


def kind(event_id: str = "G5x", url: str | None = "https://x.example/", *types: str, outlet: str = "") -> EventKind:
    return to_kind(
        event_id=event_id,
        name="Show",
        url=url,
        has_sales=False,
        has_classifications=bool(types),
        types=types,
        outlets=[outlet],
    )


def test_kinds_by_other_facts() -> None:
    assert kind("Za5ju3rKu") is EventKind.PRIVATE
    assert kind(url=None) is EventKind.PRIVATE
    assert kind("G5x", None, "Undefined") is EventKind.MAIN
    assert kind("Z7r9jZ1A") is EventKind.RESALE
    assert kind("G5x", "http://www.ticketsnow.com/InventoryBrowse") is EventKind.RESALE
    assert kind("G5x", "https://x.example/ticketsnow.com") is EventKind.MAIN
    assert kind(outlet="tmMarketPlace") is EventKind.RESALE
    assert kind("G5x", "https://x.example/", "Undefined", "Parking") is EventKind.UPSELL
    assert kind("G5x", "https://x.example/", "Group", "Team") is EventKind.MAIN
