"""Keeps the tests of one `xdist_group` in one process.

pytest-xdist 3.8 writes a test's group into its node id in a way that pytest 9.2 does not see, so `--dist loadgroup`
would silently spread every group. Groups here are those of whole files: `pytestmark = pytest.mark.xdist_group("name")`.
"""

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]


@cache
def group_of(file: Path) -> str | None:
    """The group that a test file names, if it does."""
    named = re.search(r"""\bxdist_group\(["']([^"']+)["']\)""", file.read_text("utf-8"))
    return named[1] if named else None


class Groups(LoadGroupScheduling):  # type: ignore[misc]
    """Gives each group to one process, and each other test to whichever is free."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(self.config.rootpath / nodeid.partition("::")[0]) or nodeid
