"""Prints the README's first two commands, one a line and exactly as written, for `script/ci` to run.

They are the first two lines in the README's `sh` blocks that are no comment, do not fetch or enter the checkout, and
do not ask the running server something.
"""

import re
import sys
from pathlib import Path

__all__ = ["find_commands"]

WANTED = 2
_BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PASSED_OVER = ("#", "git clone ", "cd ", "curl ")


def find_commands(readme: str) -> list[str]:
    """Find them, in order; fewer than two if there are no more."""
    lines = [line.strip() for block in _BLOCK.findall(readme) for line in block.splitlines()]
    return [line for line in lines if line and not line.startswith(_PASSED_OVER)][:WANTED]


if __name__ == "__main__":
    found = find_commands((Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8"))
    if len(found) < WANTED:
        sys.exit("README.md does not show its two first commands in sh blocks")
    print("\n".join(found))
