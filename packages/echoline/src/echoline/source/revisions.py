"""Commits of a repository: their order, who made them, what lies between two of them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from echoline.errors import BadInput
from echoline.model.instants import BILLION, rfc3339
from echoline.model.revisions import Commit, Tag
from echoline.source.git import Git

IGNORE_FILE = ".git-blame-ignore-revs"
"""Names the commits that blame should look through, one a line, as GitHub reads it."""

_FIELDS = ("%H", "%P", "%an", "%ae", "%at", "%ct", "%s", "%b")
# No message holds a NUL, so fields and records can both end with one.
_FORMAT = "--format=tformat:" + "%x00".join(_FIELDS)
_REVERTS = re.compile(r"This reverts commit ([0-9a-f]{7,64})")
_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Comparing patches costs a diff a commit.
_MOST_PICKED = 500


@dataclass(frozen=True)
class History:
    """Commits, newest first; none comes before a child of its own."""

    commits: tuple[Commit, ...]
    is_cut: bool
    """Whether there are more than the bound allows; the oldest are left out."""

    @cached_property
    def by_id(self) -> Mapping[str, Commit]:
        """The commits by their full ids."""
        return {commit.id: commit for commit in self.commits}

    @cached_property
    def age(self) -> Mapping[str, int]:
        """Place of each commit in the order, 0 for the newest."""
        return {commit.id: place for place, commit in enumerate(self.commits)}


def history(git: Git, *, most: int) -> History:
    """Every commit that a branch, a tag or HEAD leads to. An empty repository has none."""
    ignored = ignored_revisions(git, "HEAD")
    found = tuple(_commits(git, ["--all", "HEAD", f"--max-count={most + 1}"], ignored)) if has_commits(git) else ()
    return History(found[:most], len(found) > most)


def between(git: Git, old: str, new: str, *, most: int = 100_000) -> tuple[Commit, ...]:
    """Commits that are in `new` and not in `old`, newest first; empty when `old` has all of `new`.

    Full ids in. What `old` has only as a copy of the same patch (cherry-picked) still counts: see `picked`.
    """
    return tuple(_commits(git, [f"--max-count={most}", new, f"^{old}"], ignored_revisions(git, new)))


def picked(git: Git, old: str, new: str) -> frozenset[str]:
    """Of the commits between, those whose patch `old` has too, under another id. Empty for long ranges."""
    counted = git.text("rev-list", "--count", "--left-right", f"{old}...{new}").split()
    if sum(map(int, counted[:2])) > _MOST_PICKED:
        return frozenset()
    marked = git.text("rev-list", "--right-only", "--cherry-mark", f"{old}...{new}").split()
    return frozenset(each[1:] for each in marked if each.startswith("="))


def merge_base(git: Git, one: str, other: str) -> str | None:
    """The newest commit that both have; None for unrelated ones."""
    try:
        return git.text("merge-base", one, other) or None
    except BadInput:
        return None


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether `new` has `old` in its history, or is it."""
    return git.succeeds("merge-base", "--is-ancestor", old, new)


def tags(git: Git) -> tuple[Tag, ...]:
    """Tags with the commits that they mean in the end, newest first; tags of other objects are left out."""
    wanted = "%(refname:strip=2)%00%(objectname)%00%(objecttype)%00%(*objectname)%00%(*objecttype)"
    found = []
    for line in git.text("for-each-ref", "--sort=-creatordate", f"--format={wanted}", "refs/tags").splitlines():
        name, target, kind, peeled, peeled_kind = line.split("\0")
        if "commit" in (kind, peeled_kind):
            found.append(Tag(name, peeled if peeled_kind == "commit" else target))
    return tuple(found)


def branches(git: Git) -> Mapping[str, str]:
    """Newest commits by branch; those of remotes as `origin/main`."""
    lines = git.text("for-each-ref", "--format=%(refname)%00%(objectname)", "refs/heads", "refs/remotes").splitlines()
    pairs = (line.split("\0") for line in lines)
    return {name.split("/", 2)[2]: target for name, target in pairs if not name.endswith("/HEAD")}


def has_commits(git: Git) -> bool:
    """Whether there is any commit at all."""
    return bool(git.text("for-each-ref", "--count=1", "refs/heads", "refs/remotes", "refs/tags"))


def ignored_revisions(git: Git, at: str) -> frozenset[str]:
    """Full ids that `.git-blame-ignore-revs` names as of `at`; empty without that file."""
    try:
        text = git.text("cat-file", "blob", f"{at}:{IGNORE_FILE}")
    except BadInput:
        return frozenset()
    words = (line.partition("#")[0].strip().lower() for line in text.splitlines())
    return frozenset(word for word in words if _FULL_ID.fullmatch(word))


def commit(git: Git, revision: str) -> Commit:
    """One commit by its full id. Raises BadInput when there is none."""
    return next(iter(_commits(git, ["--max-count=1", revision], ignored_revisions(git, "HEAD"))))


def _commits(git: Git, arguments: Iterable[str], ignored: frozenset[str]) -> Iterator[Commit]:
    # HEAD of a fresh repository names a branch that is not there; --ignore-missing passes over it.
    options = ("-z", "--topo-order", "--no-notes", "--ignore-missing", "--no-patch", _FORMAT)
    words = git.text("log", *options, *arguments, "--").split("\0")
    for record in _batched(words, len(_FIELDS)):
        if len(record) < len(_FIELDS):
            break
        revision, parents, author, email, authored, committed, subject, body = record
        reverted = _REVERTS.search(body)
        yield Commit(
            id=revision,
            parents=tuple(parents.split()),
            author=author,
            author_email=email,
            authored=_instant(authored),
            committed=_instant(committed),
            subject=subject,
            is_merge=" " in parents,
            is_ignored=revision in ignored,
            reverts=reverted[1] if reverted else "",
        )


def _batched(words: list[str], size: int) -> Iterator[list[str]]:
    """Neighbours in groups of `size`; itertools has it from 3.12 on."""
    return (words[start : start + size] for start in range(0, len(words), size))


def _instant(seconds: str) -> str:
    # git keeps whatever date a commit was given, also ones that no calendar has.
    return rfc3339(min(max(int(seconds or 0), 0), 253_402_300_799) * BILLION)
