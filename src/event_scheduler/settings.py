"""Everything that can be set from outside: environment variables, `.env`, and `NAME_FILE` secrets.

The names are promised in the README; `.env.example` lists them all.
"""

import difflib
import os
import re
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    model_validator,
)

from event_scheduler.errors import AppError

__all__ = ["LogFormat", "LogLevel", "Settings", "SettingsError", "load_settings"]

TICKETMASTER_ROOT = "https://app.ticketmaster.com/discovery/v2"
MIN_SECRET_LENGTH = 32
MIN_SECRET_VARIETY = 10
"""Different characters a secret must have: 32 times the same letter is no secret."""

HOW_TO_GET = {
    "TICKETMASTER_API_KEY": "register at developer.ticketmaster.com; it is the 'Consumer Key' of your app",
    "SECRET_KEY": "make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
    "GOOGLE_CLIENT_ID": "it stands beside the secret in the Google Cloud console, APIs & Services, Credentials",
    "GOOGLE_CLIENT_SECRET": "it stands beside the client id in the Google Cloud console, APIs & Services, Credentials",
    "AUTH0_DOMAIN": "it stands in the Auth0 dashboard, Applications, your application, Settings",
    "AUTH0_CLIENT_ID": "it stands in the Auth0 dashboard, Applications, your application, Settings",
    "AUTH0_CLIENT_SECRET": "it stands in the Auth0 dashboard, Applications, your application, Settings",
}
LOGIN_SETS = (
    ("GOOGLE_CLIENT_ID", "GOOGLE_CLIENT_SECRET"),
    ("AUTH0_DOMAIN", "AUTH0_CLIENT_ID", "AUTH0_CLIENT_SECRET"),
)
_LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}


class SettingsError(AppError):
    """A setting is missing or malformed; the message is one line that names it and says how to mend it."""

    code = "bad_setting"
    title = "A setting is missing or not valid"


