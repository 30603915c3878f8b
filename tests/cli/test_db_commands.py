"""`event-scheduler db`, and what the command line says about itself."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from event_scheduler.version import VERSION
from tests.conftest import _url
from tests.support.processes import new_database, run, run_inside


def test_check_fails_until_upgrade_was_run_and_neither_tells_the_password(tmp_path: Path) -> None:
    with new_database(_url) as url:
        settings = {"DATABASE_URL": url}
        before = run_inside("db", "check", folder=tmp_path, settings=settings)
        upgrade = run("db", "upgrade", folder=tmp_path, settings=settings)
        after = run_inside("db", "check", folder=tmp_path, settings=settings)
    assert [result.returncode for result in (before, upgrade, after)] == [1, 0, 0]
    assert "event-scheduler db upgrade" in before.stdout
    assert "at schema 0001" in upgrade.stdout
    told = "".join(result.stdout + result.stderr for result in (before, upgrade, after))
    assert urlsplit(url).password
    assert str(urlsplit(url).password) not in told


@pytest.mark.parametrize("command", ["check", "upgrade"])
def test_a_database_that_is_away_is_one_line_that_names_it(tmp_path: Path, command: str) -> None:
    with socket.socket() as bound:  # and not listening
        bound.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{bound.getsockname()[1]}/events"
        settings = {"DATABASE_URL": f"postgresql://somebody:canary-password@{address}"}
        result = run_inside("db", command, folder=tmp_path, settings=settings)
    assert result.returncode == 2
    (line,) = result.stderr.splitlines()
    assert address in line
    assert "DATABASE_URL" in line
    assert "canary" not in line


def test_version_is_told(tmp_path: Path) -> None:
    result = run_inside("--version", folder=tmp_path, settings={})
    assert (result.returncode, result.stdout) == (0, f"event-scheduler {VERSION}\n")


def test_help_lists_every_command(tmp_path: Path) -> None:
    result = run_inside("--help", folder=tmp_path, settings={})
    assert result.returncode == 0
    for command in ("demo", "serve", "sandbox", "db"):
        assert f" {command} " in result.stdout
