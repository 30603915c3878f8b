"""`event-scheduler serve`, as real processes on a real database, asking the sandbox over HTTP."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest
from typing_extensions import override

from tests.conftest import _url
from tests.support.embedded import live_processes, private_place, run_sql, wait_until
from tests.support.processes import (
    SECRET,
    Forwarder,
    Running,
    forwarding,
    live_family,
    new_database,
    real_settings,
    running,
    through_tcp,
)
from tests.support.server import RunningSandbox
from tests.support.service import KEY


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    (folder / ".env").write_text("TICKETMASTER_APIKEY=nothing\n")
    return folder


@dataclass(frozen=True)
class Pair:
    """Two servers that were started at the same moment, and their database, empty until then."""

    servers: tuple[Running, Running]
    database_url: str


@pytest.fixture(scope="module")
def pair(folder: Path, _sandbox_process: RunningSandbox) -> Iterator[Pair]:
    with new_database(_url) as url, ExitStack() as stack:
        settings = real_settings(database_url=url, upstream_url=_sandbox_process.base_url)
        first = stack.enter_context(running("serve", folder=folder, settings=settings))
        second = stack.enter_context(running("serve", folder=folder, settings=settings))
        first.await_status("/readyz")
        second.await_status("/readyz")
        yield Pair((first, second), url)


def test_ten_events_travel_from_the_upstream_to_whoever_asks(pair: Pair) -> None:
    answer = pair.servers[0].get("/events", page=1, size=10)
    assert answer.status_code == 200
    assert len(answer.json()["events"]) == 10
    assert answer.json()["links"]["self"].startswith(pair.servers[0].url.replace("127.0.0.1", "localhost"))


def test_it_is_no_demo(pair: Pair) -> None:
    assert pair.servers[0].get("/version").json()["mode"] == "live"


def test_two_that_start_at_once_on_an_empty_database_migrate_it_once(pair: Pair) -> None:
    assert run_sql(pair.database_url, "SELECT count(*) FROM alembic_version") == 1
    for server in pair.servers:
        assert len(server.logged("database_ready")) == 1
        assert not server.logged("database_away")


async def test_two_hundred_cold_requests_to_two_processes_make_one_upstream_call(
    pair: Pair, sandbox: RunningSandbox
) -> None:
    limits = httpx2.Limits(max_connections=200)
    async with httpx2.AsyncClient(timeout=30, limits=limits, trust_env=False) as client:
        asked = [f"{pair.servers[number % 2].url}/events?city=Prague" for number in range(200)]
        answers = await asyncio.gather(*(client.get(url) for url in asked))
    assert [answer.text for answer in answers if answer.status_code != 200] == []
    assert len({tuple(event["id"] for event in answer.json()["events"]) for answer in answers}) == 1
    assert sandbox.count_calls() == 1


def test_what_one_process_has_fetched_the_other_serves(pair: Pair, sandbox: RunningSandbox) -> None:
    first = pair.servers[0].get("/events", city="Vienna")
    second = pair.servers[1].get("/events", city="vienna")
    assert second.json()["events"] == first.json()["events"]
    assert second.headers["cache-status"].startswith("event-scheduler; hit")
    assert sandbox.count_calls() == 1


def test_an_unknown_name_in_the_env_file_is_one_warning_with_the_nearest_name(pair: Pair) -> None:
    for server in pair.servers:
        (warning,) = server.logged("setting_unknown")
        assert warning["level"] == "warning"
        assert warning["detail"] == "TICKETMASTER_APIKEY in .env is not a setting; did you mean TICKETMASTER_API_KEY?"


@dataclass(frozen=True)
class Stranded:
    """A server that was started while its database was away."""

    server: Running
    started_in_s: float
    database: Forwarder
    """Closed; a test that opens it closes it again."""

    password: str


@pytest.fixture(scope="module")
def stranded(folder: Path, _sandbox_process: RunningSandbox) -> Iterator[Stranded]:
    with new_database(_url) as url, through_tcp(url) as (database, tcp_url):
        settings = real_settings(database_url=tcp_url, upstream_url=_sandbox_process.base_url)
        with running("serve", folder=folder, settings={**settings, "LOG_LEVEL": "debug"}) as server:
            yield Stranded(server, server.await_status("/livez"), database, urlsplit(url).password or "")


def test_without_its_database_it_starts_without_waiting_for_it(stranded: Stranded) -> None:
    assert stranded.started_in_s < 10


def test_without_its_database_it_is_alive(stranded: Stranded) -> None:
    assert stranded.server.get("/livez").status_code == 200


def test_without_its_database_it_is_not_ready_and_says_why(stranded: Stranded) -> None:
    answer = stranded.server.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["code"] == "not_ready"
    assert answer.json()["errors"] == [{"detail": "The database does not answer."}]


def test_without_its_database_a_search_is_a_problem_that_says_when_to_come_back(stranded: Stranded) -> None:
    answer = stranded.server.get("/events")
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0


def test_the_password_of_a_database_that_is_away_is_in_no_log_line(stranded: Stranded) -> None:
    assert stranded.server.logged("database_away")
    assert len(stranded.password) > 10
    assert stranded.password not in stranded.server.log


def test_it_recovers_without_a_restart_each_time_its_database_comes_back(stranded: Stranded) -> None:
    for _ in range(2):
        assert stranded.server.get("/readyz").status_code == 503
        stranded.database.open()
        try:
            stranded.server.await_status("/readyz", limit_s=10)
            assert len(stranded.server.get("/events", size=10).json()["events"]) == 10
        finally:
            stranded.database.close()
    assert len(stranded.server.logged("database_away")) == 1
    assert len(stranded.server.logged("database_ready")) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_two_workers_serve_together_and_end_together(
    folder: Path, pair: Pair, sandbox: RunningSandbox, number: signal.Signals
) -> None:
    settings = real_settings(database_url=pair.database_url, upstream_url=sandbox.base_url)
    with running("serve", "--workers", "2", folder=folder, settings=settings) as server:
        wait_until(lambda: len(server.logged("database_ready")) == 2, 30)
        assert len(server.get("/events", size=10).json()["events"]) == 10
        list_left = live_family(psutil.Process(server.process.pid))
        assert len(list_left()) >= 2

        assert server.stop(number) == (0 if number is signal.SIGTERM else -signal.SIGKILL)

        wait_until(lambda: not list_left())
        assert server.find_status("/livez") is None


class Echo(HTTPServer):
    """An upstream that repeats the address it was asked, key and all, in an answer that is of no use."""

    status = 200


class _EchoHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Echo)
        self.send_response(self.server.status)
        self.send_header("X-Asked", self.path)
        self.end_headers()
        self.wfile.write(self.path.encode())

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def echoing() -> Iterator[Echo]:
    with Echo(("127.0.0.1", 0), _EchoHandler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@dataclass(frozen=True)
class Ended:
    """What remains of a server."""

    status: int
    log: str
    answers: list[httpx2.Response]
    had_postgres: bool
    left: int
    """How many processes of its PostgreSQL outlived it."""

    password: str


_USELESS = (200, 401, 404, 429, 500)


@pytest.fixture(scope="module")
def ended(_sandbox_process: RunningSandbox) -> Iterator[Ended]:
    """A server that brought its own PostgreSQL, logged all it could, met every failing upstream, and was stopped."""
    good = urlsplit(_sandbox_process.base_url)
    with (
        private_place() as place,
        forwarding((good.hostname or "", good.port or 0)) as upstream,
        echoing() as echo,
    ):
        upstream.open()
        _sandbox_process.get("events.json", "size=1")  # its first answer takes longer than the limit set here
        settings = real_settings(database_url=None, upstream_url=f"http://127.0.0.1:{upstream.port}{good.path}") | {
            "DATA_DIR": str(place / "data"),
            "LOG_LEVEL": "debug",
            "TICKETMASTER_TIMEOUT_SECONDS": "3",
        }
        with running("serve", folder=place, settings=settings) as server:
            server.await_status("/readyz")
            had_postgres = bool(live_processes(place))
            answers = [server.get("/events", size=10)]
            upstream.close()
            upstream.target = ("127.0.0.1", echo.server_port)
            upstream.open()
            for echo.status in _USELESS:
                answers.append(server.get("/events", city=f"Useless {echo.status}"))
            upstream.close()
            answers.append(server.get("/events", city="Refused"))
            password = (place / "data" / "postgres" / "password").read_text().strip()
            status = server.stop(signal.SIGTERM)
            yield Ended(status, server.log, answers, had_postgres, len(live_processes(place)), password)


def test_without_a_database_address_it_brings_its_own_postgresql(ended: Ended) -> None:
    assert ended.had_postgres
    assert len(ended.answers[0].json()["events"]) == 10


def test_sigterm_is_exit_status_zero(ended: Ended) -> None:
    assert ended.status == 0


def test_its_own_postgresql_is_gone_when_it_is(ended: Ended) -> None:
    assert ended.left == 0


def test_no_failure_of_the_upstream_is_a_crash(ended: Ended) -> None:
    assert [answer.status_code for answer in ended.answers[1:]] == [503] * (len(_USELESS) + 1)
    assert all(int(answer.headers["retry-after"]) > 0 for answer in ended.answers[1:])
    assert "Traceback" not in ended.log


def test_no_secret_is_in_any_log_line_or_answer_whatever_the_upstream_does(ended: Ended) -> None:
    assert ended.log.count("upstream_call") > len(_USELESS)
    told = [ended.log, *(f"{answer.headers}{answer.text}" for answer in ended.answers)]
    for secret in (KEY, SECRET, ended.password):
        assert len(secret) > 10
        assert not any(secret in text for text in told)
