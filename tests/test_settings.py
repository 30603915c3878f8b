"""`load_settings`: where values come from, and which one counts."""

from pathlib import Path

import pytest

from event_scheduler.settings import LogLevel, Settings, SettingsError, load_settings


def load(environment: dict[str, str] | None = None, dotenv: Path | None = None, **overrides: object) -> Settings:
    settings, warnings = load_settings(environment=environment or {}, dotenv=dotenv, overrides=overrides)
    assert not warnings
    return settings


@pytest.fixture
def dotenv(tmp_path: Path) -> Path:
    path = tmp_path / ".env"
    path.write_text("PORT=1111\nLOG_LEVEL=error\nHOST=\n")
    return path


def test_without_anything_there_are_defaults() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.web_concurrency) == ("127.0.0.1", 8000, 1)
    assert settings.database_url is None
    assert settings.cache_ttl_seconds == 3600
    assert settings.ticketmaster_base_url == "https://app.ticketmaster.com/discovery/v2"


def test_the_environment_wins_over_the_env_file(dotenv: Path) -> None:
    settings = load({"PORT": "2222"}, dotenv)
    assert (settings.port, settings.log_level) == (2222, LogLevel.ERROR)


def test_an_empty_value_is_none(dotenv: Path) -> None:
    assert load({"PORT": ""}, dotenv).port == 1111
    assert load({}, dotenv).host == "127.0.0.1"


def test_overrides_win_over_everything_unless_they_are_none(dotenv: Path) -> None:
    settings = load({"PORT": "2222", "HOST": "127.0.0.2"}, dotenv, PORT=3333, HOST=None)
    assert (settings.port, settings.host) == (3333, "127.0.0.2")


def test_only_the_names_asked_for_are_read(dotenv: Path) -> None:
    settings, _ = load_settings(
        environment={"PORT": "2222", "LOG_LEVEL": "loud"}, dotenv=None, only=frozenset({"PORT"})
    )
    assert (settings.port, settings.log_level) == (2222, LogLevel.INFO)


def test_an_env_file_need_not_exist(tmp_path: Path) -> None:
    assert load({}, tmp_path / "missing").port == 8000


def test_a_value_may_come_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("from-a-file\n")
    settings = load({"TICKETMASTER_API_KEY_FILE": str(tmp_path / "secret")})
    assert settings.ticketmaster_api_key is not None
    assert settings.ticketmaster_api_key.get_secret_value() == "from-a-file"


def test_a_name_wins_over_its_file(tmp_path: Path) -> None:
    assert load({"PORT": "2222", "PORT_FILE": str(tmp_path / "missing")}).port == 2222


def test_a_file_named_in_the_environment_wins_over_the_env_file(tmp_path: Path, dotenv: Path) -> None:
    (tmp_path / "port").write_text("2222")
    assert load({"PORT_FILE": str(tmp_path / "port")}, dotenv).port == 2222


@pytest.mark.parametrize("value", ["your_key", "YOUR_SECRET_KEY", " your_x "])
def test_a_reminder_is_no_value(value: str) -> None:
    assert load({"SECRET_KEY": value}).secret_key is None


def test_the_data_directory_follows_the_desktop_standard(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert load().data_dir == tmp_path / "event-scheduler"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load().data_dir == tmp_path / ".local" / "share" / "event-scheduler"
    assert load({"DATA_DIR": "/elsewhere"}).data_dir == Path("/elsewhere")


def test_the_public_address_follows_the_port_unless_it_is_set() -> None:
    assert load().public_url == "http://localhost:8000"
    assert load({"PORT": "2222"}).public_url == "http://localhost:2222"
    assert load({"PORT": "2222"}, PORT=3333).public_url == "http://localhost:3333"
    assert load({"PUBLIC_URL": "https://events.test/"}, PORT=3333).public_url == "https://events.test"


def test_lists_are_separated_by_commas() -> None:
    settings = load({"OPERATORS": " a@b.test , c,,", "ALLOWED_ORIGINS": "http://localhost:3000"})
    assert settings.operators == ("a@b.test", "c")
    assert settings.allowed_origins == ("http://localhost:3000",)
    assert settings.trusted_proxies == ()


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@h:5432/n", "postgres://u:p@h/n", "postgresql+asyncpg://h/n", "postgresql+psycopg://h/n"]
)
def test_a_database_may_be_named_in_every_usual_form(url: str) -> None:
    assert load({"DATABASE_URL": url}).database_url == url


@pytest.mark.parametrize(
    "url", ["http://localhost:1/v2/", "http://127.0.0.1/v2", "http://[::1]:1/v2", "https://u.test/v2"]
)
def test_the_upstream_may_be_plain_http_on_this_machine_alone(url: str) -> None:
    assert load({"TICKETMASTER_BASE_URL": url}).ticketmaster_base_url == url.rstrip("/")
    with pytest.raises(SettingsError, match=r"^TICKETMASTER_BASE_URL is not valid: must be https"):
        load({"TICKETMASTER_BASE_URL": "http://u.test/v2"})


def test_an_unknown_name_in_the_env_file_is_one_warning_with_the_nearest(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("CACHE_TTL=1\nZZZZ=1\nSECRET_KEY_FILE=\nexport PORT=2222\n")
    settings, warnings = load_settings(environment={"ALSO_UNKNOWN": "1"}, dotenv=path)
    assert settings.port == 2222
    assert warnings == [
        "CACHE_TTL in .env is not a setting; did you mean CACHE_TTL_SECONDS?",
        "ZZZZ in .env is not a setting and is ignored",
    ]


def test_no_secret_is_shown_by_the_settings_themselves() -> None:
    settings = load({"TICKETMASTER_API_KEY": "canary-key", "DATABASE_URL": "postgresql://u:canary-password@h/n"})
    assert "canary-key" not in repr(settings)
    assert "canary-key" not in settings.model_dump_json()


def test_all_secrets_are_known_to_the_log_the_longest_first() -> None:
    settings = load({"TICKETMASTER_API_KEY": "canary", "DATABASE_URL": "postgresql://u:canary-password@h/n"})
    assert settings.secrets == ("canary-password", "canary")


def test_a_password_is_known_to_the_log_in_both_spellings() -> None:
    """In an address it is percent-encoded, in the driver's hands and messages it is not."""
    settings = load({"DATABASE_URL": "postgresql://u:can%40ry@h/n"})
    assert set(settings.secrets) == {"can%40ry", "can@ry"}
