"""Reads the contents of files by their blob ids, through one long-lived `git cat-file --batch`."""

import re
import subprocess
import threading
import weakref
from collections.abc import Iterable, Iterator
from itertools import islice

from echoline.errors import BadInput, Unavailable
from echoline.source.git import Git, end_group, quietly_closed, start

_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# So many requests fit a pipe while git is still writing an answer: neither side waits for the other.
_AHEAD = 128
_CHUNK = 1 << 20


class Blobs:
    """Contents by id; safe to use from several threads, one of which reads at a time."""

    def __init__(self, git: Git, *, max_bytes: int, timeout_s: float = 60.0) -> None:
        self._git, self._max_bytes, self._timeout_s = git, max_bytes, timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[[subprocess.Popen[bytes]], Blobs] | None = None
        self._lock = threading.Lock()

    def read(self, blob: str) -> bytes | None:
        """One content; None when git does not have it or it is larger than allowed."""
        return next(content for _, content in self.many([blob]))

    def many(self, blobs: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        """Pairs of id and content, in the order asked. Raises BadInput for what is no id, Unavailable when git ends."""
        wanted = iter(blobs)
        while group := list(islice(wanted, _AHEAD)):
            if wrong := next((each for each in group if not _ID.fullmatch(each)), None):
                raise BadInput(f"{wrong!r} is no id of a blob")
            with self._lock:
                contents = self._group(group)
            yield from zip(group, contents, strict=True)

    def close(self) -> None:
        """Ends git; the next read starts another one."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._process = self._finalizer = None

    def _group(self, group: list[str]) -> list[bytes | None]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            command = self._git.command("cat-file", "--batch")
            self._process = start(command, self._git.environ(), subprocess.PIPE, subprocess.DEVNULL)
            self._finalizer = weakref.finalize(self, quietly_closed, self._process)
        process = self._process
        timer = threading.Timer(self._timeout_s, end_group, [process])
        timer.start()
        try:
            assert process.stdin is not None
            process.stdin.write("".join(f"{each}\n" for each in group).encode())
            process.stdin.flush()
            return [self._one(process) for _ in group]
        except (OSError, ValueError) as error:
            self._end()
            raise Unavailable(f"git cat-file in {self._git.folder} ended or took too long: {error}") from error
        finally:
            timer.cancel()

    def _one(self, process: "subprocess.Popen[bytes]") -> bytes | None:
        assert process.stdout is not None
        header = process.stdout.readline().split()
        if not header:
            raise OSError("no answer")
        if len(header) != 3:
            return None  # "<id> missing"
        size = int(header[2])
        is_wanted = header[1] == b"blob" and size <= self._max_bytes
        content = process.stdout.read(size) if is_wanted else self._skip(process, size)
        process.stdout.read(1)
        return content if is_wanted else None

    def _skip(self, process: "subprocess.Popen[bytes]", size: int) -> bytes:
        assert process.stdout is not None
        while size > 0:
            size -= len(process.stdout.read(min(size, _CHUNK))) or size
        return b""
