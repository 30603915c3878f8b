"""What the README and `.env.example` say about settings is what the code does."""

import ast
import re
from pathlib import Path

import pytest

from event_scheduler.settings import Settings, SettingsError, load_settings
from tests.docs.documents import SOURCE, in_code_style, list_rows, read, section

NAMES = {name.upper() for name in Settings.model_fields}
EXAMPLE = ".env.example"


@pytest.fixture(autouse=True)
def _no_data_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented default is that of a machine without `XDG_DATA_HOME`."""
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)


def load(**environment: str) -> Settings:
    return load_settings(environment=environment, dotenv=None)[0]


def list_readme_rows() -> dict[str, list[str]]:
    rows = list_rows(section(read("README.md"), "## Settings"), "Name")
    return {in_code_style(row[0])[0]: row for row in rows}


def list_used_fields() -> set[str]:
    """All settings that are read anywhere but where they are declared and checked."""
    trees = [ast.parse(path.read_text()) for path in SOURCE.rglob("*.py") if path.name != "settings.py"]
    attributes = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    if "timeout" in attributes:  # a property made of it
        attributes.add("ticketmaster_timeout_seconds")
    return attributes & set(Settings.model_fields)


def test_the_example_lists_every_setting_once_and_nothing_else() -> None:
    found = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", read(EXAMPLE), re.MULTILINE)
    assert sorted(found) == sorted(NAMES)


def test_the_example_shows_the_defaults(tmp_path: Path) -> None:
    """With every line switched on, nothing changes, and no name is unknown."""
    switched_on = tmp_path / "settings"
    switched_on.write_text(re.sub(r"^#(?=[A-Z][A-Z0-9_]*=)", "", read(EXAMPLE), flags=re.MULTILINE))
    assert load_settings(environment={}, dotenv=switched_on) == (load(), [])


def test_the_example_unchanged_is_one_clear_refusal(tmp_path: Path) -> None:
    copied = tmp_path / ".env"
    copied.write_text(read(EXAMPLE))
    settings, warnings = load_settings(environment={}, dotenv=copied)
    assert warnings == []
    with pytest.raises(SettingsError, match=r"^TICKETMASTER_API_KEY is not set\. [^\n]+$"):
        settings.require_complete()


def test_the_readme_lists_every_setting_and_nothing_else() -> None:
    assert set(list_readme_rows()) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_the_readme_names_the_default(name: str) -> None:
    cell = list_readme_rows()[name][1]
    match = re.fullmatch(r"`([^`{}]+)`", cell)
    if match is None:  # nothing, or a rule in words
        assert getattr(load(), name.lower()) in {None, ()}
    else:
        value = match[1].replace("~", str(Path.home()))
        assert getattr(load(**{name: value}), name.lower()) == getattr(load(), name.lower())


def test_the_readme_says_which_settings_take_effect() -> None:
    """One that is read by nothing yet is marked as coming; whoever begins to read it changes the mark."""
    marked = {name.lower() for name, row in list_readme_rows().items() if row[-1].strip("| ") == "yes"}
    assert marked == list_used_fields()
    assert {row[-1].strip("| ") for row in list_readme_rows().values()} == {"yes", "later"}
