import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from batches import DAY_NS, NOW_NS
from echoline.config import LimitsConfig
from echoline.errors import Unavailable
from echoline.model.records import Request
from echoline.pipeline.quarantine import Quarantine
from echoline.pipeline.upkeep import Upkeep


@dataclass(frozen=True)
class Dropped:
    crowded_out: Mapping[str, int]


@dataclass
class Store:
    """Says what it dropped, or fails."""

    crowded_out: Mapping[str, int] = field(default_factory=dict)
    fails: bool = False
    inserted: list[tuple[str, list[dict[str, object]]]] = field(default_factory=list)

    def drop_expired(self, now_ns: int) -> Dropped:
        if self.fails:
            raise Unavailable("disk")
        return Dropped(self.crowded_out)

    def insert(self, table: str, rows: pa.Table, token: str) -> None:
        self.inserted.append((table, rows.select(["signal", "reason", "items"]).to_pylist()))


def test_what_went_for_want_of_room_is_counted(tmp_path: Path) -> None:
    store = Store({"spans": 7, "traces": 2, "logs": 1})
    Upkeep(store, Quarantine(tmp_path, LimitsConfig()), lambda: NOW_NS).once()
    rows = [
        {"signal": "traces", "reason": "disk_full", "items": 7},
        {"signal": "logs", "reason": "disk_full", "items": 1},
    ]
    assert store.inserted == [("refusals", rows)]


def test_the_quarantine_is_kept_in_its_bounds(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, LimitsConfig())
    quarantine.put(Request("logs", "json", "identity", b"{", NOW_NS), "no_otlp", "")
    Upkeep(Store(), quarantine, lambda: NOW_NS + 8 * DAY_NS).once()
    assert quarantine.all() == []


def test_a_failed_round_is_told_and_harms_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    store = Store(fails=True)
    upkeep = Upkeep(store, Quarantine(tmp_path, LimitsConfig()))
    upkeep.run(stop)
    assert upkeep.error == "Unavailable: disk"
    store.fails = False
    upkeep.run(stop)
    assert upkeep.error is None
