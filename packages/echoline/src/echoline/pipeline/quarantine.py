"""Keeps requests aside that could not be loaded, with their bytes and the reason, bounded by size and age.

A request lies in one file: a line of JSON, then the body as it was received. The name begins with the time of receipt,
so that names sort by age; it says which request it is, so that putting it there twice keeps it once.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from echoline import files
from echoline.config import LimitsConfig
from echoline.errors import BadInput
from echoline.model.records import Request

_DAY_NS = 86_400 * 10**9
_SUFFIX = ".request"


@dataclass(frozen=True)
class Quarantined:
    """A request kept aside; `size_bytes` is of the body on the wire."""

    id: str
    received_ns: int
    signal: str
    format: str
    encoding: str
    reason: str
    message: str
    size_bytes: int


@dataclass(frozen=True)
class Quarantine:
    """The folder of a data directory; safe to use from several processes at once."""

    folder: Path
    limits: LimitsConfig

    def put(self, request: Request, reason: str, message: str) -> Quarantined:
        """Keeps a request, durably, and lets the oldest go if there is no room. Raises OSError."""
        digest = hashlib.sha256(request.signal.encode() + request.body).hexdigest()[:16]
        kept = Quarantined(
            id=f"{request.received_ns:020}-{digest}",
            received_ns=request.received_ns,
            signal=request.signal,
            format=request.format,
            encoding=request.encoding,
            reason=reason,
            message=message[:1000],
            size_bytes=len(request.body),
        )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        files.replace(self._path(kept.id), json.dumps(asdict(kept)).encode() + b"\n" + request.body)
        self.tidy(request.received_ns)
        return kept

    def all(self) -> list[Quarantined]:
        """What is kept, oldest first."""
        return [kept for path in self._files() if (kept := _head(path)) is not None]

    def body(self, quarantined_id: str) -> bytes:
        """The body as it was received. Raises BadInput when there is none of that id."""
        path = self._path(quarantined_id)
        if path.parent != self.folder or not path.is_file():
            raise BadInput(f"no quarantined request {quarantined_id!r}", reason="not_found")
        return path.read_bytes().partition(b"\n")[2]

    def purge(self, wanted: Callable[[Quarantined], bool] = lambda _: True) -> int:
        """Deletes what is wanted, by default everything; how many it was."""
        gone = [kept for kept in self.all() if wanted(kept)]
        for kept in gone:
            self._path(kept.id).unlink(missing_ok=True)
        return len(gone)

    def tidy(self, now_ns: int) -> None:
        """Deletes what is older than the limit, then the oldest until the rest is small enough."""
        oldest_ns = now_ns - self.limits.max_quarantine_days * _DAY_NS
        room = self.limits.max_quarantine_bytes
        for path in reversed(list(self._files())):
            room -= _size(path)
            if room < 0 or int(path.name[:20]) < oldest_ns:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[Path]:
        if self.folder.is_dir():
            yield from sorted(path for path in self.folder.iterdir() if path.suffix == _SUFFIX and path.name[0] != ".")

    def _path(self, quarantined_id: str) -> Path:
        return self.folder / f"{quarantined_id}{_SUFFIX}"


def _head(path: Path) -> Quarantined | None:
    try:
        with path.open("rb") as file:
            return Quarantined(**json.loads(file.readline()))
    except FileNotFoundError:  # purged since the folder was listed
        return None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
