"""Cleaning of what others wrote: texts, ids, links and numbers, or null where nothing clean is left."""

import html
import math
import re
from typing import Final

__all__ = [
    "MAX_NAME",
    "MAX_NOTE",
    "to_count",
    "to_flag",
    "to_id",
    "to_line",
    "to_note",
    "to_number",
    "to_url",
]

MAX_NAME: Final = 300
"""Characters of a name; the longest seen in 826 events had 106."""

MAX_NOTE: Final = 10_000
"""Characters of a note; the longest seen had 6,943."""

_MAX_URL: Final = 2_000
_MAX_ID: Final = 200
_MAX_COUNT: Final = 1_000_000
_MAX_NUMBER_TEXT: Final = 64

_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for the line breaks and the tab
    "\u200b\u202a-\u202e\u2066-\u2069\ufeff"  # invisible, and those that turn the writing direction
    "\ud800-\udfff]"  # halves of characters
)
_ID: Final = re.compile(r"[^\s\x00-\x20\x7f-\x9f\ud800-\udfff]+")
_URL: Final = re.compile(
    r"https?://(?:[\w.\-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?"
    r"(?:[/?#][^\s\x00-\x20\x7f-\x9f<>\"\\\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]*)?",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"<!--|-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")
_BREAKING_TAGS: Final = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN_TAGS: Final = frozenset({"script", "style"})
_LINE_BREAK: Final = re.compile("\r\n|[\r\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_GAPS: Final = re.compile(r" ?\n ?")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")


def to_line(value: object, *, limit: int = MAX_NAME) -> str | None:
    """Return a text as one clean line: trimmed, single blanks, no controls, at most `limit` characters."""
    if not isinstance(value, str):
        return None
    if not value.isprintable():  # Rarely; blanks other than the plain one count as not printable.
        value = _UNWANTED.sub("", value)
    return " ".join(value.split())[:limit].rstrip() or None


def to_note(value: object, *, limit: int = MAX_NOTE) -> str | None:
    """Return a text as plain lines, without markup, entities spelt out, at most `limit` characters."""
    if not isinstance(value, str):
        return None
    text = value[: 4 * limit]  # Markup may be most of it, but the work stays bounded.
    if "<" in text:
        text = _strip_markup(text)
    if "&" in text:
        text = html.unescape(text)
    text = _UNWANTED.sub("", _LINE_BREAK.sub("\n", text))
    text = _EMPTY_LINES.sub("\n\n", _GAPS.sub("\n", _BLANKS.sub(" ", text)))
    return text.strip()[:limit].rstrip() or None


def _strip_markup(text: str) -> str:
    """Drop tags, comments and what scripts hold; one pass, so that hostile nesting costs no more than its length."""
    kept: list[str] = []
    position = 0
    hidden_by: str | None = None
    for token in _TOKEN.finditer(text):
        tag = (token[2] or token[0]).lower()
        if hidden_by is None:
            kept.append(text[position : token.start()])
            if tag in _BREAKING_TAGS:
                kept.append("\n")
            elif tag == "<!--" or (tag in _HIDDEN_TAGS and not token[1]):
                hidden_by = "-->" if tag == "<!--" else tag
        elif tag == hidden_by and (token[1] or tag == "-->"):
            hidden_by = None
        position = token.end()
    if hidden_by is None:
        kept.append(text[position:])
    return "".join(kept)


def to_id(value: object) -> str | None:
    """Return an opaque id as text, or `None` where it is missing, holds blanks or controls, or is absurdly long."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)  # Numbers and strings take turns in this API (`dmas[].id`, `markets[].id`).
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if len(text) <= _MAX_ID and _ID.fullmatch(text) else None


def to_url(value: object) -> str | None:
    """Return an http(s) URL with a host, or `None` for any other scheme, credentials in it, or bad characters."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if len(text) <= _MAX_URL and _URL.fullmatch(text) else None


def to_number(value: object) -> float | None:
    """Return a finite number from a number or its text, else `None`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, str) and (len(value) > _MAX_NUMBER_TEXT or "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def to_count(value: object) -> int | None:
    """Return a whole number from 0 to a million from a number or its text, else `None`."""
    number = to_number(value)
    return int(number) if number is not None and 0 <= number <= _MAX_COUNT and number.is_integer() else None


def to_flag(value: object) -> bool | None:
    """Return a truth value from a boolean or its text, else `None`."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None
