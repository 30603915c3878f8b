"""Missing, malformed and weak settings: exit status 2 and one line that names the variable and not its value."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from event_scheduler.cli.listening import listen
from event_scheduler.errors import AppError
from tests.support.processes import SECRET, real_settings, run, run_inside

GOOD = real_settings(database_url="postgresql://u:canary@127.0.0.1:1/x", upstream_url="https://upstream.test/v2")

Refuse = Callable[..., str]


def _must_not_start(*_arguments: object, **_named: object) -> NoReturn:
    raise AssertionError("it was not refused")


@pytest.fixture
def refuse(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Refuse:
    """Run a command, and return the line with which it is refused."""
    for command in ("serve", "demo", "sandbox"):
        monkeypatch.setattr(f"event_scheduler.cli.{command}.listen", _must_not_start)
        monkeypatch.setattr(f"event_scheduler.cli.{command}.configure_logging", lambda **_: None)

    def refuse(*arguments: str, settings: dict[str, str]) -> str:
        result = run_inside(*arguments, folder=tmp_path, settings=settings)
        assert (result.returncode, result.stdout) == (2, "")
        (line,) = result.stderr.splitlines()
        return line

    return refuse


def _without(*names: str) -> dict[str, str]:
    return {name: value for name, value in GOOD.items() if name not in names}


MISSING = [
    ("TICKETMASTER_API_KEY", _without("TICKETMASTER_API_KEY")),
    ("TICKETMASTER_API_KEY", GOOD | {"TICKETMASTER_API_KEY": "your_canary"}),
    ("TICKETMASTER_API_KEY", GOOD | {"TICKETMASTER_API_KEY": "  "}),
    ("SECRET_KEY", _without("SECRET_KEY")),
    ("SECRET_KEY", GOOD | {"SECRET_KEY": "YOUR_canary_0123456789_abcdefghijklmnopqrst"}),
    ("GOOGLE_CLIENT_SECRET", GOOD | {"GOOGLE_CLIENT_ID": "canary"}),
    ("GOOGLE_CLIENT_SECRET", GOOD | {"GOOGLE_CLIENT_ID": "canary", "GOOGLE_CLIENT_SECRET": "your_canary"}),
    ("GOOGLE_CLIENT_ID", GOOD | {"GOOGLE_CLIENT_SECRET": "canary"}),
    ("AUTH0_DOMAIN", GOOD | {"AUTH0_CLIENT_ID": "canary", "AUTH0_CLIENT_SECRET": "canary"}),
    ("AUTH0_CLIENT_ID", GOOD | {"AUTH0_DOMAIN": "canary.test", "AUTH0_CLIENT_SECRET": "canary"}),
    ("AUTH0_CLIENT_SECRET", GOOD | {"AUTH0_DOMAIN": "canary.test", "AUTH0_CLIENT_ID": "canary"}),
]


@pytest.mark.parametrize(("name", "settings"), MISSING)
def test_what_is_missing_is_named_with_how_to_get_it(refuse: Refuse, name: str, settings: dict[str, str]) -> None:
    line = refuse("serve", settings=settings)
    assert line.startswith(f"event-scheduler: {name} is not set. ")
    assert len(line) > len(f"event-scheduler: {name} is not set. ") + 10
    assert "canary" not in line


MALFORMED = {
    "TICKETMASTER_BASE_URL": ["http://canary.test/discovery/v2", "ftp://canary.test", "canary", "https://[canary"],
    "GOOGLE_ISSUER": ["http://canary.test"],
    "AUTH0_ISSUER": ["http://canary.test/"],
    "PUBLIC_URL": ["canary:8000", "ftp://canary.test", "https://canary.test/?a=1"],
    "DATABASE_URL": [
        "mysql://canary:canary@localhost/x",
        "canary",
        "postgresql://u:canary@localhost:99999/x",
        "postgresql://u:canary@localhost:canary/x",
        "postgresql://u:canary@[localhost/x",
    ],
    "PORT": ["99999", "0", "canary"],
    "WEB_CONCURRENCY": ["0", "canary"],
    "CACHE_TTL_SECONDS": ["0", "canary"],
    "FETCH_WAIT_SECONDS": ["-1", "nan"],
    "TICKETMASTER_TIMEOUT_SECONDS": ["0", "inf"],
    "TICKETMASTER_DAILY_QUOTA": ["1.5"],
    "DEFAULT_COUNTRY_CODE": ["canary"],
    "LOG_LEVEL": ["canary"],
    "LOG_FORMAT": ["canary"],
    "SECRET_KEY": ["canary", "canary" * 10],
    "SECRET_KEY_PREVIOUS": ["canary"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in MALFORMED.items() for value in values])
def test_what_is_malformed_or_weak_is_named_and_not_shown(refuse: Refuse, name: str, value: str) -> None:
    line = refuse("serve", settings=GOOD | {name: value})
    assert line.startswith(f"event-scheduler: {name} is ")
    assert "canary" not in line


@pytest.mark.parametrize("arguments", [("--port", "99999"), ("--port", "0"), ("--workers", "0")])
def test_an_option_beyond_its_bounds_is_refused_like_its_variable(refuse: Refuse, arguments: tuple[str, str]) -> None:
    assert " is not valid: " in refuse("serve", *arguments, settings=GOOD)


@pytest.mark.parametrize("kind", ["missing", "folder", "binary"])
def test_a_secret_file_that_cannot_be_read_is_named(refuse: Refuse, tmp_path: Path, kind: str) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "binary":
        path.write_bytes(b"canary\xff\xfe")
    line = refuse("serve", settings=_without("SECRET_KEY") | {"SECRET_KEY_FILE": str(path)})
    assert line == f"event-scheduler: SECRET_KEY_FILE names a file that cannot be read as text: {path}"


def test_an_env_file_that_is_not_text_is_one_line(refuse: Refuse, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"SECRET_KEY=canary\xff\xfe\n")
    line = refuse("serve", settings=GOOD)
    assert ".env" in line
    assert "canary" not in line


@pytest.mark.parametrize("command", [("db", "check"), ("db", "upgrade")])
def test_db_refuses_an_address_that_is_none_in_the_same_way(refuse: Refuse, command: tuple[str, str]) -> None:
    line = refuse(*command, settings={"DATABASE_URL": "mysql://canary@localhost/x"})
    assert line.startswith("event-scheduler: DATABASE_URL is not valid: ")
    assert "canary" not in line


def test_the_demo_refuses_an_address_that_others_can_reach(refuse: Refuse) -> None:
    line = refuse("demo", settings={"PUBLIC_URL": "https://events.example.org"})
    assert line.startswith("event-scheduler: PUBLIC_URL must be on this machine ")


def test_the_sandbox_refuses_a_folder_of_recordings_that_is_missing(refuse: Refuse, tmp_path: Path) -> None:
    line = refuse("sandbox", "--recordings", str(tmp_path / "missing"), settings={})
    assert "--recordings" in line
    assert str(tmp_path / "missing") in line


def test_the_sandbox_refuses_a_recording_that_is_none(refuse: Refuse, tmp_path: Path) -> None:
    (tmp_path / "broken.json").write_text("{")
    line = refuse("sandbox", "--recordings", str(tmp_path), settings={})
    assert "--recordings" in line
    assert str(tmp_path) in line


def test_a_host_that_is_not_this_machine_is_refused_without_suggesting_a_port() -> None:
    for host in ("203.0.113.7", "no-such-host.invalid"):
        with pytest.raises(AppError) as refused:
            listen(host, 8000, command="event-scheduler serve")
        assert f"{host}:8000" in refused.value.detail
        assert "HOST must be an address of this machine" in refused.value.detail
        assert "--port" not in refused.value.detail


def test_a_real_process_is_refused_with_the_same_one_line(tmp_path: Path) -> None:
    result = run("serve", folder=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("event-scheduler: TICKETMASTER_API_KEY is not set. Register at ")


def test_a_taken_port_is_refused_with_the_command_that_would_work(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = str(occupant.getsockname()[1])
        result = run("serve", "--port", port, folder=tmp_path, settings=GOOD)
    assert (result.returncode, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "This would work: event-scheduler serve --port " in line
    assert SECRET not in line
