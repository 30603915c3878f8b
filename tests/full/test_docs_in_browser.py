"""The pages /docs and /redoc in Chromium: they work, ask no other host for anything, and keep to their policy."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from typing import Annotated, Literal

import pytest
import uvicorn
from fastapi import Depends, FastAPI, Query
from fastapi.security import HTTPBearer
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright
from pydantic import BaseModel

from event_scheduler.api.docs import STATIC_PATH, create_docs_router, create_static_app

pytestmark = pytest.mark.full

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",  # it refuses to start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

PATIENCE_MS = 20_000


class Gig(BaseModel):
    """An event with **bold** words in its description."""

    title: str
    tags: list[str] = []


@dataclass
class Watch:
    """What a page did that it should not do."""

    foreign_requests: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    console_errors: list[str] = field(default_factory=list)

    def assert_quiet(self) -> None:
        assert self == Watch()


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    app = FastAPI(title="Gigs", docs_url=None, redoc_url=None)
    app.include_router(create_docs_router(title="Gigs", banner="Demo: pretend events"))
    app.mount(STATIC_PATH, create_static_app())

    @app.get("/gigs", summary="Search gigs", description="Soonest first.\n\n```json\n[]\n```", tags=["gigs"])
    async def list_gigs(page: Annotated[int, Query(ge=0)] = 0, kind: Literal["main", "resale"] = "main") -> list[Gig]:
        return [Gig(title=f"Gig of page {page}", tags=[kind])]

    @app.post("/gigs", summary="Save a gig", tags=["gigs"], dependencies=[Depends(HTTPBearer())])
    async def save_gig(gig: Gig) -> Gig:
        return gig

    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = which("chromium") or which("chromium-browser")
    if executable is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=["desktop", "phone"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = (1280, 900) if request.param == "desktop" else (390, 844)
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        yield page


@pytest.fixture
def watch(page: Page, origin: str) -> Watch:
    watch = Watch()

    def let_own_requests_pass(route: Route) -> None:
        if route.request.url.startswith((f"{origin}/", "data:")):
            route.continue_()
        else:
            watch.foreign_requests.append(route.request.url)
            route.abort()

    def note_console(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            watch.console_errors.append(message.text)

    def note_violation(violation: str) -> None:
        watch.violations.append(violation)

    page.route("**/*", let_own_requests_pass)
    page.on("console", note_console)
    page.on("pageerror", lambda error: watch.console_errors.append(str(error)))
    page.expose_function("noteViolation", note_violation)
    page.add_init_script(
        "document.addEventListener('securitypolicyviolation',"
        " (event) => window.noteViolation(`${event.violatedDirective} ${event.blockedURI}`));"
    )
    return watch


def _assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def _settle(page: Page, tmp_path: Path, name: str) -> None:
    """Let late images and style elements have their say; the picture forces a whole frame."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=tmp_path / f"{name}.png")


def test_swagger_ui_shows_signs_in_and_calls(page: Page, watch: Watch, origin: str, tmp_path: Path) -> None:
    page.goto(f"{origin}/docs")
    expect(page.get_by_text("Search gigs")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Demo: pretend events")).to_be_visible()
    _assert_fits(page)

    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill("a-token")
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Apply credentials").click()
    page.locator(".auth-btn-wrapper").get_by_role("button", name="Close").click()
    page.get_by_text("Save a gig").click()
    with page.expect_response(f"{origin}/gigs") as response:
        page.get_by_role("button", name="Execute").click()
    expect(page.locator(".live-responses-table .response").first).to_be_visible()

    assert response.value.status == 200
    assert response.value.request.headers["authorization"] == "Bearer a-token"
    _settle(page, tmp_path, "docs")
    watch.assert_quiet()


def test_redoc_shows_all_operations(page: Page, watch: Watch, origin: str, tmp_path: Path) -> None:
    page.goto(f"{origin}/redoc")
    expect(page.get_by_role("heading", name="Search gigs")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Demo: pretend events")).to_be_visible()
    _assert_fits(page)

    page.get_by_role("button", name="422").first.click()
    page.get_by_role("heading", name="Save a gig").scroll_into_view_if_needed()

    _settle(page, tmp_path, "redoc")
    watch.assert_quiet()


def test_redoc_is_styled(page: Page, watch: Watch, origin: str) -> None:
    """Its styles are what the policy is most likely to refuse after an update."""
    page.goto(f"{origin}/redoc")
    page.get_by_role("heading", name="Search gigs").wait_for()

    rules = page.evaluate("[...document.querySelectorAll('style')].map((style) => style.sheet?.cssRules.length ?? 0)")

    assert len(rules) == 2
    assert min(rules) > 0
    watch.assert_quiet()


def test_link_cannot_show_somebody_elses_description(page: Page, watch: Watch, origin: str) -> None:
    page.goto(
        f"{origin}/docs?url=https://elsewhere.example/openapi.json&configUrl=https://elsewhere.example/config.json"
    )

    expect(page.get_by_text("Search gigs")).to_be_visible(timeout=PATIENCE_MS)
    watch.assert_quiet()


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_dark_mode_reaches_the_bar(page: Page, watch: Watch, origin: str, path: str) -> None:
    page.goto(f"{origin}{path}")
    read_back = "getComputedStyle(document.querySelector('.bar')).backgroundColor"
    page.emulate_media(color_scheme="light")
    light = page.evaluate(read_back)
    page.emulate_media(color_scheme="dark")

    assert page.evaluate(read_back) != light
    watch.assert_quiet()


def test_dark_mode_reaches_swagger_ui_and_leaves_again(page: Page, watch: Watch, origin: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(f"{origin}/docs")
    expect(page.locator("html.dark-mode")).to_be_attached()

    page.emulate_media(color_scheme="light")

    expect(page.locator("html:not(.dark-mode)")).to_be_attached()
    watch.assert_quiet()
