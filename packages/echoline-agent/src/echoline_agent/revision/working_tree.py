"""Tells whether a working tree differs from what git's index has of it, without the `git` program."""

import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 20_000
MOST_HASHED_BYTES = 32 * 1024 * 1024
"""Beyond either of them nobody can tell: a start must not take long."""
HEADER = struct.Struct(">4sII")
ENTRY = struct.Struct(">10I20sH")
REGULAR = 0o100000


def is_changed(tree: Path, index: Path) -> bool | None:
    """True when a tracked file differs; False when none does and nothing is staged; None when that is not known.

    Files that are missing do not count: images are built without tests and documents.
    """
    try:
        content = index.read_bytes()
        entries = list(_entries(content))
        if len(entries) > MOST_FILES:
            return None
        is_different = _any_different(tree, entries)
    except (OSError, struct.error, ValueError):
        return None
    # A staged file equals the index; only git's cached tree shows that it is not committed.
    return None if is_different is False and not _is_written_tree(content) else is_different


def _entries(content: bytes) -> Iterator[tuple[bytes, tuple[int, ...], bytes]]:
    """(path, the ten numbers of its stat, SHA-1) of each tracked file. Raises ValueError for a form not known."""
    magic, version, count = HEADER.unpack_from(content)
    if magic != b"DIRC" or version not in (2, 3):
        raise ValueError(f"an index of version {version}")
    at = HEADER.size
    for _ in range(count):
        *stat, sha, flags = ENTRY.unpack_from(content, at)
        start = at + ENTRY.size + (2 if flags & 0x4000 else 0)
        end = content.index(b"\0", start)
        yield content[start:end], tuple(stat), sha
        # Entries are padded with 1 to 8 zero bytes.
        at += (end - at + 8) // 8 * 8


def _any_different(tree: Path, entries: list[tuple[bytes, tuple[int, ...], bytes]]) -> bool | None:
    left = MOST_HASHED_BYTES
    for path, stat, sha in entries:
        mode, size = stat[6], stat[9]
        if mode & 0o170000 != REGULAR:
            continue  # links and submodules
        file = os.fsencode(tree) + b"/" + path
        try:
            now = os.lstat(file)
        except FileNotFoundError:
            continue
        if (int(now.st_mtime), now.st_size & 0xFFFFFFFF) == (stat[2], size) and now.st_mtime_ns % 10**9 == stat[3]:
            continue
        if now.st_size & 0xFFFFFFFF != size:
            return True
        left -= now.st_size
        if left < 0:
            return None
        if _blob(file) != sha:
            return True
    return False


def _blob(file: bytes) -> bytes:
    content = Path(os.fsdecode(file)).read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).digest()


def _is_written_tree(content: bytes) -> bool:
    """Whether the index's cached tree is whole: git leaves it so after a commit or checkout, `git add` breaks it."""
    at = content.find(b"TREE")
    if at < 0:
        return False
    # Length, then the root: an empty path, and -1 entries when it is not valid.
    return not content[at + 8 :].startswith(b"\0-1 ")
