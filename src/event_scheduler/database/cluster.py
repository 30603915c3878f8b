"""Where a cluster lies, whom it belongs to, and the folders and password around it.

The home of a cluster holds `data/` (PostgreSQL's own), `run` (sockets), `lock`, `password` and `supervisor.log`.
It is `<data dir>/postgres`; that is a symbolic link when root's PostgreSQL could not reach the place.
"""

import contextlib
import hashlib
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from event_scheduler.database.binaries import Account, EmbeddedPostgresError

__all__ = ["Account", "find_account", "find_major", "find_run", "locate", "make_folders", "read_password"]

_SOCKET_PATH_LIMIT = 103
"""Bytes in the name of a Unix socket: 108 with the closing zero on Linux, 104 on macOS."""

_SHORT = "event-scheduler-"

_LONGEST_SOCKET = Path("pg", ".s.PGSQL.5432")


def find_account(home: Path | None = None) -> Account | None:
    """The user to run PostgreSQL as: the owner of the data, else `postgres`, else `nobody`; None unless we are root."""
    if os.geteuid() != 0:
        return None
    if home is not None and (home / "data").exists():
        owner = (home / "data").stat()
        if owner.st_uid != 0:
            return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` here.")


def locate(data_dir: Path, *, root_base: Path, report: Callable[[str], None]) -> Path:
    """Find or choose the home of the cluster that belongs to `data_dir`, and make that folder.

    Two processes that ask at the same time choose the same.

    Returns:
        Its real path.

    Raises:
        EmbeddedPostgresError: PostgreSQL's user cannot get there.
        OSError: A folder cannot be made.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    place = data_dir / "postgres"
    account = find_account(place)
    if not os.path.lexists(place):
        if account is None or _reaches(account, data_dir):
            place.mkdir(mode=0o700, exist_ok=True)
        else:
            _link(place, root_base, account, report)
    home = Path(os.path.realpath(place))
    if place.is_symlink() and not home.exists():
        _make_base(home.parent)
        home.mkdir(mode=0o700, exist_ok=True)
    if account is not None and not _reaches(account, home.parent):
        raise EmbeddedPostgresError(f"The user {account.name}, whom PostgreSQL runs as, cannot reach {home}.")
    return home


def make_folders(home: Path, account: Account | None) -> Path:
    """Make the folders for the sockets, with the cluster's lock held; ours alone, whatever the umask.

    Returns:
        The folder that holds `control` and PostgreSQL's `pg/`, as `find_run` finds it.

    Raises:
        EmbeddedPostgresError: A folder of that name in the temporary directory belongs to somebody else.
    """
    owner = home.stat()
    passable = 0o700 if account is None or account.uid == owner.st_uid else 0o711
    if owner.st_uid == os.geteuid():
        home.chmod(passable)
    run = find_run(home) or _make_run(home, account)
    _own(run, owner.st_uid, owner.st_gid, passable)
    (run / "pg").mkdir(mode=0o700, exist_ok=True)
    if account is None:
        _own(run / "pg", owner.st_uid, owner.st_gid, 0o700)
    else:
        _own(run / "pg", account.uid, account.gid, 0o700)
    return run


def find_run(home: Path) -> Path | None:
    """The folder of the sockets, or None while there is none that will do.

    Raises:
        EmbeddedPostgresError: It lies in the temporary directory and somebody else has taken its name.
    """
    link = home / "run"
    if not link.is_symlink():
        return link if _fits(link) and link.is_dir() else None
    run = link.readlink()
    if not _fits(run) or not os.path.lexists(run):
        return None
    _check_owner(run, home)
    return run


def read_password(home: Path) -> str:
    """Read the superuser's password; before the first start make one, with the cluster's lock held.

    Raises:
        EmbeddedPostgresError: There is data, but its password is lost.
    """
    file = home / "password"
    if not file.exists():
        if (home / "data").exists():
            raise EmbeddedPostgresError(f"The password of the database is missing: {file} was removed.")
        new = home / f"password.{os.getpid()}"
        new.touch(mode=0o600)
        new.write_text(secrets.token_hex(24), encoding="ascii")
        new.rename(file)
    return file.read_text(encoding="ascii").strip()


def find_major(home: Path) -> int | None:
    """The major version of PostgreSQL that the data belongs to, or None if there is no data yet.

    Raises:
        EmbeddedPostgresError: There is something in its place that is no cluster.
    """
    data = home / "data"
    try:
        return int((data / "PG_VERSION").read_text(encoding="ascii"))
    except FileNotFoundError:
        if not data.exists():
            return None
        raise EmbeddedPostgresError(f"{data} holds no PostgreSQL cluster: move it away.") from None


def _link(place: Path, root_base: Path, account: Account, report: Callable[[str], None]) -> None:
    """Let the cluster lie where the account reaches it, and leave a link to it."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(place.parent))).hexdigest()[:12]
    home = root_base / name
    _make_base(root_base)
    home.mkdir(mode=0o700, exist_ok=True)
    try:
        place.symlink_to(home)
    except FileExistsError:  # another starter was faster, with the same target
        return
    report(f"The database is kept in {home}, as PostgreSQL's user {account.name} cannot reach {place.parent}")


def _make_base(base: Path) -> None:
    try:
        base.mkdir(parents=True, mode=0o755)
    except FileExistsError:
        return
    base.chmod(0o755)  # we made it: the umask may have taken bits away


def _make_run(home: Path, account: Account | None) -> Path:
    """Make the folder for the sockets: in the home, or if that name is too long, a short one linked from there."""
    link = home / "run"
    if link.is_symlink():
        link.unlink()
    elif link.exists():  # the home was moved, and its path is longer now
        shutil.rmtree(link)
    if _fits(link):
        link.mkdir(mode=0o700)
        return link
    name = _SHORT + hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    run = next(path / name for path in _short_bases() if account is None or _reaches(account, path))
    with contextlib.suppress(FileExistsError):
        run.mkdir(mode=0o700)
    _check_owner(run, home)
    link.symlink_to(run)
    return run


def _check_owner(run: Path, home: Path) -> None:
    """Refuse a folder that another user put where everybody may write: whoever owns it could pose as the database."""
    found = run.lstat()
    owners = {os.geteuid(), home.stat().st_uid}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners or found.st_mode & 0o022:
        raise EmbeddedPostgresError(f"{run} is needed for the database's sockets but belongs to somebody else.")


def _short_bases() -> list[Path]:
    bases = [Path(os.path.realpath(path)) for path in (tempfile.gettempdir(), "/tmp")]  # noqa: S108 - checked, private
    return [path for path in bases if _fits(path / (_SHORT + 16 * "x"))] or bases[-1:]


def _fits(run: Path) -> bool:
    """Tell whether sockets in this folder have a name that the kernel takes and no list of hosts splits."""
    name = os.fsencode(run / _LONGEST_SOCKET)
    return len(name) <= _SOCKET_PATH_LIMIT and re.fullmatch(r"""[^,"'\s\\]+""", str(run)) is not None


def _own(folder: Path, uid: int, gid: int, mode: int) -> None:
    """Give one of our folders its owner and mode."""
    if os.geteuid() == 0:
        os.chown(folder, uid, gid, follow_symlinks=False)
    if folder.stat().st_uid == os.geteuid() or os.geteuid() == 0:
        folder.chmod(mode)


def _reaches(account: Account, folder: Path) -> bool:
    """Find out by trying: mode bits, access lists and mounts of all folders above have their say."""
    try:
        done = subprocess.run(  # noqa: S603
            ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder],
            check=False,
            stderr=subprocess.DEVNULL,
            timeout=20,
            cwd="/",
            user=account.uid,
            group=account.gid,
            extra_groups=[],
        )
    except PermissionError:
        raise EmbeddedPostgresError(
            f"PostgreSQL refuses to run as root, and this process may not become the user {account.name}."
        ) from None
    return done.returncode == 0
