import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from event_scheduler.sandbox.app import create_sandbox
from tests.sandbox.conftest import open_client

Json = dict[str, Any]


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    """A sandbox with recordings of our own, one of each shape."""

    def event(id_: str, **more: object) -> Json:
        start = {"localDate": "2026-12-01", "localTime": "20:00:00", "dateTime": "2026-12-01T19:00:00Z"}
        return {"id": id_, "name": f"Show {id_}", "type": "event", "dates": {"start": start}, **more}

    venue = {
        "id": "V1",
        "type": "venue",
        "name": "Hall",
        "city": {"name": "Cologne "},
        "_links": {"self": {"href": "/x"}},
    }
    page = {"size": 3, "totalElements": 7, "totalPages": 3, "number": 1}
    link = {"self": {"href": "/discovery/v2/venues.json?keyword=zzz"}}
    contents: dict[str, object] = {
        "Some-Page": {"_embedded": {"events": [event("A", _embedded={"venues": [venue]}), event("B")]}, "page": page},
        "an-array": [event("B", name="Other B"), event("C")],
        "single": event("D", images=[{"url": "u"}]),
        "blocks": [{"id": "E", "name": "Block", "dates": {"start": {"dateTBA": True}}}],
        "no-venues": {"_links": link, "page": {**page, "totalElements": 0}},
        "bad": {"errors": [{"code": "DIS1005", "status": "400 BAD_REQUEST"}]},
        "quota": {"fault": {"detail": {"errorcode": "policies.ratelimit.QuotaViolation"}}},
        "headers": {"status": 200, "headers": {}},
    }
    for name, content in contents.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content))
    with open_client(create_sandbox(recordings=tmp_path, requests_per_second=float("inf"))) as opened:
        yield opened


def _get(client: TestClient, path: str = "events", **params: str | int) -> Response:
    return client.get(f"discovery/v2/{path}.json", params={"apikey": "key", **params})


def _ids(body: Json) -> list[str]:
    return [event["id"] for event in body.get("_embedded", {}).get("events", [])]


def test_body_is_served_as_recorded(client: TestClient) -> None:
    body = _get(client, keyword="recording:some-page").json()
    assert body["page"] == {"size": 3, "totalElements": 7, "totalPages": 3, "number": 1}
    assert _ids(body) == ["A", "B"]


def test_asked_for_a_page_it_is_paged(client: TestClient) -> None:
    body = _get(client, keyword="RECORDING:some-page", size=1, page=1).json()
    assert _ids(body) == ["B"]
    assert body["page"] == {"size": 1, "totalElements": 2, "totalPages": 2, "number": 1}


@pytest.mark.parametrize(("name", "ids"), [("an-array", ["B", "C"]), ("single", ["D"]), ("blocks", ["E"])])
def test_lists_and_single_events_become_pages(client: TestClient, name: str, ids: list[str]) -> None:
    body = _get(client, keyword=f"recording:{name}").json()
    assert _ids(body) == ids
    assert body["page"]["totalElements"] == len(ids)


def test_search_covers_everything_once(client: TestClient) -> None:
    assert _ids(_get(client, sort="id,asc", includeTBA="yes").json()) == ["A", "B", "C", "D", "E"]
    assert _ids(_get(client, city="Cologne").json()) == ["A"]
    assert _ids(_get(client, startDateTime="2026-12-01T19:00:01Z").json()) == []


def test_details_by_id(client: TestClient) -> None:
    assert _get(client, "events/C").json()["name"] == "Show C"
    assert _get(client, "events/D/images").json()["images"] == [{"url": "u"}]
    assert _get(client, "venues/V1").json()["name"] == "Hall"
    assert _get(client, "events/none").status_code == 404


def test_errors_answer_with_their_status(client: TestClient) -> None:
    assert [_get(client, keyword=f"recording:{name}").status_code for name in ("bad", "quota")] == [400, 429]


def test_other_kinds_answer_where_they_belong(client: TestClient) -> None:
    assert "_embedded" not in _get(client, "venues", keyword="recording:no-venues").json()
    assert _get(client, keyword="recording:no-venues").status_code == 404
    assert _get(client, keyword="recording:unheard-of").status_code == 404


def test_folder_must_exist(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError):
        create_sandbox(recordings=tmp_path / "none")


def _read_events(content: Json | list[Json]) -> list[Json]:
    if isinstance(content, dict):
        content = (
            content.get("_embedded", {}).get("events", [content])
            if "venues" not in content.get("_embedded", {})
            else [content]
        )
    return [item for item in content if isinstance(item, dict) and "dates" in item]


def test_every_real_recording_is_reachable(recordings: Path) -> None:
    """Each file answers its own events untouched, and each event answers by its id."""
    sandbox = create_sandbox(recordings=recordings, requests_per_second=float("inf"), daily_quota=10**6)
    with open_client(sandbox) as client:
        files = {file.stem: _read_events(json.loads(file.read_text())) for file in sorted(recordings.glob("*.json"))}
        files = {name: events for name, events in files.items() if events}
        for name, events in files.items():
            body = _get(client, keyword=f"recording:{name}").json()
            assert body["_embedded"]["events"] == events, name
            paged = _get(client, keyword=f"recording:{name}", size=200).json()
            assert paged["_embedded"]["events"] == events, name
        ids = {event["id"] for events in files.values() for event in events}
        assert ids, "a folder without events proves nothing"
        assert all(_get(client, f"events/{id_}").json()["id"] == id_ for id_ in ids)
        everything = _get(client, size=1, includeTBA="yes", includeTBD="yes", includeTest="yes").json()
        assert everything["page"]["totalElements"] == len(ids)
        for path, name in (
            ("venues", "venues-2016-06-page0-sdk"),
            ("attractions", "attractions-2021-11-search"),
            ("classifications", "classifications-2016-01-page0-sdk"),
        ):
            assert _get(client, path, keyword=f"recording:{name}").status_code == 200
        statuses = [
            _get(client, keyword=f"recording:{name}").status_code
            for name in sorted(file.stem for file in recordings.glob("error-*.json"))
        ]
        assert statuses == [400, 400, 400, 400, 401, 404, 429]
