"""The documents as the tests read them: sections, tables, code blocks and links of our own Markdown."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "event_scheduler"

_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def list_files(*suffixes: str) -> list[Path]:
    """All files of ours with one of these endings; none that Git would not keep, and nobody else's work."""
    return sorted(path for path in _walk(ROOT) if path.suffix in suffixes or path.name in suffixes)


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            # A dot folder is some tool's, but for the one that runs the checks.
            if (not path.name.startswith(".") or path.name == ".ci") and path.name not in {"__pycache__", "vendor"}:
                yield from _walk(path)
        elif path.is_file():
            yield path


def without_code(text: str) -> str:
    return _FENCE.sub("", text)


def list_code_blocks(text: str, language: str) -> list[str]:
    return [match["code"].strip() for match in _FENCE.finditer(text) if match["language"] == language]


def section(text: str, heading: str) -> str:
    """What stands below a heading (given with its `#`s), up to the next one of its level or above."""
    level = len(heading.split(" ", maxsplit=1)[0])
    _, found, rest = text.partition(f"\n{heading}\n")
    assert found, f"there is no heading {heading!r}"
    return re.split(rf"^#{{1,{level}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def list_rows(text: str, first_column: str) -> list[list[str]]:
    """The rows of all tables whose first column is headed so."""
    rows: list[list[str]] = []
    is_wanted = False
    for line in without_code(text).splitlines():
        if not line.startswith("|"):
            is_wanted = False
            continue
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if cells[0] == first_column:
            is_wanted = True
        elif is_wanted and not set(cells[0]) <= {"-", "|", " ", ":"}:
            rows.append(cells)
    return rows


def in_code_style(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)
