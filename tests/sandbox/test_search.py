from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

Search = Callable[..., dict[str, Any]]


def _events(body: dict[str, Any]) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = body.get("_embedded", {}).get("events", [])
    return events


def _total(body: dict[str, Any]) -> int:
    total: int = body["page"]["totalElements"]
    return total


def _place(event: dict[str, Any]) -> dict[str, Any]:
    place: dict[str, Any] = event.get("place") or next(iter(event.get("_embedded", {}).get("venues", [])), {})
    return place


def _segments(event: dict[str, Any]) -> set[str]:
    return {entry["segment"]["name"] for entry in event["classifications"]}


@pytest.fixture(scope="module")
def concert(search: Search) -> dict[str, Any]:
    """A timed concert with venue and attractions."""
    events = _events(search(city="Berlin", segmentName="Music", size=200))
    return next(
        event
        for event in events
        if len(event["_embedded"].get("attractions", [])) > 1 and "dateTime" in event["dates"]["start"]
    )


def test_bare_path_answers_like_the_suffixed_one(client: TestClient) -> None:
    params = {"apikey": "key", "size": "1", "sort": "id,asc"}
    with_suffix, bare = (client.get(f"discovery/v2/events{suffix}", params=params) for suffix in (".json", ""))
    assert with_suffix.content == bare.content
    assert with_suffix.headers["content-type"] == "application/json;charset=utf-8"
    assert with_suffix.headers["access-control-allow-origin"] == "*"


def test_window_is_inclusive_on_both_sides(search: Search, concert: dict[str, Any]) -> None:
    instant = concert["dates"]["start"]["dateTime"]
    ids = [event["id"] for event in _events(search(startDateTime=instant, endDateTime=instant, size=200))]
    assert concert["id"] in ids


@pytest.mark.parametrize(("side", "shift"), [("startDateTime", "01Z"), ("endDateTime", None)])
def test_window_ends_a_second_further(search: Search, concert: dict[str, Any], side: str, shift: str | None) -> None:
    instant = concert["dates"]["start"]["dateTime"]
    hour, minute = int(instant[11:13]), int(instant[14:16])
    earlier = hour * 60 + minute - 1
    moved = f"{instant[:17]}{shift}" if shift else f"{instant[:11]}{earlier // 60:02}:{earlier % 60:02}:59Z"
    assert _total(search(id=concert["id"], **{side: moved})) == 0


def test_event_without_a_time_counts_from_its_local_midnight(search: Search) -> None:
    events = _events(search(city="Berlin", sort="date,asc", startDateTime="2026-12-01T00:00:00Z", size=200))
    event = next(
        event
        for event in events
        if event["dates"]["start"]["timeTBA"] and event["dates"]["start"]["localDate"] < "2027-03"
    )
    day = event["dates"]["start"]["localDate"]
    earlier = search(id=event["id"], startDateTime=f"{day}T00:00:00Z")
    assert _total(earlier) == 0, "midnight in Berlin is 23:00 of the day before in UTC"
    midnight = _events(search(id=event["id"], endDateTime=f"{day}T00:00:00Z"))
    assert [found["id"] for found in midnight] == [event["id"]]


def test_undated_events_are_left_out_unless_asked_for(search: Search) -> None:
    only = search(includeTBA="only", size=200)
    assert all(event["dates"]["start"]["dateTBA"] for event in _events(only))
    default, both = (_total(search(city="London", **extra)) for extra in ({}, {"includeTBA": "yes"}))
    assert _total(search(city="London", includeTBA="only")) == both - default > 0


def test_undated_events_match_no_window(search: Search) -> None:
    assert _total(search(includeTBA="only", startDateTime="2020-01-01T00:00:00Z")) == 0


def test_undated_id_needs_the_parameter_too(search: Search, client: TestClient) -> None:
    id_ = _events(search(includeTBA="only", size=1))[0]["id"]
    assert [_total(search(id=id_, includeTBA=value)) for value in ("no", "yes", "only")] == [0, 1, 1]
    assert client.get(f"discovery/v2/events/{id_}.json", params={"apikey": "key"}).status_code == 200


def test_dates_to_be_decided_have_a_parameter_of_their_own(search: Search) -> None:
    assert all(event["dates"]["start"]["dateTBD"] for event in _events(search(includeTBD="only")))
    assert _total(search(includeTBD="only")) > 0
    assert _total(search(includeTBA="only", includeTBD="only")) == 0


def test_tests_appear_only_on_request(search: Search) -> None:
    assert not any(event["test"] for event in _events(search(size=200)))
    assert all(event["test"] for event in _events(search(includeTest="only", size=200)))


