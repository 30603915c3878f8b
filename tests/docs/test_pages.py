"""The pages hold together: links lead somewhere, commands exist, nothing tells of one machine."""

import os
import re
from pathlib import Path

import pytest

from tests.docs.documents import ROOT, list_code_blocks, list_files, read, without_code

PAGES = list_files(".md")
_SERVED = {"/docs", "/redoc", "/openapi.json"}
"""Where a page links to a running server."""


def _slugs(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


def _list_links(page: Path) -> list[str]:
    return re.findall(r"\[[^]]*\]\(([^)\s]+)\)", without_code(page.read_text(encoding="utf-8")))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    for link in _list_links(page):
        if re.match(r"[a-z]+:", link) or link in _SERVED:
            continue
        address, _, anchor = link.partition("#")
        target = (page.parent / address).resolve() if address else page
        assert target.exists(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in _slugs(target), link


def test_the_readmes_first_two_commands_are_the_demo_and_the_core_suite() -> None:
    assert list_code_blocks(read("README.md"), "sh")[:2] == ["script/demo", "script/test"]


@pytest.mark.parametrize("command", ["script/demo", "script/test"])
def test_the_readmes_first_two_commands_can_be_run(command: str) -> None:
    assert (ROOT / command).is_file()
    assert os.access(ROOT / command, os.X_OK)


def test_every_script_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bscript/[a-z-]+\b", read("README.md")))
    assert {name for name in named if not (ROOT / name).exists()} == set()


def test_the_readme_shows_every_folder_of_the_package() -> None:
    layout = next(block for block in list_code_blocks(read("README.md"), "") if "src/event_scheduler/" in block)
    shown = set(re.findall(r"^├── (\w+)/", layout, re.MULTILINE))
    package = ROOT / "src" / "event_scheduler"
    assert shown == {path.parent.name for path in package.glob("*/__init__.py")}


def test_every_decision_is_in_the_index_and_none_is_missing_between() -> None:
    records = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert records == [link for link in _list_links(ROOT / "docs/decisions/README.md") if link[0].isdigit()]
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))


def test_no_file_tells_where_somebody_keeps_things() -> None:
    """No path of the machine it was written on."""
    patterns = [r"/home/\w+/", r"/Users/\w+/"]
    if len(ROOT.parts) > 2:  # a checkout in "/app" would find itself everywhere
        patterns.append(rf"(?<![\w.~/-]){re.escape(str(ROOT))}(?![\w-])")
    machine = re.compile("|".join(patterns))
    texts = list_files(".md", ".py", ".toml", ".txt", ".yaml", ".yml", ".js", ".css", ".sh", "justfile", ".env.example")
    texts += [path for path in (ROOT / "script").iterdir() if path.is_file()]
    found = {str(path.relative_to(ROOT)) for path in texts if machine.search(path.read_text(encoding="utf-8"))}
    assert found == set()
