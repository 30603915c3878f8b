"""Where the bundled PostgreSQL lies, as whom it runs, and what is said when it cannot."""

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from event_scheduler.database.binaries import Binaries, find_binaries
from event_scheduler.database.embedded import EmbeddedPostgresError, embedded_postgres
from tests.support.embedded import App, live_processes, postmaster, private_place, run_sql, start, wait_until

SOURCE = Path(__file__).parents[2] / "src"

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has PostgreSQL run as another user")


def modes(path: Path) -> list[tuple[int, int, int]]:
    return [(at.stat().st_mode, at.stat().st_uid, at.stat().st_gid) for at in (path, *path.parents)]


@pytest.fixture
def empty() -> Iterator[Path]:
    with private_place() as place:
        yield place


@pytest.mark.parametrize("name", ["long" * 30, "comma, and space"])
def test_a_path_unfit_for_a_socket_is_no_obstacle(empty: Path, name: str) -> None:
    with start(empty / name) as server:
        run = server.socket_dir.parent
        assert len(str(server.socket_dir)) < 90
        assert server.socket_dir.stat().st_mode & 0o777 == 0o700
        assert run_sql(server.url("postgres"), "SELECT 1") == 1
    shutil.rmtree(run)
    with start(empty / name) as server:
        assert server.socket_dir.parent == run
        assert run_sql(server.url("postgres"), "SELECT 1") == 1
    shutil.rmtree(run)


@needs_root
def test_a_socket_folder_that_somebody_else_made_is_refused(empty: Path) -> None:
    with start(empty / ("long" * 30)) as server:
        run = server.socket_dir.parent
    os.chown(run, pwd.getpwnam("nobody").pw_uid, -1)
    with pytest.raises(EmbeddedPostgresError, match="belongs to somebody else"), start(empty / ("long" * 30)):
        pass
    shutil.rmtree(run)


@needs_root
def test_roots_own_folders_stay_closed_and_the_cluster_lies_elsewhere(empty: Path) -> None:
    home = empty / "root"
    home.mkdir(mode=0o700)
    data_dir = home / "share" / "event-scheduler"
    data_dir.mkdir(parents=True)
    before = modes(data_dir)
    closed = home / "site-packages"
    found = find_binaries()
    assert found.package is not None
    _copy_package(found.package, closed)
    binaries = Binaries(closed / found.bin_dir.relative_to(found.package.parent), 0, "9", closed / found.package.name)

    said: list[str] = []
    with embedded_postgres(data_dir, report=said.append, root_base=empty / "base", binaries=binaries) as server:
        assert run_sql(server.url("postgres"), "SELECT 1") == 1
        assert postmaster(data_dir).uids().real != 0
        assert postmaster(data_dir).exe().startswith(str(empty / "base" / "postgresql-9"))
        groups = Path(f"/proc/{postmaster(data_dir).pid}/status").read_text().split("Groups:")[1].splitlines()[0]
        assert groups.split() == []
    assert modes(data_dir) == before
    assert (data_dir / "postgres").readlink().parent == empty / "base"
    assert [line.split()[0] for line in said] == ["The", "Copying", "Preparing"]

    with embedded_postgres(data_dir, report=said.append, root_base=empty / "base", binaries=binaries):
        pass
    assert len(said) == 3


def _copy_package(package: Path, target: Path) -> None:
    ignored = shutil.ignore_patterns("include", "*.a")
    for tree in (package, package.with_name(f"{package.name}.libs")):
        shutil.copytree(tree, target / tree.name, symlinks=True, ignore=ignored)


@needs_root
def test_an_ordinary_user_has_it_all_below_its_home(empty: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    home = empty / "home"
    home.mkdir(mode=0o700)
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    env = {"HOME": str(home), "PYTHONPATH": f"{SOURCE}:{Path(asyncpg.__file__).parents[1]}"}
    python = _python_for(env, nobody)
    app = App(home / "data", python=python, env=env, account=nobody)
    assert run_sql(app.url(), "SELECT 1") == 1
    assert {process.uids().real for process in live_processes(empty)} == {nobody.pw_uid}
    assert not (home / "base").exists()
    app.leave()
    assert (home / "data" / "postgres").stat().st_mode & 0o777 == 0o700

    # Root may use it, too, and leaves it usable.
    with start(home / "data") as server:
        assert run_sql(server.url("postgres"), "SELECT 1") == 1
        assert postmaster(home / "data").uids().real == nobody.pw_uid
    app = App(home / "data", python=python, env=env, account=nobody)
    assert run_sql(app.url(), "SELECT 1") == 1
    app.leave()


def _python_for(env: dict[str, str], account: pwd.struct_passwd) -> str:
    """A Python that the user can start: a virtual environment's may lie below root's home."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            subprocess.run([python, "-c", "import asyncpg"], check=True, env=env, cwd="/", user=account.pw_uid)
            return python
    pytest.skip("no Python of this version is within an ordinary user's reach")


def test_another_major_version_is_named(empty: Path) -> None:
    data = empty / "data" / "postgres" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("14\n")
    said = r"written by PostgreSQL 14, but the PostgreSQL found here is \d\d:"
    with pytest.raises(EmbeddedPostgresError, match=said), start(empty / "data"):
        pass


def test_having_no_postgresql_is_said_plainly() -> None:
    with pytest.raises(EmbeddedPostgresError, match=r"No PostgreSQL was found: install .*embedded-postgres"):
        find_binaries(candidates=[Binaries(Path("/nonexistent"), 0, "")])


def test_a_data_directory_that_cannot_be_made_is_named(empty: Path) -> None:
    (empty / "file").touch()
    said = rf"cannot be kept in {empty / 'file'}.*: Not a directory\."
    with pytest.raises(EmbeddedPostgresError, match=said), start(empty / "file" / "data"):
        pass


def test_a_postgres_that_cannot_start_says_why_to_all_who_wait(empty: Path) -> None:
    with start(empty / "data"):
        pass
    begun = time.monotonic()
    broken = embedded_postgres(empty / "data", settings={"shared_buffers": "lots"}, root_base=empty / "base")
    with pytest.raises(EmbeddedPostgresError, match='invalid value for parameter "shared_buffers": "lots"'), broken:
        pass
    assert time.monotonic() - begun < 10
    with start(empty / "data") as server:
        assert run_sql(server.url("postgres"), "SELECT 1") == 1


def test_a_full_disk_is_said_plainly(empty: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    small = empty / "small"
    small.mkdir()
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=20m,mode=0711", "tmpfs", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with pytest.raises(EmbeddedPostgresError, match="the disk is full"), start(small / "data"):
            pass
        wait_until(lambda: not live_processes(empty))
    finally:
        subprocess.run(["/bin/umount", str(small)], check=True)


@pytest.mark.skipif(not Path("/usr/lib/postgresql").is_dir(), reason="no PostgreSQL of the system here")
def test_the_systems_postgresql_is_a_fall_back(empty: Path) -> None:
    found = [Binaries(path, 0, "") for path in Path("/usr/lib/postgresql").glob("*/bin")]
    with start(empty / "data", binaries=find_binaries(candidates=found)) as server:
        assert run_sql(server.url("postgres"), "SHOW server_encoding") == "UTF8"