def test_family_shows_can_be_left_out(search: Search) -> None:
    everything, none, only = (_total(search(city="Paris", includeFamily=value)) for value in ("yes", "no", "only"))
    assert everything == none + only
    assert only > 0


def test_keyword_finds_whole_words_of_name_attraction_and_venue(search: Search, concert: dict[str, Any]) -> None:
    guest = concert["_embedded"]["attractions"][1]["name"]
    venue = concert["_embedded"]["venues"][0]["name"]
    for keyword in (concert["name"].upper(), guest, venue):
        found = search(keyword=keyword, id=concert["id"])
        assert _total(found) == 1, keyword
    assert _total(search(keyword=guest[:-2], id=concert["id"])) == 0


def test_city_is_exact_but_for_case_and_spaces(search: Search) -> None:
    assert _total(search(city="bErLiN")) == _total(search(city="Berlin")) > 0
    assert _total(search(city="Berli")) == 0
    assert _total(search(city=["Berlin", "Hamburg"])) == _total(search(city="Berlin")) + _total(search(city="Hamburg"))


@pytest.mark.parametrize(
    ("parameter", "value", "read"),
    [
        ("countryCode", "de", lambda event: _place(event)["country"]["countryCode"] == "DE"),
        ("stateCode", "CA", lambda event: _place(event)["state"]["stateCode"] == "CA"),
        ("source", "tmr", lambda event: event["id"].startswith("Z7r9")),
        ("source", "universe", lambda event: event["id"].startswith("Lv")),
        ("segmentId", "KZFzniwnSyZfZ7v7nE", lambda event: "Sports" in _segments(event)),
        (
            "classificationId",
            "KZFzniwnSyZfZ7v7nE",
            lambda event: "Sports" in _segments(event),
        ),
        ("dmaId", "324", lambda event: _place(event)["dmas"][0]["id"] == 324),
    ],
)
def test_filter_keeps_what_it_names(search: Search, parameter: str, value: str, read: Callable[[Any], bool]) -> None:
    events = [
        event for event in _events(search(**{parameter: value, "size": 200})) if _place(event) or "source" in parameter
    ]
    assert events
    assert all(read(event) for event in events)


def test_filters_by_the_ids_of_an_event(search: Search, concert: dict[str, Any]) -> None:
    classes = concert["classifications"][0]
    ids = {
        "venueId": concert["_embedded"]["venues"][0]["id"],
        "attractionId": concert["_embedded"]["attractions"][1]["id"],
        "genreId": classes["genre"]["id"],
        "subGenreId": classes["subGenre"]["id"],
        "postalCode": concert["_embedded"]["venues"][0]["postalCode"],
    }
    for name, value in ids.items():
        found = _events(search(**{name: value, "size": 200, "city": "Berlin"}))
        assert concert["id"] in {event["id"] for event in found}, name
    assert _total(search(id=f"{concert['id']},nothing", **ids)) == 1


def test_classification_name_matches_every_level(search: Search) -> None:
    music, by_segment = (
        _total(search(classificationName="music", city="London")),
        _total(search(segmentName="Music", city="London")),
    )
    assert music >= by_segment > 0
    assert _total(search(classificationName="comedy,music", city="London")) > music


def test_circle_adds_distances(search: Search) -> None:
    miles = search(latlong="52.52,13.405", radius=10, sort="distance,asc", size=200)
    distances = [event["distance"] for event in _events(miles)]
    assert distances == sorted(distances)
    assert max(distances) <= 10
    assert {event["units"] for event in _events(miles)} == {"MILES"}
    venue = _events(miles)[0]["_embedded"]["venues"][0]
    assert (venue["distance"], venue["units"]) == (distances[0], "MILES")


def test_geohash_and_pair_find_the_same(search: Search) -> None:
    pair, geohash = (
        search(latlong="52.52,13.405", radius=30, unit="km"),
        search(geoPoint="u33dc0", radius=30, unit="km"),
    )
    assert _total(pair) == _total(geohash) > 0
    assert _events(geohash)[0]["units"] == "KM"


def test_radius_is_fifty_miles_by_default(search: Search) -> None:
    assert _total(search(latlong="52.52,13.405")) == _total(search(latlong="52.52,13.405", radius=50, unit="miles"))


_SORTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name,asc": lambda event: event["name"].casefold(),
    "date,asc": lambda event: event["dates"]["start"]["dateTime"],
    "id,asc": lambda event: event["id"].encode(),
    "date,name,asc": lambda event: (event["dates"]["start"]["dateTime"], event["name"].casefold()),
    "venueName,asc": lambda event: _place(event).get("name", "").strip().casefold(),
}


