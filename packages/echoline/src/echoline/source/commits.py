"""Commits of one repository with their tags and branches, read again only when one of these moved."""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from echoline.errors import BadInput
from echoline.source.git import Git
from echoline.source.resolving import tagged
from echoline.source.revisions import History, branches, has_commits, history, tags

LEAST_DIGITS = 4
_MOST_BETWEEN = 10_000
_RANGES_KEPT = 1_000


@dataclass(frozen=True)
class Snapshot:
    """The commits as they were when the branches and tags stood so."""

    history: History
    tags: Mapping[str, str]
    """Commits by tag."""
    branches: Mapping[str, str]
    """Newest commits by branch."""

    @cached_property
    def tags_of(self) -> Mapping[str, tuple[str, ...]]:
        """Tags by commit."""
        found = defaultdict[str, tuple[str, ...]](tuple)
        for name, revision in self.tags.items():
            found[revision] += (name,)
        return found

    def commit(self, revision: str) -> str | None:
        """Full id of the only commit that begins so; None for none, for several, and for less than four digits."""
        wanted = revision.lower()
        place = bisect_left(self._ids, wanted)
        found = [each for each in self._ids[place : place + 2] if each.startswith(wanted)]
        return found[0] if len(found) == 1 and len(wanted) >= LEAST_DIGITS else None

    def built(self, version: str, revision: str) -> str | None:
        """The commit that a release is built from: by its revision, without one by the tag of its version."""
        if revision:
            return self.commit(revision)
        return tagged(self.tags, version) if version else None

    @cached_property
    def _ids(self) -> list[str]:
        return sorted(self.history.by_id)


class Commits:
    """What lists of commits ask, cheap to ask again; safe to use from several threads."""

    def __init__(self, git: Git, *, most: int) -> None:
        self.git, self._most = git, most
        self._lock = threading.Lock()
        self._state, self._snapshot = "", Snapshot(History((), is_cut=False), {}, {})
        self._ranges: dict[tuple[str, str], frozenset[str]] = {}

    def now(self) -> Snapshot:
        """The commits as they are now."""
        with self._lock:
            state = self._standing()
            if state != self._state:
                named = {each.name: each.revision for each in tags(self.git)}
                self._snapshot = Snapshot(history(self.git, most=self._most), named, branches(self.git))
                self._state = state
            return self._snapshot

    def between(self, old: str, new: str) -> frozenset[str]:
        """Full ids of the commits that `new` has and `old` has not, at most 10,000; full ids in."""
        with self._lock:
            if (old, new) not in self._ranges:
                if len(self._ranges) >= _RANGES_KEPT:
                    self._ranges.clear()
                self._ranges[old, new] = frozenset(self._listed(new, f"^{old}"))
            return self._ranges[old, new]

    def named(self, name: str) -> tuple[str, ...]:
        """The commit of a tag; the commits of a branch, its newest first, at most 10,000; empty for another name."""
        at = self.now()
        if name in at.tags:
            return (at.tags[name],)
        newest = at.branches.get(name) or at.branches.get(f"origin/{name}")
        return self._listed(newest) if newest else ()

    def _listed(self, *revisions: str) -> tuple[str, ...]:
        return tuple(self.git.text("rev-list", "--topo-order", f"--max-count={_MOST_BETWEEN}", *revisions).split())

    def _standing(self) -> str:
        if not has_commits(self.git):
            return ""
        try:
            head = self.git.text("rev-parse", "--verify", "--quiet", "HEAD")
        except BadInput:  # it names a branch without a commit
            head = ""
        return head + "\n" + self.git.text("for-each-ref", "--format=%(objectname) %(refname)")
