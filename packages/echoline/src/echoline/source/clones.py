"""Copies of repositories that have a URL: cloned once, then fetched, and never losing a commit that was seen."""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from echoline.config import RepositoryConfig, SourceConfig
from echoline.errors import BadInput, Unavailable
from echoline.source.git import Git
from echoline.source.revisions import branches

_BRANCHES = "+refs/heads/*:refs/heads/*"
_TAGS = "+refs/tags/*:refs/tags/*"
KEPT = "refs/echoline/kept"
"""Commits that a branch had before it was rewritten: deployed revisions stay readable."""
FETCHED = "echoline-fetched"
"""Empty file in a clone; its time says when the clone was last brought up to date."""


def clone_folder(data_dir: Path, url: str) -> Path:
    """Where the copy of a URL is kept."""
    word = re.sub(r"[^A-Za-z0-9]+", "-", url.rstrip("/").removesuffix(".git").rsplit("/", 1)[-1]).strip("-") or "code"
    return data_dir / "repositories" / f"{word}-{sha256(url.encode()).hexdigest()[:12]}.git"


def bring_up_to_date(
    given: RepositoryConfig, data_dir: Path, bounds: SourceConfig, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Clones or fetches; returns the branches that were rewritten since.

    Raises Unavailable when the other side does not answer or does not let us in; what was there stays usable.
    """
    folder, token = clone_folder(data_dir, given.url), token_of(given, environ)
    git = Git(folder, timeout_s=bounds.fetch_timeout_s, environ=environ, remote=given.url, token=token)
    if not (folder / "HEAD").is_file():
        _make(git, given.url)
    before = branches(git)
    try:
        # Large files are never read, so they are not fetched either, by servers that can leave them out.
        git.run("fetch", "--quiet", "--prune", "--no-auto-gc", "--filter=blob:limit=1m", "origin", _BRANCHES, _TAGS)
        _follow_default_branch(git)
    except BadInput as error:
        raise Unavailable(f"{_shown(given.url)} cannot be fetched: {error}; {_advice(given, token)}") from error
    (folder / FETCHED).touch()
    return tuple(_kept(git, before))


def token_of(given: RepositoryConfig, environ: Mapping[str, str]) -> str:
    """The token for it; "" without one."""
    return environ.get(given.token_variable, "") if given.token_variable else ""


def fetched_s(data_dir: Path, url: str) -> float | None:
    """When the copy was last brought up to date, in seconds since 1970; None when it never was."""
    with suppress(OSError):
        return (clone_folder(data_dir, url) / FETCHED).stat().st_mtime
    return None


def is_due(data_dir: Path, url: str, interval_s: float, now_s: float | None = None) -> bool:
    """Whether the copy is older than the interval."""
    last = fetched_s(data_dir, url)
    return last is None or (time.time() if now_s is None else now_s) - last >= interval_s


def _make(git: Git, url: str) -> None:
    git.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    git.run("init", "--quiet", "--bare", "--template=")
    # Partial clones need to know whom they could ask; a token is never part of the URL.
    for name, value in (
        ("remote.origin.url", url),
        ("remote.origin.promisor", "true"),
        ("remote.origin.partialclonefilter", "blob:limit=1m"),
    ):
        git.run("config", name, value)


def _follow_default_branch(git: Git) -> None:
    """HEAD of the copy is the branch that HEAD of the other side is."""
    answer = git.text("ls-remote", "--symref", "origin", "HEAD")
    found = re.match(r"ref: (refs/heads/\S+)\tHEAD", answer)
    if found:
        git.run("symbolic-ref", "HEAD", found[1])


def _kept(git: Git, before: Mapping[str, str]) -> list[str]:
    """Holds on to what rewritten or deleted branches had."""
    after, rewritten = branches(git), []
    for name, old in before.items():
        new = after.get(name)
        if new == old or (new and git.succeeds("merge-base", "--is-ancestor", old, new)):
            continue
        git.run("update-ref", f"{KEPT}/{old}", old)
        if new:
            rewritten.append(name)
    return rewritten


def _shown(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//…@", url)


def _advice(given: RepositoryConfig, token: str) -> str:
    if not given.url.startswith("http"):
        return "check the url, and that this user may read it"
    if token:
        return f"check the url, and that the token in {given.token_variable} may read it"
    return f"check the url; a private one needs a token in the variable {given.token_variable}"
