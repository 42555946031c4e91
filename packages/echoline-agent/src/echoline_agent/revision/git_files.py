"""Reads commit, branch, tag and remote out of a `.git` folder, without the `git` program."""

import re
from dataclasses import dataclass
from pathlib import Path

from echoline_agent.revision.found import Revision, browsable
from echoline_agent.revision.working_tree import is_changed

COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True)
class Repository:
    """Where a repository's files are: of a worktree its own, and those that all worktrees share."""

    tree: Path
    own: Path
    shared: Path


def read(folder: Path) -> Revision:
    """What the repository around a folder says; nothing where there is none, or in a form that is not understood."""
    repository = around(folder)
    if repository is None:
        return Revision()
    branch, commit = _head(repository)
    if commit is None:
        return Revision(repository_url=_remote(repository.shared))
    return Revision(
        revision=commit,
        branch=branch,
        repository_url=_remote(repository.shared),
        is_dirty=is_changed(repository.tree, repository.own / "index"),
        version=_tag(repository.shared, commit),
    )


def around(folder: Path) -> Repository | None:
    """The repository that a folder lies in. A `.git` file, of a worktree or a submodule, leads to the real one."""
    for place in (folder, *folder.parents):
        git = place / ".git"
        if git.is_dir():
            return Repository(place, git, git)
        if text := _text(git).strip():
            own = (place / text.removeprefix("gitdir:").strip()).resolve()
            common = _text(own / "commondir").strip()
            return Repository(place, own, (own / common).resolve() if common else own)
    return None


def _head(repository: Repository) -> tuple[str | None, str | None]:
    head = _text(repository.own / "HEAD").strip()
    if not head.startswith("ref:"):
        return None, head if COMMIT.fullmatch(head) else None
    name = head.removeprefix("ref:").strip()
    for folder in (repository.own, repository.shared):
        if COMMIT.fullmatch(commit := _text(folder / name).strip()):
            return name.removeprefix("refs/heads/"), commit
    packed = {ref: commit for commit, ref, _ in _packed(repository.shared)}
    return name.removeprefix("refs/heads/"), packed.get(name)


def _packed(shared: Path) -> list[tuple[str, str, str]]:
    """(object, name, commit that an annotated tag leads to, else the object) of each packed reference."""
    rows: list[tuple[str, str, str]] = []
    for line in _text(shared / "packed-refs").splitlines():
        if line.startswith("^") and rows:
            rows[-1] = (*rows[-1][:2], line[1:].strip())
        elif not line.startswith("#") and " " in line:
            commit, name = line.split(" ", 1)
            rows.append((commit, name.strip(), commit))
    return rows


def _tag(shared: Path, commit: str) -> str | None:
    """A tag of this very commit. Annotated ones are seen once they are packed, as in every clone."""
    tags = [name.removeprefix("refs/tags/") for _, name, at in _packed(shared) if at == commit and "refs/tags/" in name]
    loose = shared / "refs" / "tags"
    if loose.is_dir():
        files = (path for path in loose.rglob("*") if path.is_file() and _text(path).strip() == commit)
        tags += [path.relative_to(loose).as_posix() for path in files]
    return max(tags, default=None)


def _remote(shared: Path) -> str | None:
    """The URL of `origin`, else of the first remote."""
    remotes: dict[str, str] = {}
    name = ""
    for line in _text(shared / "config").splitlines():
        if section := re.match(r'\s*\[(?:remote "(.+)")?', line):
            name = section.group(1) or ""
        elif name and (line_of_url := re.match(r"\s*url\s*=\s*(.+)", line)):
            remotes.setdefault(name, line_of_url.group(1).strip().strip('"'))
    url = remotes.get("origin") or next(iter(remotes.values()), "")
    return browsable(url)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""
