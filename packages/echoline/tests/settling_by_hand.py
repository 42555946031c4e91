"""Spans with facts: `Settled(engine, folder).arrive(made(1), made(2, 1))`, then `settle.flush()`."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from batches import NOW_NS, batch, span
from echoline.config import RetentionConfig, SettleConfig
from echoline.model.batch import Batch
from echoline.pipeline.settle import Settle

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

SECOND_NS = 10**9
START_NS = NOW_NS - 3600 * SECOND_NS


def made(number: int, parent: int = 0, at_ms: float = 0, ms: float = 10, trace: int = 1, **rest: Any) -> Any:
    """A span by number, an hour before now."""
    ids = {"trace_id": trace.to_bytes(16, "big"), "span_id": number.to_bytes(8, "big")}
    above = {"parent_span_id": parent.to_bytes(8, "big")}
    name = rest.pop("operation", f"op {number}")
    return span(name, ms, start_ns=START_NS + round(at_ms * 10**6), **ids, **above, **rest)


@dataclass
class Settled:
    """A store, a settle loop that a test turns by hand, and a clock."""

    folder: Path
    engine: "Engine"
    config: SettleConfig = field(default_factory=SettleConfig)
    now_ns: int = NOW_NS
    arrived_ns: int = 0

    def __post_init__(self) -> None:
        from echoline.stores.settling import Settling  # only tests that have an engine load it

        self.store = Settling(self.engine, lambda: None)
        self.settle = self.restarted()

    def restarted(self) -> Settle:
        """Another loop over the same store and state, as after a crash."""
        self.settle = Settle(
            self.folder,
            self.store,
            lambda bound_ns: min(bound_ns, self.arrived_ns),
            self.config,
            RetentionConfig(),
            lambda: self.now_ns,
        )
        return self.settle

    def arrive(self, *spans: Any, at_ns: int = 0) -> None:
        """Puts spans into the store as the load loop does, now or at another time."""
        self.load(batch("traces", *spans), at_ns=at_ns)

    def load(self, made: Batch, at_ns: int = 0) -> None:
        """The same for a whole batch, of any time."""
        from echoline.stores.ages import Ages
        from echoline.stores.rows import rows

        self.arrived_ns = at_ns or max(self.now_ns, self.arrived_ns + 1)
        self.now_ns = max(self.now_ns, self.arrived_ns)
        for name, table in rows(made, Ages(RetentionConfig(raw="off"), 86_400, NOW_NS)).tables.items():
            arrived = pa.repeat(pa.scalar(self.arrived_ns).cast(pa.timestamp("ns")), table.num_rows)
            all_of_it = table.append_column("arrived", arrived) if name == "spans" else table
            self.engine.insert(name, all_of_it, f"{self.arrived_ns} {name}")

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The answer as tuples."""
        return [tuple(row.values()) for row in self.engine.rows(sql)]
