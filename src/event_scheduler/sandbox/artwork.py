"""Image lists as the original publishes them, and the posters behind their addresses."""

from hashlib import blake2b
from html import escape
from random import Random
from textwrap import wrap
from typing import Any

__all__ = ["RENDITIONS", "draw_poster", "list_images"]

RENDITIONS = {
    "RECOMENDATION_16_9": (100, 56, "16_9"),
    "EVENT_DETAIL_PAGE_16_9": (205, 115, "16_9"),
    "RETINA_PORTRAIT_16_9": (640, 360, "16_9"),
    "TABLET_LANDSCAPE_16_9": (1024, 576, "16_9"),
    "RETINA_LANDSCAPE_16_9": (1136, 639, "16_9"),
    "TABLET_LANDSCAPE_LARGE_16_9": (2048, 1152, "16_9"),
    "ARTIST_PAGE_3_2": (305, 203, "3_2"),
    "RETINA_PORTRAIT_3_2": (640, 427, "3_2"),
    "TABLET_LANDSCAPE_3_2": (1024, 683, "3_2"),
    "CUSTOM": (305, 225, "4_3"),
    "SOURCE": (2426, 1365, ""),
    "SQUARE_1_1": (500, 500, "1_1"),
}
"""Width and height in pixels, and the ratio, by suffix; the misspelling is the original's. The last two are rare."""

_STANDARD = tuple(RENDITIONS)[:10]


def list_images(
    root: str, key: str, *, salt: int, is_fallback: bool, has_source: bool = False, has_square: bool = False
) -> list[dict[str, Any]]:
    """List the renditions of one artwork.

    Args:
        root: Address below which the sandbox is reached, without a slash at its end.
        key: Names the artwork.
        salt: Decides the order, which is random in the original.
        is_fallback: Whether it is generic art of a category.
        has_source: Add the original size, which has no `ratio`.
        has_square: Add a square one.

    Returns:
        Ten to twelve entries.
    """
    names = [*_STANDARD, *(["SOURCE"] if has_source else []), *(["SQUARE_1_1"] if has_square else [])]
    Random(salt).shuffle(names)
    images = []
    for name in names:
        width, height, ratio = RENDITIONS[name]
        image: dict[str, Any] = {"ratio": ratio} if ratio else {}
        image |= {"url": f"{root}/images/{key}_{name}.svg", "width": width, "height": height, "fallback": is_fallback}
        images.append(image)
    return images


def draw_poster(key: str, title: str, rendition: str) -> str:
    """Draw a poster as SVG: colours and shapes follow from the key, and the title is written across.

    Args:
        key: Names the artwork.
        title: Any text; it is escaped.
        rendition: A key of `RENDITIONS`.
    """
    width, height, _ = RENDITIONS[rendition]
    digest = blake2b(key.encode(), digest_size=16).digest()
    hue, turn = digest[0] * 360 // 256, 20 + digest[1] // 4
    shapes = []
    for first, second, third in zip(digest[2:8], digest[5:11], digest[8:14], strict=True):
        x, y, size = first * width // 255, second * height // 255, height * (25 + third // 4) // 100
        colour = f"hsl({(hue + turn * (third % 5)) % 360} 62% {35 + third % 30}%)"
        shapes.append(
            f'<circle cx="{x}" cy="{y}" r="{size // 2}" fill="{colour}" opacity=".55"/>'
            if third % 2
            else f'<rect x="{x}" y="{y}" width="{size}" height="{size}" fill="{colour}" opacity=".55" '
            f'transform="rotate({third % 90} {x} {y})"/>'
        )
    lines = wrap(title or "Untitled", 16)[:4]
    size = height // (len(lines) + 4)
    top = (height - size * 1.15 * (len(lines) - 1)) / 2
    text = "".join(
        f'<text x="50%" y="{top + size * 1.15 * number:.0f}">{escape(line)}</text>' for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img"><title>{escape(title)}</title>'
        f'<rect width="100%" height="100%" fill="hsl({hue} 45% 22%)"/>{"".join(shapes)}'
        f'<g fill="#fff" text-anchor="middle" dominant-baseline="central" '
        f'font-family="Georgia, serif" font-weight="700" font-size="{size}">{text}</g></svg>'
    )