class LogLevel(Enum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(Enum):
    """How log lines look."""

    CONSOLE = "console"
    JSON = "json"


def is_loopback_url(url: str) -> bool:
    """Say whether a URL's host is this machine itself."""
    return urlsplit(url).hostname in _LOOPBACK_HOSTS


def _check_http_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an http or https URL without query or fragment")
    return url.rstrip("/")


def _check_secure_url(url: str) -> str:
    url = _check_http_url(url)
    if urlsplit(url).scheme == "http" and not is_loopback_url(url):
        raise ValueError("must be https, unless it is on this machine")
    return url


def _check_database_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_good = parts.scheme.partition("+")[0] in {"postgresql", "postgres"} and parts.port != 0
    except ValueError:  # a port that is no number, or none that there is
        is_good = False
    if not is_good:
        raise ValueError("must look like postgresql://user:password@host:5432/name")
    return url


def _split(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _find_data_home() -> Path:
    if home := os.environ.get("XDG_DATA_HOME"):
        return Path(home)
    try:
        return Path.home() / ".local" / "share"
    except RuntimeError:  # a user without a name and a home, as in some containers
        raise SettingsError("DATA_DIR is not set, and this user has no home directory for it. Set DATA_DIR.") from None


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _check_country(code: str) -> str:
    if not re.fullmatch(r"[A-Za-z]{2}", code):
        raise ValueError("must be a country code of two letters, such as DE")
    return code.upper()


HttpUrl = Annotated[str, AfterValidator(_check_http_url)]
SecureUrl = Annotated[str, AfterValidator(_check_secure_url)]
CommaSeparated = Annotated[tuple[str, ...], BeforeValidator(_split)]


class Settings(BaseModel):
    """All settings, checked. Field names are the environment variables' in lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    database_url: Annotated[str, AfterValidator(_check_database_url)] | None = None
    """`None` means the embedded PostgreSQL in `data_dir`."""
    data_dir: Annotated[Path, AfterValidator(Path.expanduser)]
    """Where embedded data lives."""

    ticketmaster_api_key: SecretStr | None = None
    ticketmaster_base_url: SecureUrl = TICKETMASTER_ROOT
    """Everything up to and including `/discovery/v2`."""
    ticketmaster_requests_per_second: Annotated[float, Field(gt=0, le=1000)] = 4
    ticketmaster_daily_quota: Annotated[int, Field(ge=1, le=10_000_000)] = 5000
    ticketmaster_timeout_seconds: Annotated[float, Field(gt=0, le=60)] = 5
    """One upstream call, all in."""
    upstream_calls_per_client_per_hour: Annotated[int, Field(ge=0)] = 120

    secret_key: SecretStr | None = None
    secret_key_previous: SecretStr | None = None
    public_url: HttpUrl
    allowed_origins: CommaSeparated = ()
    google_client_id: str | None = None
    google_client_secret: SecretStr | None = None
    google_issuer: SecureUrl = "https://accounts.google.com"
    auth0_domain: str | None = None
    auth0_client_id: str | None = None
    auth0_client_secret: SecretStr | None = None
    auth0_issuer: SecureUrl | None = None
    auth0_audience: str | None = None

    cache_ttl_seconds: Annotated[int, Field(ge=1, le=86_400 * 30)] = 3600
    """How long a search counts as fresh."""
    stale_if_error_seconds: Annotated[int, Field(ge=0, le=86_400 * 365)] = 604_800
    """How long an old copy may serve while the upstream fails."""
    fetch_wait_seconds: Annotated[float, Field(ge=0, le=60)] = 3
    """How long a request waits for the upstream when an old copy is in hand."""
    refresh_min_interval_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    """Least time between two forced refreshes of one search."""
    refresh_per_client_per_hour: Annotated[int, Field(ge=0)] = 20
    saved_event_max_age_seconds: Annotated[int, Field(ge=60)] = 3600
    default_country_code: Annotated[str, AfterValidator(_check_country)] | None = None
    """Narrows searches that name no place; ISO 3166-1 alpha-2."""

    operators: CommaSeparated = ()
    trusted_proxies: CommaSeparated = ()
    metrics_token: SecretStr | None = None
    log_level: Annotated[LogLevel, BeforeValidator(_lower)] = LogLevel.INFO
    log_format: Annotated[LogFormat | None, BeforeValidator(_lower)] = None
    """`None`: console on a terminal, else JSON."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    web_concurrency: Annotated[int, Field(ge=1, le=64)] = 1

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: dict[str, Any]) -> dict[str, Any]:
        values = dict(values)
        if "data_dir" not in values:
            values["data_dir"] = _find_data_home() / "event-scheduler"
        values.setdefault("public_url", f"http://localhost:{values.get('port') or 8000}")
        return values

    @property
    def timeout(self) -> timedelta:
        """The deadline of one upstream call, all in."""
        return timedelta(seconds=self.ticketmaster_timeout_seconds)

    @property
    def secrets(self) -> tuple[str, ...]:
        """All secret values, for the log's last line of defence."""
        values = (getattr(self, name) for name in type(self).model_fields)
        secrets = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
        if self.database_url and (password := urlsplit(self.database_url).password):
            secrets |= {password, unquote(password)}
        return tuple(sorted(secrets, key=len, reverse=True))

    def require_complete(self) -> Self:
        """Check that all that `serve` cannot do without is there.

        Raises:
            SettingsError: Naming the first missing or weak setting and how to get it.
        """
        _require(self.ticketmaster_api_key, "TICKETMASTER_API_KEY")
        _require(self.secret_key, "SECRET_KEY")
        for name in ("SECRET_KEY", "SECRET_KEY_PREVIOUS"):
            _check_secret_key(getattr(self, name.lower()), name)
        for names in LOGIN_SETS:
            if any(getattr(self, name.lower()) for name in names):
                for name in names:
                    _require(getattr(self, name.lower()), name)
        return self


def _require(value: object, name: str) -> None:
    if not value:
        raise SettingsError(f"{name} is not set. {HOW_TO_GET[name][0].upper()}{HOW_TO_GET[name][1:]}.")


def _check_secret_key(key: SecretStr | None, name: str) -> None:
    if key is None:
        return
    text = key.get_secret_value()
    if len(text) < MIN_SECRET_LENGTH or len(set(text)) < MIN_SECRET_VARIETY:
        raise SettingsError(
            f"{name} is too weak (at least {MIN_SECRET_LENGTH} characters, {MIN_SECRET_VARIETY} different ones). "
            f"{HOW_TO_GET['SECRET_KEY'][0].upper()}{HOW_TO_GET['SECRET_KEY'][1:]}."
        )


def load_settings(
    *,
    environment: Mapping[str, str] | None = None,
    dotenv: Path | None = Path(".env"),
    only: frozenset[str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> tuple[Settings, list[str]]:
    """Read the settings; the environment wins over `.env`, `NAME` over `NAME_FILE`, overrides over all.

    Args:
        environment: Where to look; this process' environment if `None`.
        dotenv: The file to read besides; `None` for none. It need not exist.
        only: If given, the only variables that are read.
        overrides: Values from the command line, by variable name; `None` values are skipped.

    Returns:
        The settings, and warnings to log: one for each unknown name in `.env`.

    Raises:
        SettingsError: One line that names the variable; never shows its value.
    """
    file_values = _read_dotenv(dotenv) if dotenv else {}
    known = {name.upper() for name in Settings.model_fields}
    warnings = [_describe_unknown(name, known) for name in file_values if name.removesuffix("_FILE") not in known]
    found: dict[str, object] = {}
    for source in (file_values, os.environ if environment is None else environment):
        for name in known if only is None else known & only:
            if value := _read(name, source):
                found[name.lower()] = value
    found |= {name.lower(): value for name, value in (overrides or {}).items() if value is not None}
    try:
        return Settings.model_validate(found), warnings
    except ValidationError as error:
        raise _to_settings_error(error) from None


def _read_dotenv(path: Path) -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(path).items() if value is not None}
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{path} cannot be read as text.") from None


def _read(name: str, source: Mapping[str, str]) -> str | None:
    value = source.get(name, "").strip()
    if not value and (path := source.get(f"{name}_FILE", "").strip()):
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingsError(f"{name}_FILE names a file that cannot be read as text: {path}") from None
    # What `.env.example` ships is a reminder, not a value.
    return None if not value or value.lower().startswith("your_") else value


def _describe_unknown(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name.upper(), sorted(known), n=1)
    return f"{name} in .env is not a setting" + (f"; did you mean {near[0]}?" if near else " and is ignored")


def _to_settings_error(error: ValidationError) -> SettingsError:
    first = error.errors(include_input=False, include_url=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
    reason = first["msg"].removeprefix("Value error, ")
    return SettingsError(f"{name} is not valid: {reason[0].lower()}{reason[1:]}.")
