"""`event-scheduler demo`: two of them, side by side in one data directory, and one of them twice."""

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.embedded import live_processes, private_place, wait_until
from tests.support.processes import Running, find_free_port, running

QUESTION = {"city": "Berlin", "size": 10}

# All of this would make `serve` refuse; the demo does not look at it.
_FOREIGN = {"TICKETMASTER_API_KEY": "canary-key-of-somebody", "SECRET_KEY": "weak", "LOG_LEVEL": "loud"}
_DOTENV = "DATABASE_URL=mysql://nobody@nowhere/nothing\nTICKETMASTER_BASE_URL=nonsense\nPORT=1\nNONSENSE=1\n"


@dataclass(frozen=True)
class Reply:
    """What one demo answered to the question, asked for the first time since it was started."""

    ids: list[str]
    cache_status: str


@dataclass(frozen=True)
class Demos:
    """What was seen."""

    demo: Running
    """Runs, for the second time."""

    said: str
    mode: str
    first: Reply
    status: int
    left: int
    """How many processes its first run left behind."""

    second: Reply
    other: Reply
    """Of another demo, which came in between on another port."""


def _ask(demo: Running) -> Reply:
    answer = demo.get("/events", **QUESTION)
    assert answer.status_code == 200, answer.text
    return Reply([event["id"] for event in answer.json()["events"]], answer.headers["cache-status"])


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with private_place() as place:
        (place / ".env").write_text(_DOTENV)
        yield place


@pytest.fixture(scope="module")
def demos(place: Path) -> Iterator[Demos]:
    settings = {**_FOREIGN, "DATA_DIR": str(place / "data")}
    port = find_free_port()
    with running("demo", folder=place, settings=settings, port=port) as demo:
        demo.await_status("/readyz")
        wait_until(lambda: "Ctrl-C" in demo.said)
        said, mode, first = demo.said, demo.get("/version").json()["mode"], _ask(demo)
        status = demo.stop(signal.SIGINT)
        left = len(live_processes(place))
    with ExitStack() as stack:
        again = stack.enter_context(running("demo", folder=place, settings=settings, port=port))
        third = stack.enter_context(running("demo", folder=place, settings=settings))
        again.await_status("/readyz")
        third.await_status("/readyz")
        other, second = _ask(third), _ask(again)
        assert third.stop() == 0
        yield Demos(again, said, mode, first, status, left, second, other)


def test_it_says_what_to_open(demos: Demos) -> None:
    url = demos.demo.url.replace("127.0.0.1", "localhost")
    assert f"{url}/docs" in demos.said
    assert f'curl "{url}/events?page=1&size=10"' in demos.said
    assert demos.demo.get("/docs").status_code == 200


def test_it_says_that_it_is_the_demo(demos: Demos) -> None:
    assert demos.mode == "demo"
    assert "Demo" in demos.demo.get("/docs").text


def test_it_shows_ten_events_with_nothing_configured(demos: Demos) -> None:
    assert len(demos.first.ids) == 10
    assert "miss" in demos.first.cache_status


def test_its_upstream_is_the_sandbox_below_its_own_address(demos: Demos) -> None:
    assert demos.demo.get("/sandbox/control/counters").status_code == 200


def test_a_key_in_the_environment_is_nowhere_to_be_seen(demos: Demos) -> None:
    assert _FOREIGN["TICKETMASTER_API_KEY"] not in demos.demo.log + demos.said


def test_ctrl_c_is_exit_status_zero_and_leaves_nothing_running(demos: Demos) -> None:
    assert (demos.status, demos.left) == (0, 0)


def test_what_it_stored_is_there_the_next_time(demos: Demos) -> None:
    assert demos.second.ids == demos.first.ids
    assert demos.second.cache_status.startswith("event-scheduler; hit")
    assert demos.demo.get("/sandbox/control/counters").json()["total"] == 0


def test_two_demos_share_a_data_directory_and_no_data(demos: Demos) -> None:
    assert "miss" in demos.other.cache_status
