"""`event-scheduler sandbox`, started by the very command that it suggested when its port was taken."""

import shlex
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.embedded import wait_until
from tests.support.processes import Running, run, run_inside, running


@dataclass(frozen=True)
class Refused:
    """What a start on a taken port came to."""

    port: int
    result: subprocess.CompletedProcess[str]

    @property
    def suggestion(self) -> list[str]:
        return shlex.split(self.result.stderr.partition("This would work: ")[2])


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Refused:
    with socket.create_server(("127.0.0.1", 0)) as occupant:
        port = occupant.getsockname()[1]
        return Refused(port, run("sandbox", "--port", str(port), folder=tmp_path_factory.mktemp("refused")))


@pytest.fixture(scope="module")
def suggested(refused: Refused, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    program, *arguments, option, port = refused.suggestion
    assert (program, option) == ("event-scheduler", "--port")
    with running(*arguments, folder=tmp_path_factory.mktemp("suggested"), port=int(port)) as sandbox:
        sandbox.await_status("/sandbox/control/counters")
        yield sandbox


def test_a_taken_port_is_refused_in_one_line(refused: Refused) -> None:
    assert refused.result.returncode == 2
    (line,) = refused.result.stderr.splitlines()
    assert f"127.0.0.1:{refused.port}" in line
    assert not refused.result.stdout


def test_the_command_that_is_suggested_then_works(suggested: Running) -> None:
    answer = suggested.get("/sandbox/discovery/v2/events.json", apikey="any", size=3)
    assert len(answer.json()["_embedded"]["events"]) == 3


def test_it_says_which_setting_leads_to_it(suggested: Running) -> None:
    wait_until(lambda: suggested.said)
    assert f"TICKETMASTER_BASE_URL={suggested.url}/sandbox/discovery/v2 " in suggested.said


def test_a_port_that_cannot_be_is_refused_without_a_traceback(tmp_path: Path) -> None:
    result = run_inside("sandbox", "--port", "99999", folder=tmp_path, settings={})
    assert result.returncode == 2
    assert "--port" in result.stderr
    assert "Traceback" not in result.stderr
