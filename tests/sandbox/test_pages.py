from typing import Any
from xml.etree import ElementTree as ET

import pytest
from starlette.testclient import TestClient

from event_scheduler.sandbox.artwork import RENDITIONS, draw_poster


def _events(client: TestClient, **params: str) -> list[dict[str, Any]]:
    body = client.get("discovery/v2/events.json", params={"apikey": "key", "size": "50", **params}).json()
    events: list[dict[str, Any]] = body["_embedded"]["events"]
    return events


def test_images_are_drawn(client: TestClient) -> None:
    images = [image for event in _events(client) for image in event["images"]]
    for image in images[:40]:
        answer = client.get(image["url"])
        assert answer.status_code == 200, image["url"]
        assert answer.headers["content-type"] == "image/svg+xml"
        drawn = ET.fromstring(answer.text)  # noqa: S314 - our own drawing
        assert (drawn.get("width"), drawn.get("height")) == (str(image["width"]), str(image["height"]))


def test_images_of_venues_are_drawn(client: TestClient) -> None:
    venues = [
        event["_embedded"]["venues"][0] for event in _events(client, segmentName="Sports") if "_embedded" in event
    ]
    image = next(venue["images"][0] for venue in venues if "images" in venue)
    assert client.get(image["url"]).status_code == 200


@pytest.mark.parametrize(
    "name", ["a1_NONE.svg", "a99999_CUSTOM.svg", "zz_CUSTOM.svg", "CUSTOM.svg", "a0x1_CUSTOM.svg", "c_CUSTOM.svg"]
)
def test_unknown_image(client: TestClient, name: str) -> None:
    assert client.get(f"images/{name}").status_code == 404


def test_titles_are_escaped() -> None:
    drawn = draw_poster("key", "<script>alert(1)</script> & Sons", "CUSTOM")
    assert "<script" not in drawn
    assert ET.fromstring(drawn).tag.endswith("svg")  # noqa: S314 - our own drawing


@pytest.mark.parametrize("rendition", RENDITIONS)
def test_same_key_gives_the_same_drawing(rendition: str) -> None:
    assert (
        draw_poster("a1", "Title", rendition)
        == draw_poster("a1", "Title", rendition)
        != draw_poster("a2", "Title", rendition)
    )


def test_ten_renditions_in_no_order(client: TestClient) -> None:
    orders = {tuple(image["width"] for image in event["images"]) for event in _events(client)}
    assert len(orders) > 10
    assert {len(order) for order in orders} <= {10, 11, 12}


def test_ticket_page_says_that_nothing_is_sold(client: TestClient) -> None:
    event = next(event for event in _events(client) if "_embedded" in event and "url" in event)
    for page in (event["url"], event["_embedded"]["venues"][0]["url"]):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "This is where the seller's page would be" in answer.text
        assert "script" not in answer.text


def test_unknown_ticket_page_is_escaped(client: TestClient) -> None:
    answer = client.get("tickets/%3Cscript%3E")
    assert answer.status_code == 404
    assert "<script>" not in answer.text
