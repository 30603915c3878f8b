"""The API's description as two pages for people: `/docs` to try it (Swagger UI) and `/redoc` to read it (ReDoc).

Everything they need is in `static/`, so a browser asks no other host for anything, and their Content-Security-Policy
allows no inline script, and of inline style only what ReDoc cannot do without. They replace FastAPI's own pages: give
FastAPI `docs_url=None, redoc_url=None`, include the router, and mount the static files at `STATIC_PATH`.
"""

import hashlib
import os
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope
from typing_extensions import override

__all__ = ["STATIC_DIR", "STATIC_PATH", "create_docs_router", "create_static_app"]

STATIC_DIR = Path(__file__).parent / "static"
"""What the pages load; `vendor/` holds other people's work as they published it (see `vendor/VERSIONS.md`)."""

STATIC_PATH = "/static"
"""Where the pages expect `create_static_app()` to be mounted."""

_OPENAPI_PATH = "/openapi.json"

_HTML = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="$color_scheme">
<title>$heading · $title</title>
<link rel="icon" type="image/svg+xml" href="$icon">
$assets
</head>
<body class="$name">
<header class="bar">
<strong class="bar-title">$title</strong>$banner
<nav class="bar-pages" aria-label="API description">$links</nav>
</header>
<noscript><p class="plain">This page needs JavaScript. What it shows is also there as <a href="$openapi">JSON</a>.</p>
</noscript>
<main id="page"></main>
</body>
</html>
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Page:
    """One of the two ways to look at the description."""

    name: str
    """The last part of its address, and the class of its body."""

    heading: str
    """What its browser tab says, before the title."""

    styles: tuple[str, ...] = ()
    """Style sheets below `STATIC_DIR`, besides our own."""

    scripts: tuple[str, ...]
    """Scripts below `STATIC_DIR`, in the order they run."""

    color_scheme: str
    """The schemes it can be drawn in, as CSS names them."""

    style_hashes: tuple[str, ...] = ()
    """What may stand in the `<style>` elements that its scripts add, as CSP hashes. Nothing else may."""


_SWAGGER_UI = _Page(
    name="docs",
    heading="Try the API",
    styles=("vendor/swagger-ui/swagger-ui.css",),
    scripts=("vendor/swagger-ui/swagger-ui-bundle.js", "docs/swagger-init.js"),
    color_scheme="light dark",
)

_REDOC = _Page(
    name="redoc",
    heading="Read about the API",
    scripts=("vendor/redoc/redoc.standalone.js", "docs/redoc-init.js"),
    color_scheme="light",  # ReDoc's theme has no dark half
    style_hashes=(
        # Two elements: one stays empty, as rules are added to it through the CSSOM, which the policy lets pass; one
        # starts empty and receives the style sheet of ReDoc's scroll bars. A nonce would not do: the bundle adds
        # the second while it loads, before anybody can hand it one. A new ReDoc may need a new second hash, which
        # the browser then names in its console, and the browser test fails with.
        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
        "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
    ),
)

_LINKS = ((f"/{_SWAGGER_UI.name}", "Try"), (f"/{_REDOC.name}", "Read"), (_OPENAPI_PATH, "JSON"))


def create_docs_router(*, title: str = "Event Scheduler", banner: str | None = None) -> APIRouter:
    """Make the routes of both pages; they are no part of the description they show.

    Args:
        title: The name of the service, as plain text.
        banner: A word or two shown beside the title on both pages ("Demo: pretend events"), as plain text.

    Returns:
        `GET` and `HEAD` of `/docs` and `/redoc`, with and without a trailing slash.
    """
    router = APIRouter(include_in_schema=False)
    for page in (_SWAGGER_UI, _REDOC):
        html = _render(page, title=title, banner=banner)
        headers = _create_headers(page)
        for path in (f"/{page.name}", f"/{page.name}/"):
            _add_page(router, path, html=html, headers=headers)
    return router


def create_static_app() -> StaticFiles:
    """Make the application that serves `STATIC_DIR`; mount it at `STATIC_PATH`."""
    return _CacheableFiles(directory=STATIC_DIR)


class _CacheableFiles(StaticFiles):
    """Files that may be kept: for ever under an address that names their content, else for an hour."""

    @override
    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        # Compared, not believed: while two releases run side by side, one may be asked for the other's file, and
        # a wrong answer marked immutable would stay in shared caches for a year.
        is_named = scope["query_string"] == f"v={_fingerprint(Path(full_path))}".encode()
        lifetime = "max-age=31536000, immutable" if is_named else "max-age=3600"
        response.headers["Cache-Control"] = f"public, {lifetime}"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _add_page(router: APIRouter, path: str, *, html: str, headers: dict[str, str]) -> None:
    @router.api_route(path, methods=["GET", "HEAD"], response_class=HTMLResponse)
    async def show() -> HTMLResponse:
        return HTMLResponse(html, headers=headers)


def _render(page: _Page, *, title: str, banner: str | None) -> str:
    styles = [f'<link rel="stylesheet" href="{_to_address(file)}">' for file in (*page.styles, "docs/docs.css")]
    scripts = [
        f'<script src="{_to_address(file)}" data-openapi="{_OPENAPI_PATH}" defer></script>' for file in page.scripts
    ]
    links = [_render_link(path, text, is_current=path == f"/{page.name}") for path, text in _LINKS]
    return _HTML.substitute(
        name=page.name,
        heading=page.heading,
        color_scheme=page.color_scheme,
        title=escape(title),
        banner=f'\n<span class="bar-banner">{escape(banner)}</span>' if banner else "",
        icon=_to_address("docs/icon.svg"),
        assets="\n".join(styles + scripts),
        links="\n".join(links),
        openapi=_OPENAPI_PATH,
    )


def _render_link(path: str, text: str, *, is_current: bool) -> str:
    current = ' aria-current="page"' if is_current else ""
    return f'<a href="{path}"{current}>{text}</a>'


def _create_headers(page: _Page) -> dict[str, str]:
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": " ".join(("'self'", *page.style_hashes)),
        "img-src": "'self' data:",  # Swagger UI's style sheet draws its arrows and ticks from data: addresses
        "connect-src": "'self'",
        "font-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
        "object-src": "'none'",
    }
    return {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": "; ".join(f"{directive} {sources}" for directive, sources in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _to_address(file: str) -> str:
    return f"{STATIC_PATH}/{file}?v={_fingerprint(STATIC_DIR / file)}"


@cache  # the files are part of the package: at most a few dozen, and they do not change while it runs
def _fingerprint(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
