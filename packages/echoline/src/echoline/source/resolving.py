"""Finds the commit that somebody means: an id, its first digits, a tag, a branch, the version of a release."""

import difflib
import re
from collections.abc import Iterable, Mapping

from echoline.errors import BadInput
from echoline.source.git import Git
from echoline.source.revisions import branches, tags

_HEX = re.compile(r"[0-9a-f]{4,64}")
# What git would read as more than one name: ranges, paths in commits, searches in messages, reflogs.
_NO_NAME = re.compile(r"^-|\.\.|[\s:\\?*\[\x00-\x1f\x7f]|@\{|\^\{|^$")
_SHOWN = 3
_VERSION_PREFIXES = ("", "v", "release-", "release/", "rel-", "version-")


def resolve(git: Git, text: str) -> str:
    """Full id of the commit. Raises BadInput with the nearest names when nobody knows it, or several are meant."""
    name = text.strip()
    if _NO_NAME.search(name):
        raise BadInput(f"{text!r} is no name of a revision; give an id, a tag or a branch", reason="unknown_revision")
    for each in (name, f"origin/{name}"):
        if found := _commit(git, each):
            return found
    raise BadInput(_unknown(git, name), reason="unknown_revision")


def is_known(git: Git, revision: str) -> bool:
    """Whether there is a commit with this full or abbreviated id."""
    return bool(_HEX.fullmatch(revision)) and _commit(git, revision) is not None


def revision_of_version(git: Git, version: str) -> str | None:
    """The commit of the tag for a version: `1.4.0`, `v1.4.0`, `release-1.4.0`, or the only tag that ends with it."""
    return tagged({tag.name: tag.revision for tag in tags(git)}, version)


def tagged(by_name: Mapping[str, str], version: str) -> str | None:
    """The same among commits by tag."""
    for prefix in _VERSION_PREFIXES:
        if prefix + version in by_name:
            return by_name[prefix + version]
    ending = {revision for name, revision in by_name.items() if re.search(rf"[^0-9.]v?{re.escape(version)}$", name)}
    return ending.pop() if version and len(ending) == 1 else None


def _commit(git: Git, name: str) -> str | None:
    try:
        return git.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except BadInput:
        return None


def _unknown(git: Git, name: str) -> str:
    folder = git.folder.name
    if _HEX.fullmatch(name):
        several = _starting_with(git, name)
        if len(several) > 1:
            return f"{name!r} is the beginning of several commits in {folder}: {_listed(several)}; give more digits"
    near = _near(git, name)
    hint = f"; near to it: {_listed(near)}" if near else "; `echoline revisions` lists those that are known"
    return f"no revision {name!r} in repository {folder}{hint}"


def _starting_with(git: Git, digits: str) -> list[str]:
    try:
        return [each[:12] for each in git.text("rev-parse", f"--disambiguate={digits}").split() if _commit(git, each)]
    except BadInput:
        return []


def _near(git: Git, name: str) -> list[str]:
    """Names like it; for an id the commits that begin with the same four digits."""
    names = [tag.name for tag in tags(git)] + list(branches(git))
    near = difflib.get_close_matches(name, names, _SHOWN)
    return near or (_starting_with(git, name[:4]) if _HEX.fullmatch(name) else [])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:_SHOWN])
