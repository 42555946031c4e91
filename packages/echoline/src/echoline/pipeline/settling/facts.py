"""Facts of all spans of some traces: rows of `span_facts`, `code_objects` and `flows`."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.pipeline.settling.ancestors import Indices, nearest
from echoline.pipeline.settling.code import CodeObjects
from echoline.pipeline.settling.errors import error_roles, has_failed
from echoline.pipeline.settling.flows import FlowIds, Label
from echoline.pipeline.settling.intervals import times
from echoline.pipeline.settling.spans import CONSUMER, SERVER, Spans, spans
from echoline.stores.maps import distinct

_SAME = ("trace_id", "span_id", "service", "environment", "version", "revision", "kind", "operation", "query")
_MINUTE_NS = 60 * 10**9


@dataclass(frozen=True)
class Facts:
    """Rows by table, none of them empty, and the minutes (seconds since 1970) of its spans."""

    tables: Mapping[str, pa.Table]
    minutes: frozenset[int]


class Finder:
    """Finds facts; remembers code objects and flows from round to round."""

    def __init__(self, code: CodeObjects, flows: FlowIds) -> None:
        self._code, self._flows = code, flows

    def forget(self) -> None:
        """Nothing that was told counts as told any more."""
        self._code.forget()
        self._flows.forget()

    def facts(self, rows: pa.Table, settled: int) -> Facts:
        """Of whole traces, as the store's spans tell them. `settled` is the version of these facts."""
        found = spans(rows)
        if not len(found):
            return Facts({}, frozenset())
        label, labels = _labels(found)
        took, code, flows = times(found), self._code.of(found), self._flows.of(found, label, labels)
        keys = pa.array(code.keys, pa.string())
        columns = {
            **{name: _column(found, name) for name in _SAME},
            "start": found.rows.column("start_ns").cast(pa.timestamp("ns")),
            "duration_ns": found.rows.column("duration_ns"),
            "is_error": has_failed(found),
            "self_ns": took.self_ns,
            "critical_ns": took.critical_ns,
            "code_object": _texts(code.numbers, keys),
            "caller": _texts(_caller(found, code.numbers), keys),
            "entry": _entry(found),
            "flow": _texts(flows.of_trace[found.trace], pa.array(flows.ids, pa.string())),
            "is_root": flows.is_root,
            "repeats": repeats(found, label).astype(np.uint32),
            "is_async": took.is_async,
            "error_role": error_roles(found),
            "retention_days": found.rows.column("retention_days"),
            "settled": np.full(len(found), settled, np.uint64),
        }
        tables = {"flows": flows.seen, "code_objects": code.seen, "span_facts": pa.table(columns)}
        minutes = np.unique(found.start_ns // _MINUTE_NS) * 60
        return Facts({n: each for n, each in tables.items() if each.num_rows}, frozenset(minutes.tolist()))


def repeats(found: Spans, label: Indices) -> npt.NDArray[np.int64]:
    """How many spans of the same service, kind and operation hang below the same parent; 1 for roots."""
    key = found.parents * (int(label.max()) + 1) + label
    _, where, counts = np.unique(key, return_inverse=True, return_counts=True)
    return np.where(found.parents < 0, 1, counts[where])


def _labels(found: Spans) -> tuple[Indices, list[Label]]:
    """A number per span for its service, kind and operation, and what each number stands for."""
    services, operations = found.service.texts, found.operation.texts
    kind = found.kind.astype(np.int64) + 128
    key = (found.service.numbers * 256 + kind) * len(operations) + found.operation.numbers
    distinct, where = np.unique(key, return_inverse=True)
    rest, operation = np.divmod(distinct, len(operations))
    service, kind_ = np.divmod(rest, 256)
    labels = [
        (services[a], b - 128, operations[c])
        for a, b, c in zip(service.tolist(), kind_.tolist(), operation.tolist(), strict=True)
    ]
    return where, labels


def _caller(found: Spans, code: Indices) -> Indices:
    """The code object of the nearest span above that has one."""
    above = nearest(found.parents, code > 0)
    above = np.where(found.parents >= 0, above[found.parents], -1)
    return np.where(above >= 0, code[above], 0)


def _entry(found: Spans) -> pa.DictionaryArray:
    """The operation of the nearest SERVER or CONSUMER span at or above, without leaving the service."""
    above = found.parents
    is_home = (above >= 0) & (found.service.numbers[above] == found.service.numbers)
    place = nearest(np.where(is_home, above, -1), (found.kind == SERVER) | (found.kind == CONSUMER))
    texts = found.operation.texts
    return _texts(np.where(place >= 0, found.operation.numbers[place], len(texts)), pa.array([*texts, ""], pa.string()))


def _column(found: Spans, name: str) -> pa.Array:
    """In one piece, with a dictionary that the engine accepts."""
    column = found.rows.column(name).combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return distinct(column) if pa.types.is_dictionary(column.type) else column


def _texts(numbers: Indices, texts: pa.StringArray) -> pa.DictionaryArray:
    return distinct(pa.DictionaryArray.from_arrays(pa.array(numbers, pa.int32()), texts))
