"""Requests to rows: decodes, runs the processors and counts; what cannot be decoded or processed is set aside."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

import numpy as np
import pyarrow as pa

from echoline.config import LimitsConfig, RetentionConfig
from echoline.kinds import Processor
from echoline.model.batch import BadRequest, Batch, Decoded
from echoline.model.records import SIGNALS, Request, Signal
from echoline.pipeline.cut import Numbers, Places

Decode = Callable[[Signal, Sequence[Request], LimitsConfig, int], Decoded]
Hits = Mapping[tuple[str, str], int]


@runtime_checkable
class Counting(Protocol):
    """A processor that also says how often each of its rules hit, by rule and field."""

    def counted(self, batch: Batch) -> tuple[Batch, Hits]: ...


class StoreRows(Protocol):
    """Rows of a store by table, where they go as `cut.Places` says, and how many items were left out by reason."""

    @property
    def tables(self) -> Mapping[str, pa.Table]: ...

    @property
    def partitions(self) -> Mapping[str, Numbers]: ...

    @property
    def rollup_rows(self) -> Mapping[str, Numbers]: ...

    @property
    def rejected(self) -> Mapping[str, int]: ...


class ToRows(Protocol):
    """How a store makes rows of a batch."""

    def __call__(self, batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> StoreRows: ...


@dataclass(frozen=True)
class Preparing:
    """What happens to requests between the journal and the store, for one set of settings."""

    decode: Decode
    processors: tuple[Processor, ...]
    to_rows: ToRows
    limits: LimitsConfig
    retention: RetentionConfig
    now_ns: int

    def prepare(self, requests: Sequence[Request], into: "Prepared") -> None:
        """Adds everything that these requests put into the store. Nothing in a request can make this fail."""
        into.requests += len(requests)
        for signal in SIGNALS:
            mine = [request for request in requests if request.signal == signal]
            if mine:
                self._prepare(signal, mine, into)

    def _prepare(self, signal: Signal, requests: Sequence[Request], prepared: "Prepared") -> None:
        """A request that makes anything raise is found by halving, and set aside alone."""
        try:
            decoded, hits, made = self._rows(signal, requests)
        except MemoryError:  # no request's fault
            raise
        except Exception as error:  # noqa: BLE001 (whatever it is, the other requests must pass)
            if len(requests) == 1:
                message = f"{type(error).__name__}: {error}"
                prepared.bad.append((requests[0], BadRequest(0, "not_processable", message)))
                return
            for half in (requests[: len(requests) // 2], requests[len(requests) // 2 :]):
                self._prepare(signal, half, prepared)
            return
        prepared.bad += [(requests[each.request], each) for each in decoded.bad]
        prepared.rejected.update(_by_signal(signal, decoded.rejected) | _by_signal(signal, made.rejected))
        prepared.cut.update(_by_signal(signal, decoded.cut))
        prepared.hits.update({(signal, *where): count for where, count in hits.items()})
        prepared.items[signal] += len(decoded.batch)
        prepared.add(made)

    def _rows(self, signal: Signal, requests: Sequence[Request]) -> tuple[Decoded, Hits, StoreRows]:
        decoded = self.decode(signal, requests, self.limits, self.now_ns)
        batch, hits = decoded.batch, Counter[tuple[str, str]]()
        for processor in self.processors:
            if isinstance(processor, Counting):
                batch, found = processor.counted(batch)
                hits.update(found)
            else:
                batch = processor.process(batch)
        made = self.to_rows(batch, self.retention, max_ahead_s=self.limits.max_ahead_s, now_ns=self.now_ns)
        return decoded, hits, made


@dataclass
class Prepared:
    """Rows by table with their places, counts by signal and reason, and requests that stay outside."""

    tables: dict[str, list[pa.Table]] = field(default_factory=dict)
    places: dict[str, list[Places]] = field(default_factory=dict)
    rejected: Counter[tuple[Signal, str]] = field(default_factory=Counter)
    cut: Counter[tuple[Signal, str]] = field(default_factory=Counter)
    hits: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    items: Counter[Signal] = field(default_factory=Counter)
    bad: list[tuple[Request, BadRequest]] = field(default_factory=list)
    requests: int = 0

    def add(self, made: StoreRows) -> None:
        """Rows to be inserted together with those that are there."""
        for name, table in made.tables.items():
            self.tables.setdefault(name, []).append(table)
            rollup_rows = made.rollup_rows.get(name, np.zeros(0, np.int64))
            self.places.setdefault(name, []).append(Places(made.partitions[name], rollup_rows))

    def tell(self, now_ns: int) -> None:
        """Makes the counts rows of the tables `refusals` and `redactions`, when all is in."""
        time = pa.scalar(now_ns // 10**9, pa.uint32())
        refused = [
            {"signal": signal, "reason": reason, "is_cut": is_cut, "items": items}
            for is_cut, counts in ((False, self.rejected), (True, self.cut))
            for (signal, reason), items in sorted(counts.items())
        ]
        redacted = [
            {"signal": signal, "rule": rule, "field": name, "hits": hits}
            for (signal, rule, name), hits in sorted(self.hits.items())
        ]
        for name, rows in (("refusals", refused), ("redactions", redacted)):
            if rows:
                table = pa.Table.from_pylist(rows).append_column("time", pa.repeat(time, len(rows)))
                self.tables[name] = [table]
                self.places[name] = [Places(np.zeros(len(rows), np.int64), np.zeros(0, np.int64))]

    def whole(self) -> Iterator[tuple[str, pa.Table, Places]]:
        """Each table in one, with the places of its rows."""
        for name, tables in self.tables.items():
            places = self.places[name]
            partitions = np.concatenate([each.partitions for each in places])
            rollup_rows = np.concatenate([each.rollup_rows for each in places])
            yield name, pa.concat_tables(tables, promote_options="default"), Places(partitions, rollup_rows)


def _by_signal(signal: Signal, counts: Mapping[str, int]) -> Counter[tuple[Signal, str]]:
    return Counter({(signal, reason): count for reason, count in counts.items()})
