"""Makes a small git history of the example shop, so that the demo deploys real commits."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from echoline.errors import Unavailable

NEXT = "next"
"""The folder of the shop with the commits that follow: patches as `git format-patch` writes them."""
# The same each time, so that the commits have the same names in every demo.
_ORIGIN = {
    "GIT_AUTHOR_NAME": "Ada Lindqvist", "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_AUTHOR_DATE": "2026-11-16T09:00:00+00:00", "GIT_COMMITTER_NAME": "Ada Lindqvist",
    "GIT_COMMITTER_EMAIL": "ada@example.com", "GIT_COMMITTER_DATE": "2026-11-16T09:00:00+00:00",
}  # fmt: skip
# Nobody's hooks, templates and signatures.
_NOBODY = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TEMPLATE_DIR": ""}


@dataclass(frozen=True)
class Commit:
    """One commit of the shop."""

    revision: str
    author: str
    subject: str


@dataclass(frozen=True)
class History:
    """A repository of the shop; `commits` are in order of time."""

    folder: Path
    commits: Sequence[Commit]

    def check_out(self, commit: Commit) -> None:
        """Brings the folder to a commit. Raises Unavailable in git's words."""
        _git(self.folder, "checkout", "--quiet", "--detach", commit.revision)


def history(shop: Path, folder: Path) -> History | None:
    """The shop as its first commit, and the ones that follow; None where git is not installed.

    Raises Unavailable in git's words.
    """
    if shutil.which("git") is None:
        return None
    shutil.copytree(shop, folder, ignore=shutil.ignore_patterns("__pycache__", NEXT))
    _git(folder, "init", "--quiet", "--initial-branch", "main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "Open the shop")
    patches = sorted(str(path) for path in (shop / NEXT).glob("*.patch"))
    _git(folder, "am", "--quiet", "--committer-date-is-author-date", *patches)
    told = _git(folder, "log", "--reverse", "--format=%H%x00%an%x00%s")
    return History(folder, [Commit(*line.split("\0")) for line in told.splitlines()])


def _git(folder: Path, *arguments: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**inherited, **_NOBODY, **_ORIGIN}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Unavailable(f"git {arguments[0]} in {folder}: {done.stderr.strip()[-300:] or done.stdout.strip()[-300:]}")
    return done.stdout
