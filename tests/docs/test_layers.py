"""`script/check` keeps imports pointing down: an upward one fails it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the check looks at, to be spoilt."""
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    shutil.copytree(ROOT / "script", tmp_path / "script", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def check_layers(copy: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "script/checks.py", "layers"], cwd=copy, capture_output=True, check=False, text=True
    )


def test_our_imports_point_down(copy: Path) -> None:
    done = check_layers(copy)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("catalog/store.py", "event_scheduler.api.events"),
        ("database/engine.py", "event_scheduler.freshness.service"),
        ("errors.py", "event_scheduler.settings"),
        ("api/events.py", "sqlalchemy"),
        ("freshness/service.py", "fastapi"),
        ("api/events.py", "event_scheduler.sandbox.app"),
        ("freshness/service.py", "event_scheduler.catalog.tables"),
    ],
)
def test_a_planted_import_fails_the_check(copy: Path, importer: str, imported: str) -> None:
    place = copy / "src" / "event_scheduler" / importer
    place.write_text(f"{place.read_text()}\nimport {imported}\n")
    done = check_layers(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    assert imported in done.stdout


def test_a_folder_outside_the_layers_fails_the_check(copy: Path) -> None:
    """Whoever adds a folder says where it belongs."""
    folder = copy / "src" / "event_scheduler" / "helpers"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""No layer of its own."""\n')
    done = check_layers(copy)
    assert done.returncode == 1
    assert "event_scheduler.helpers" in done.stdout


def test_an_unknown_check_is_refused(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, copy / "script" / "checks.py", "layer"], capture_output=True, check=False, text=True
    )
    assert done.returncode == 2
    assert "layers" in done.stderr