@pytest.mark.parametrize("sort", _SORTS)
def test_sorts(search: Search, sort: str) -> None:
    events = [
        event
        for event in _events(search(sort=sort, size=200, city="Chicago"))
        if "dateTime" in event["dates"]["start"] and _place(event)
    ]
    assert len(events) > 50
    assert events == sorted(events, key=_SORTS[sort])


@pytest.mark.parametrize("sort", ["name", "date", "relevance", "venueName"])
def test_descending_is_the_reverse(search: Search, sort: str) -> None:
    up, down = (search(sort=f"{sort},{way}", city="Brno", size=200, includeTBA="yes") for way in ("asc", "desc"))
    assert [event["id"] for event in _events(up)] == [event["id"] for event in _events(down)][::-1]


def test_every_documented_sort_is_served(search: Search) -> None:
    for sort in (
        "distance,date,asc",
        "onSaleStartDate,asc",
        "onsaleStartDate,asc",
        "random",
        "name,date,desc",
        "relevance,asc",
    ):
        assert _total(search(sort=sort, city="Cork")) > 0


def test_links_repeat_the_parameters_but_never_the_key(search: Search) -> None:
    body = search(city="London", startDateTime="2026-12-01T00:00:00Z", size=50, page=1)
    assert set(body["_links"]) == {"first", "self", "next", "prev", "last"}
    for link in body["_links"].values():
        assert link["href"].startswith("/discovery/v2/events.json?")
        assert "startDateTime=2026-12-01T00%3A00%3A00Z" in link["href"]
        assert "apikey" not in link["href"].lower()
    assert "page=2&size=50" in body["_links"]["next"]["href"]


def test_single_page_links_to_itself_alone(search: Search) -> None:
    body = search(includeTBD="only", size=200)
    assert list(body["_links"]) == ["self"]


def test_page_behind_the_last_has_nothing_embedded(search: Search) -> None:
    pages = search(city="Cork", size=100)["page"]["totalPages"]
    body = search(city="Cork", size=100, page=pages)
    assert "_embedded" not in body
    assert body["page"]["number"] == pages


def test_empty_result_has_no_pages(search: Search) -> None:
    body = search(keyword="nothingofthekind")
    assert "_embedded" not in body
    assert body["page"] == {"size": 20, "totalElements": 0, "totalPages": 0, "number": 0}


def test_large_results_report_ten_thousand(search: Search) -> None:
    assert search(size=200)["page"] == {"size": 200, "totalElements": 10_000, "totalPages": 50, "number": 0}


def test_unknown_parameters_are_ignored(search: Search) -> None:
    assert _total(search(cityy="Berlin")) == _total(search())


def test_venues_and_attractions_are_searched_too(search: Search, concert: dict[str, Any]) -> None:
    venue, act = concert["_embedded"]["venues"][0], concert["_embedded"]["attractions"][0]
    assert venue in search("venues", keyword=venue["name"], countryCode="DE", size=200)["_embedded"]["venues"]
    assert act in search("attractions", keyword=act["name"], sort="name,asc")["_embedded"]["attractions"]
    near = search("venues", geoPoint="u33dc0", radius=5, sort="distance,asc")["_embedded"]["venues"]
    assert [venue["distance"] for venue in near] == sorted(venue["distance"] for venue in near)


def test_details_equal_what_the_search_embeds(client: TestClient, concert: dict[str, Any]) -> None:
    def get(path: str) -> object:
        answer = client.get(f"discovery/v2/{path}", params={"apikey": "key"})
        assert answer.status_code == 200, path
        return answer.json()

    assert get(f"events/{concert['id']}.json") == concert
    assert (
        client.get(f"discovery/v2/events/{concert['id']}/images", params={"apikey": "key"}).json()["images"]
        == concert["images"]
    )
    for kind in ("venues", "attractions"):
        embedded = concert["_embedded"][kind][0]
        assert get(f"{kind}/{embedded['id']}.json") == embedded


def test_classifications_nest_down_to_sub_genres(client: TestClient, search: Search) -> None:
    entries = search("classifications")["_embedded"]["classifications"]
    assert len(entries) == 6
    music = next(entry for entry in entries if entry["segment"]["name"] == "Music")["segment"]
    genre = music["_embedded"]["genres"][0]
    sub = genre["_embedded"]["subgenres"][0]
    for path, node in (
        (f"classifications/segments/{music['id']}.json", music),
        (f"classifications/genres/{genre['id']}.json", genre),
        (f"classifications/subgenres/{sub['id']}", sub),
    ):
        assert client.get(f"discovery/v2/{path}", params={"apikey": "key", "locale": "en-us"}).json() == node
    assert (
        client.get(f"discovery/v2/classifications/{music['id']}.json", params={"apikey": "key"}).json()["segment"]
        == music
    )
