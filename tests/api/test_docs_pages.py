"""The pages /docs and /redoc, as far as one can tell without a browser."""

import hashlib
import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from event_scheduler.api.docs import STATIC_DIR, STATIC_PATH, create_docs_router, create_static_app

PAGES = ["/docs", "/docs/", "/redoc", "/redoc/"]
VENDOR_DIR = STATIC_DIR / "vendor"


def _create_client(*, title: str = "Event Scheduler", banner: str | None = None) -> TestClient:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(create_docs_router(title=title, banner=banner))
    app.mount(STATIC_PATH, create_static_app())
    return TestClient(app, follow_redirects=False)


def _read_policy(client: TestClient, path: str) -> dict[str, str]:
    policy = client.get(path).headers["content-security-policy"]
    return {name: sources for name, _, sources in (part.partition(" ") for part in policy.split("; "))}


@pytest.mark.parametrize("path", PAGES)
def test_page_is_html_with_and_without_a_trailing_slash(path: str) -> None:
    response = _create_client().get(path)

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.text.startswith("<!doctype html>")


@pytest.mark.parametrize("path", PAGES)
def test_head_answers_like_get(path: str) -> None:
    client = _create_client()

    assert client.head(path).headers == client.get(path).headers


@pytest.mark.parametrize("path", PAGES)
def test_page_has_no_inline_script_or_style_and_names_no_other_host(path: str) -> None:
    html = _create_client().get(path).text

    assert re.search(r"<script(?![^>]*\ssrc=)", html) is None
    assert re.search(r"<script[^>]*>[^<]", html) is None
    assert re.search(r"<style|\sstyle=|\son\w+=|javascript:", html) is None
    addresses = re.findall(r'(?:src|href)="([^"]*)"', html)
    assert [address for address in addresses if not re.match(r"/[^/]", address)] == []


@pytest.mark.parametrize("path", PAGES)
def test_everything_a_page_loads_is_there_and_may_be_kept_for_ever(path: str) -> None:
    client = _create_client()

    addresses = re.findall(rf'"({STATIC_PATH}/[^"]*)"', client.get(path).text)

    assert len(addresses) >= 4
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("query", ["", "?v=0123456789abcdef", "?v="])
def test_address_that_does_not_name_the_content_may_be_kept_for_an_hour(query: str) -> None:
    response = _create_client().get(f"{STATIC_PATH}/docs/docs.css{query}")

    assert response.status_code == 200
    assert response.headers["cache-control"] == "public, max-age=3600"


def test_kept_file_is_confirmed_without_sending_it_again() -> None:
    client = _create_client()
    first = client.get(f"{STATIC_PATH}/docs/docs.css")

    second = client.get(f"{STATIC_PATH}/docs/docs.css", headers={"If-None-Match": first.headers["etag"]})

    assert second.status_code == 304
    assert second.headers["cache-control"] == "public, max-age=3600"


def test_no_file_outside_the_folder_is_served() -> None:
    client = _create_client()

    assert client.get(f"{STATIC_PATH}/%2e%2e/docs.py").status_code == 404
    assert client.get(f"{STATIC_PATH}/vendor/").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_policy_allows_this_origin_only_and_nothing_unsafe(path: str) -> None:
    policy = _read_policy(_create_client(), path)

    style_sources = policy.pop("style-src").split()
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    assert style_sources[0] == "'self'"
    assert all(source.startswith("'sha256-") for source in style_sources[1:])


def test_swagger_ui_needs_no_inline_style_at_all() -> None:
    assert _read_policy(_create_client(), "/docs")["style-src"] == "'self'"


@pytest.mark.parametrize("path", PAGES)
def test_page_is_asked_for_anew_and_tells_nobody_where_one_came_from(path: str) -> None:
    headers = _create_client().get(path).headers

    assert headers["cache-control"] == "no-cache"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_title_and_banner_are_shown_as_plain_text(path: str) -> None:
    html = _create_client(title="Tom & <i>Jerry</i> $name", banner='<script>alert("x")</script>').get(path).text

    assert '<strong class="bar-title">Tom &amp; &lt;i&gt;Jerry&lt;/i&gt; $name</strong>' in html
    assert '<span class="bar-banner">&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;</span>' in html


@pytest.mark.parametrize("path", PAGES)
def test_without_a_banner_the_bar_has_none(path: str) -> None:
    assert "bar-banner" not in _create_client().get(path).text


def test_pages_are_no_part_of_what_they_describe() -> None:
    assert _create_client().get("/openapi.json").json()["paths"] == {}


def test_vendored_files_are_as_they_were_published() -> None:
    lines = (VENDOR_DIR / "SHA256SUMS").read_text().splitlines()
    recorded = {name: digest for digest, name in (line.split("  ") for line in lines)}

    actual = {
        path.relative_to(VENDOR_DIR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR_DIR.glob("*/**/*")
        if path.is_file()
    }

    assert actual == recorded


def test_every_vendored_package_comes_with_its_licence_and_a_row_in_the_table() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (VENDOR_DIR / "VERSIONS.md").read_text(), re.MULTILINE)

    assert sorted(rows) == sorted(path.name for path in VENDOR_DIR.iterdir() if path.is_dir())
    assert [row for row in rows if not (VENDOR_DIR / row / "LICENSE").is_file()] == []
