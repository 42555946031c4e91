"""Which files differ between two revisions, and which of them are old ones under another name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from echoline.model.revisions import FileChange, FileStatus, Hunk
from echoline.source.git import Git
from echoline.source.grammars import variant_of

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
"""git's name for a revision without any file: what the first commit is compared with."""

_NO_BLOB = re.compile(r"0+")
_STATUS: Mapping[str, FileStatus] = {"A": "added", "D": "deleted", "R": "renamed", "C": "copied"}
_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_SECTION = re.compile(rb"^diff --git ", re.MULTILINE)
_DIFF = ("-r", "-M50%", "-l2000", "--no-ext-diff", "--no-textconv", "--ignore-submodules=all")
_LOCKS = frozenset(
    (
        *("poetry.lock", "uv.lock", "pdm.lock", "pipfile.lock", "pipfile", "cargo.lock", "gemfile.lock"),
        *("package-lock.json", "package.json", "yarn.lock", "pnpm-lock.yaml", "composer.lock", "go.sum", "go.mod"),
        *("pyproject.toml", "setup.py", "setup.cfg"),
    )
)
_CONFIGURATION = (".toml", ".yaml", ".yml", ".ini", ".cfg", ".conf", ".json", ".env", ".properties")


@dataclass(frozen=True)
class CommitChanges:
    """What one commit changed, against its first parent."""

    revision: str
    parent: str
    """The empty tree for a first commit."""
    files: tuple[FileChange, ...]


def changed_files(git: Git, old: str, new: str) -> tuple[FileChange, ...]:
    """Files that differ, without hunks; renames recognised."""
    words = git.run("diff-tree", *_DIFF, "--raw", "-z", "--no-abbrev", old, new, "--").split(b"\0")
    return tuple(_raw(iter(words)))


def with_hunks(git: Git, old: str, new: str) -> tuple[FileChange, ...]:
    """The same with the lines that differ; binary files have none."""
    files = changed_files(git, old, new)
    patch = git.run("diff-tree", *_DIFF, "-p", "-U0", "--no-color", "--full-index", old, new, "--")
    # Changed lines begin with a sign, so nothing in them looks like the start of a section.
    starts = [match.start() for match in _SECTION.finditer(patch)]
    sections = [patch[start:end] for start, end in zip(starts, [*starts[1:], len(patch)], strict=True)]
    found = []
    for file in files:
        section = sections.pop(0) if sections else b""
        found.append(_with_section(file, section))
        # A file that became a link is one change, and two sections: it goes, and it comes.
        if file.old_blob and file.new_blob and b"\ndeleted file mode " in section[:2000] and sections:
            sections.pop(0)
    # git writes the two in the same order; were they ever to differ in number, no hunk is better than a wrong one.
    return tuple(found) if not sections else files


def changes_by_commit(git: Git, revisions: list[str]) -> Iterator[CommitChanges]:
    """What each of these commits changed, in the order given. Merges change nothing: their parents did."""
    given = "".join(f"{revision}\n" for revision in revisions).encode()
    output = git.run("log", *_DIFF, "--stdin", "--no-walk=unsorted", "--raw", "-z", "--no-abbrev", "--root",
                     "--no-merges", "--format=%x01%H %P", stdin=given)  # fmt: skip
    for record in output.split(b"\x01")[1:]:
        head, _, rest = record.partition(b"\0")
        revision, _, parents = head.decode().partition(" ")
        # Between head and changes stands a line end, which a path cannot begin with here.
        words = iter(rest.lstrip(b"\n").split(b"\0"))
        yield CommitChanges(revision, parents.partition(" ")[0] or EMPTY_TREE, tuple(_raw(words)))


def kind_of(path: str) -> Literal["code", "configuration", "dependencies", "migration", "other"]:
    """What a file is for, by its name."""
    lower, name = path.lower(), path.rpartition("/")[2].lower()
    folders = lower.split("/")[:-1]
    if ("migrations" in folders and name != "__init__.py") or ("versions" in folders and "alembic" in lower):
        return "migration"
    if name in _LOCKS or re.fullmatch(r"requirements[\w.-]*\.(txt|in|lock)", name):
        return "dependencies"
    if variant_of(path) is not None:
        return "code"
    if name.endswith(_CONFIGURATION) or name.startswith((".env", "dockerfile", "procfile", "docker-compose")):
        return "configuration"
    return "other"


def _raw(words: Iterator[bytes]) -> Iterator[FileChange]:
    for head in words:
        if not head.startswith(b":"):
            continue
        _, _, old_blob, new_blob, letter = head[1:].decode().split(" ")
        old_path = next(words, b"").decode("utf-8", "replace")
        path = next(words, b"").decode("utf-8", "replace") if letter[0] in "RC" else old_path
        yield FileChange(
            status=_STATUS.get(letter[0], "modified"),
            path=path,
            old_path=old_path,
            old_blob="" if _NO_BLOB.fullmatch(old_blob) else old_blob,
            new_blob="" if _NO_BLOB.fullmatch(new_blob) else new_blob,
            similarity=int(letter[1:] or 100) if letter[0] in "RC" else 100,
            kind=kind_of(path),
        )


def _with_section(file: FileChange, section: bytes) -> FileChange:
    hunks = tuple(
        Hunk(int(old), int(old_count or 1), int(new), int(new_count or 1))
        for old, old_count, new, new_count in _HUNK.findall(section)
    )
    head = section[: section.find(b"\n@@")] if hunks else section
    is_binary = b"\nBinary files " in head or b"\nGIT binary patch" in head
    return replace(file, hunks=hunks, is_binary=is_binary)
