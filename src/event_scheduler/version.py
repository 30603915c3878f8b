"""The version of this distribution, and the commit it runs from."""

import subprocess
from functools import cache
from pathlib import Path

__all__ = ["VERSION", "find_commit"]

VERSION = "0.1.0"
"""Semantic version; the build reads it from here."""


@cache
def find_commit() -> str | None:
    """Name the commit of the checkout this package runs from.

    Returns:
        The full hash, or `None` where the package does not run from a git checkout (an installed wheel) or git is
        missing.
    """
    checkout = Path(__file__).resolve().parents[2]
    if not (checkout / ".git").exists():
        return None
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed command
            ["git", "-C", str(checkout), "rev-parse", "HEAD"],  # noqa: S607 - wherever git is installed
            capture_output=True,
            check=True,
            text=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None
