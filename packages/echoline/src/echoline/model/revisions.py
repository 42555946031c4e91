"""Commits, tags, differences and repositories, as git tells them."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.code import CodeKind
from echoline.model.instants import Instant

FileStatus = Literal["added", "deleted", "modified", "renamed", "copied"]
ChangeKind = Literal["added", "removed", "modified", "moved", "reformatted"]
RepositoryProblem = Literal[
    "missing", "not_a_repository", "unreachable", "empty", "unknown_branch", "shallow", "dirty", "rewritten", "huge"
]


@dataclass(frozen=True, slots=True)
class Commit(Answer):
    """One revision."""

    id: str
    parents: tuple[str, ...]
    author: str
    author_email: str
    authored: Instant
    committed: Instant
    subject: str
    is_merge: bool
    is_ignored: bool = False
    """Named in `.git-blame-ignore-revs`: it formats or moves, and changes nothing."""
    reverts: str = ""
    """The commit that it takes back, as its message says; empty for most."""


@dataclass(frozen=True, slots=True)
class Tag(Answer):
    """A name for a revision: of a version, usually."""

    name: str
    revision: str


@dataclass(frozen=True, slots=True)
class Hunk(Answer):
    """Lines that differ. A count of 0 means: nothing on that side, the place is behind the line."""

    old_first: int
    old_count: int
    new_first: int
    new_count: int


@dataclass(frozen=True, slots=True)
class FileChange(Answer):
    """A file that differs between two revisions."""

    status: FileStatus
    path: str
    """In the newer revision; in the older one when it was deleted."""
    old_path: str
    """Where it was before, the same as `path` unless it was renamed or copied."""
    old_blob: str
    new_blob: str
    similarity: int
    """Percent, for renames and copies; 100 otherwise."""
    hunks: tuple[Hunk, ...] = ()
    is_binary: bool = False
    kind: Literal["code", "configuration", "dependencies", "migration", "other"] = "other"


@dataclass(frozen=True, slots=True)
class FunctionChange(Answer):
    """A code object that differs between two revisions."""

    change: ChangeKind
    code_object: str
    """Its key in the newer revision; in the older one when it was removed."""
    old_code_object: str
    """Its key before; the same unless it was moved. Empty when it was added."""
    kind: CodeKind
    file: str
    first_line: int
    last_line: int
    lines: tuple[int, ...]
    """Lines of the newer text that changed in it; of the older one when it was removed."""


@dataclass(frozen=True, slots=True)
class Difference(Answer):
    """What differs between two revisions: files, and the code objects in them."""

    old: str
    new: str
    files: tuple[FileChange, ...]
    functions: tuple[FunctionChange, ...]
    left_out: int = 0
    """Files of which only the name was looked at: too large, or beyond the bound of files."""


@dataclass(frozen=True, slots=True)
class Problem(Answer):
    """Something that keeps a repository from being read, in whole or in part."""

    kind: RepositoryProblem
    message: str
    """What it is and what to do."""
    is_fatal: bool
    """Whether nothing of the repository can be read."""


@dataclass(frozen=True, slots=True)
class Repository(Answer):
    """A configured repository and the state it is in."""

    name: str
    location: str
    """Its path or URL."""
    services: tuple[str, ...]
    """Patterns of the services that run code of it; empty means every service."""
    package_roots: tuple[str, ...]
    branch: str
    """The branch that is read, empty when there is none."""
    commits: int
    """Commits that can be seen, on all branches and tags."""
    tags: int
    newest: str
    """Newest commit of the branch."""
    newest_subject: str
    newest_committed: Instant | None
    fetched: Instant | None
    """When its copy was last brought up to date; null for one that is read in place."""
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class RepositoryList(Answer):
    """All configured repositories, in the order of the settings."""

    items: tuple[Repository, ...]
