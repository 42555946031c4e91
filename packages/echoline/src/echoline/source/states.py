"""The state of each configured repository: what can be seen of it, and what keeps us from seeing more."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from echoline.config import RepositoryConfig, Settings, SourceConfig
from echoline.errors import BadInput, EcholineError
from echoline.model.instants import BILLION, rfc3339
from echoline.model.revisions import Problem, Repository, RepositoryProblem
from echoline.source import clones, resolving, revisions
from echoline.source.git import Git
from echoline.source.repositories import OpenRepository, name_of, open_repository

_FATAL: Mapping[str, RepositoryProblem] = {
    "missing": "missing",
    "not_a_repository": "not_a_repository",
    "unknown_branch": "unknown_branch",
}
_SHOWN = 3


def states(
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    *,
    seen: Mapping[str, Iterable[str]] | None = None,
    unreachable: Mapping[str, str] | None = None,
) -> tuple[Repository, ...]:
    """One answer a configured repository, in their order; a bad one never hides the others.

    `seen` has revisions that programs reported, by repository: those that git does not know are told. `unreachable`
    has what went wrong at the last fetch.
    """
    answers = []
    for given in settings.repositories:
        name = name_of(given)
        failed = (unreachable or {}).get(name)
        problems = [Problem("unreachable", failed, is_fatal=False)] if failed else []
        answers.append(_state(given, settings.data_dir, settings.source, environ, (seen or {}).get(name, ()), problems))
    return tuple(answers)


def _state(
    given: RepositoryConfig,
    data_dir: Path,
    bounds: SourceConfig,
    environ: Mapping[str, str] | None,
    seen: Iterable[str],
    problems: list[Problem],
) -> Repository:
    try:
        repository = open_repository(given, data_dir, bounds, environ)
        newest, branch = repository.newest(), repository.branch()
        git = repository.git
        commits = _count(git, bounds.max_commits) if newest else 0
        last = revisions.commit(git, newest) if newest else None
        tags = len(revisions.tags(git))
        problems += _problems(repository, newest, commits, seen)
    except EcholineError as error:
        kind = _FATAL.get(getattr(error, "reason", ""), "unreachable")
        problems, newest, branch, commits, last, tags = [*problems, Problem(kind, str(error), True)], "", "", 0, None, 0
    fetched = clones.fetched_s(data_dir, given.url) if given.url else None
    return Repository(
        name=name_of(given),
        location=given.path or given.url,
        services=given.services,
        package_roots=given.package_roots,
        branch=branch,
        commits=commits,
        tags=tags,
        newest=newest,
        newest_subject=last.subject if last else "",
        newest_committed=last.committed if last else None,
        fetched=rfc3339(int(fetched * BILLION)) if fetched else None,
        problems=tuple(problems),
    )


def _problems(repository: OpenRepository, newest: str, commits: int, seen: Iterable[str]) -> Iterator[Problem]:
    git, bounds, name = repository.git, repository.bounds, repository.name
    if not newest:
        yield Problem("empty", f"repository {name} has no commit yet", True)
        return
    yield from _shallow(git, name)
    yield from _dirty(git, name)
    yield from _rewritten(git, name, seen)
    if commits >= bounds.max_commits:
        yield Problem(
            "huge",
            f"repository {name} has more than {bounds.max_commits} commits; only the newest are read: raise "
            "source.max_commits to read more",
            False,
        )
    files = git.run("ls-tree", "-r", "-z", "--name-only", newest).count(b"\0")
    if files > bounds.max_files:
        yield Problem(
            "huge",
            f"repository {name} has {files} files; those of code beyond {bounds.max_files} are not indexed: raise "
            "source.max_files to read more",
            False,
        )


def _shallow(git: Git, name: str) -> Iterator[Problem]:
    if git.text("rev-parse", "--is-shallow-repository") != "true":
        return
    oldest = revisions.history(git, most=100_000).commits[-1]
    yield Problem(
        "shallow",
        f"repository {name} is shallow: nothing before {oldest.id[:12]} of {oldest.committed[:10]} can be seen, so "
        "older revisions, who made them and where functions came from are unknown; `git fetch --unshallow` mends it",
        False,
    )


def _dirty(git: Git, name: str) -> Iterator[Problem]:
    if git.text("rev-parse", "--is-inside-work-tree") != "true":
        return
    changed = _without_filters(git).run("status", "--porcelain", "-z", "--untracked-files=no").count(b"\0")
    if changed:
        yield Problem(
            "dirty",
            f"{changed} files of repository {name} differ from the commit: what runs from this folder is not what its "
            "revision says; commit before you compare",
            False,
        )


def _without_filters(git: Git) -> Git:
    """The same without the programs that the repository's configuration would send changed files through."""
    try:
        names = git.text("config", "--name-only", "--get-regexp", r"^filter\..*\.(clean|smudge|process|required)$")
    except BadInput:
        return git
    off = tuple(f"{name}={'false' if name.endswith('.required') else ''}" for name in names.splitlines())
    return Git(git.folder, config=off)


def _rewritten(git: Git, name: str, seen: Iterable[str]) -> Iterator[Problem]:
    """Branches that lost commits, and reported revisions that git does not know."""
    kept = git.text("for-each-ref", "--format=%(refname:lstrip=3)", clones.KEPT).split()
    gone = [each for each in seen if re.fullmatch(r"[0-9a-f]{7,64}", each) and not resolving.is_known(git, each)]
    if kept:
        shown = ", ".join(each[:12] for each in kept[:_SHOWN])
        yield Problem(
            "rewritten",
            f"branches of repository {name} were rewritten: {shown} are in no branch any more; they are kept here, so "
            "that what ran then can still be read",
            False,
        )
    if gone:
        shown = ", ".join(each[:12] for each in gone[:_SHOWN])
        yield Problem(
            "rewritten",
            f"programs report revisions that repository {name} does not have: {shown}; they were never pushed, "
            "belong to another repository, or history was rewritten",
            False,
        )


def _count(git: Git, most: int) -> int:
    return int(git.text("rev-list", "--count", "--all", f"--max-count={most}"))
