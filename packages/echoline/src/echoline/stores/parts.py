"""Watches that what the engine wrote is on the disk: it does not notice when a write fails (chdb 4.4).

It reserves room before it writes and reports a failed sync, but of a write that the disk refuses (full in between, or
over a quota) it takes no notice, and the part stays short. So there must be room to spare, and every part that appears
is measured. One that an insert made goes again; the insert fails, and is repeated with the same token.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from echoline.config import MIB
from echoline.errors import Unavailable

# Room that stays free on the disk, or a twentieth of a small one.
_SPARE_BYTES = 512 * MIB
# Files that the engine's own sum of sizes leaves out.
_UNCOUNTED = {
    "checksums.txt",
    "columns.txt",
    "columns_substreams.txt",
    "default_compression_codec.txt",
    "metadata_version.txt",
}


class Database(Protocol):
    """What this needs of an engine."""

    data_dir: Path

    def execute(self, sql: str) -> None: ...

    def rows(self, sql: str) -> list[dict[str, object]]: ...

    def check(self, table: str, part: str) -> bool: ...


@dataclass(frozen=True)
class Part:
    """A directory of rows; `is_single` when one insert made it, and no merge."""

    table: str
    name: str
    path: Path
    size_bytes: int
    is_single: bool

    def is_whole(self) -> bool:
        """True when its files have the sizes that the engine believes; True too when it has gone meanwhile."""
        try:
            sizes = {file.name: file.stat().st_size for file in os.scandir(self.path)}
        except FileNotFoundError:
            return True
        counted = sum(size for name, size in sizes.items() if name not in _UNCOUNTED)
        return counted == self.size_bytes and all(sizes.get(name) for name in ("checksums.txt", "columns.txt"))


class Parts:
    """The parts of one database, of tables that one thread fills: only it may verify, so that a failure reaches who
    can insert again."""

    def __init__(self, database: Database, is_ours: Callable[[str], bool] = lambda table: True) -> None:  # noqa: ARG005
        self._database, self._is_ours = database, is_ours
        self._known: set[Part] = set()
        self._has_stopped_merges = False
        self.damaged = tuple(
            f"{each['table']}/{each['name']}"
            for each in database.rows(
                "SELECT table, name FROM system.detached_parts "
                "WHERE database = currentDatabase() AND reason LIKE 'broken%' ORDER BY table, name"
            )
        )
        """Parts that a merge left short or that were found so at the start; nothing but a backup brings them back."""

    def check_room(self) -> None:
        """Raises Unavailable when the disk has hardly any room; merges wait then too."""
        disk = os.statvfs(self._database.data_dir)
        spare_bytes = min(_SPARE_BYTES, disk.f_blocks * disk.f_frsize // 20)
        is_low = disk.f_bavail * disk.f_frsize < spare_bytes
        if is_low != self._has_stopped_merges:
            self._database.execute(f"SYSTEM {'STOP' if is_low else 'START'} MERGES")
            self._has_stopped_merges = is_low
        if is_low:
            raise Unavailable(f"the disk of {self._database.data_dir} has less than {spare_bytes >> 20} MiB left")

    def verify(self) -> None:
        """Looks at the parts that are new. Raises Unavailable when an insert left one short, which is gone then."""
        present = self._present()
        short = {
            part
            for part in present - self._known
            if not part.is_whole() and not self._database.check(part.table, part.name)
        }
        self._known = present - short
        for part in short:
            if part.is_single:
                self._database.execute(f"ALTER TABLE {part.table} DROP PART '{part.name}'")
        self.damaged = tuple(sorted({*self.damaged, *(f"{p.table}/{p.name}" for p in short if not p.is_single)}))
        if any(part.is_single for part in short):
            names = ", ".join(f"{part.table}/{part.name}" for part in short)
            raise Unavailable(f"the disk did not take all of {names}; it may be full")

    def _present(self) -> set[Part]:
        found = self._database.rows(
            "SELECT table, name, path, bytes_on_disk, min_block_number = max_block_number AS is_single "
            "FROM system.parts WHERE active AND database = currentDatabase()"
        )
        return {
            Part(
                str(each["table"]),
                str(each["name"]),
                Path(str(each["path"])),
                int(str(each["bytes_on_disk"])),
                bool(each["is_single"]),
            )
            for each in found
            if self._is_ours(str(each["table"]))
        }
