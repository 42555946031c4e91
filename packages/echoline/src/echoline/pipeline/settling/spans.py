"""The spans of some traces, in order of trace and start, each with the index of its parent."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.pipeline.settling.ancestors import Indices, Mask, nearest, without_circles

SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL = 2, 3, 4, 5, 1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
# Spans of instrumentations that tell of the inside of a server span what its program does not: folded into it.
_FOLDED_NAMES = r"^fastapi\.(?:dependencies|endpoint|serialization)$"
_FOLDED_ASGI = r" (?:http|websocket) (?:send|receive)$"

Int64s = npt.NDArray[np.int64]
Uint64s = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Codes:
    """A column of texts: a number per span, and the text of each number."""

    numbers: Indices
    texts: list[str]

    @classmethod
    def of(cls, column: pa.ChunkedArray) -> "Codes":
        """Of a dictionary encoded column."""
        whole = column.unify_dictionaries().combine_chunks() if column.num_chunks != 1 else column.chunk(0)
        return cls(whole.indices.to_numpy().astype(np.int64), whole.dictionary.to_pylist())

    def where(self, chosen: set[str]) -> Mask:
        """Which spans have one of these texts."""
        return np.array([text in chosen for text in self.texts] or [False])[self.numbers]


@dataclass(frozen=True)
class Spans:
    """All columns alike long, ordered by trace, start and id."""

    rows: pa.Table
    """As read from the store."""
    trace: Indices
    """Number of the trace."""
    parents: Indices
    """-1 for a span without one, also when it did not come or is in a circle."""
    is_orphan: Mask
    """It names a parent that is not there."""
    start_ns: Int64s
    duration_ns: Int64s
    kind: npt.NDArray[np.int8]
    service: Codes
    operation: Codes

    def __len__(self) -> int:
        return len(self.trace)

    def numbers(self, name: str) -> npt.NDArray[Any]:
        """A column of numbers."""
        found: npt.NDArray[Any] = self.rows.column(name).to_numpy()
        return found

    def codes(self, name: str) -> Codes:
        """A column of texts."""
        return Codes.of(self.rows.column(name))


def spans(rows: pa.Table) -> Spans:
    """Of rows of the store in any order. A span that is there twice, to the nanosecond, is there once.

    The parent of a span is the first of its trace with that id. Reports that another one repeats, and helper spans of
    frameworks, are left out: what hangs below them hangs below the next one above.
    """
    rows = rows.unify_dictionaries().combine_chunks()
    trace, span = _trace_numbers(rows), _ids(rows.column("span_id"))
    start_ns = rows.column("start_ns").to_numpy()
    order = np.lexsort((span, start_ns, trace))
    trace, span, start_ns = trace[order], span[order], start_ns[order]
    rows, parent = rows.take(pa.array(order)), _ids(rows.column("parent_span_id"))[order]
    parents = without_circles(_places(trace, span, parent))
    again = np.zeros(len(trace), np.bool_)
    again[1:] = (trace[1:] == trace[:-1]) & (span[1:] == span[:-1]) & (start_ns[1:] == start_ns[:-1])
    is_left_out = _folded(rows) | np.asarray(rows.column("is_repeat_report")).astype(np.bool_) | again
    is_orphan = (parent != 0) & (parents < 0)
    return _only(rows, trace, parents, is_orphan, ~is_left_out)


def _only(rows: pa.Table, trace: Indices, parents: Indices, is_orphan: Mask, kept: Mask) -> Spans:
    """Those that are kept, below the nearest one above them that is kept."""
    if not kept.all():
        above = nearest(parents, kept)
        parents = np.where(parents >= 0, above[parents], -1)
        new = np.cumsum(kept) - 1
        parents = np.where(parents >= 0, new[parents], -1)[kept]
        rows, is_orphan = rows.filter(pa.array(kept)), is_orphan[kept]
        trace = np.unique(trace[kept], return_inverse=True)[1]
    return Spans(
        rows,
        trace,
        parents,
        is_orphan,
        rows.column("start_ns").to_numpy(),
        rows.column("duration_ns").to_numpy(),
        rows.column("kind").to_numpy(),
        Codes.of(rows.column("service")),
        Codes.of(rows.column("operation")),
    )


def _trace_numbers(rows: pa.Table) -> Indices:
    """Traces by number; which one has which does not matter."""
    encoded = rows.column("trace_id").combine_chunks()
    encoded = encoded.chunk(0) if isinstance(encoded, pa.ChunkedArray) else encoded
    numbers: Indices = pc.dictionary_encode(encoded).indices.to_numpy().astype(np.int64)
    return numbers


def _ids(column: pa.ChunkedArray) -> Uint64s:
    """Span ids as numbers."""
    whole = column.combine_chunks()
    whole = whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole
    buffer = whole.buffers()[1]
    return np.frombuffer(buffer, np.uint64, len(whole), whole.offset * 8) if buffer else np.zeros(0, np.uint64)


def _places(trace: Indices, span: Uint64s, parent: Uint64s) -> Indices:
    """Where each parent stands, -1 for nowhere."""
    with np.errstate(over="ignore"):
        salt = (trace.astype(np.uint64) + np.uint64(1)) * _GOLDEN
    sought, there = np.where(parent == 0, np.uint64(0), parent ^ salt), span ^ salt
    found = pc.fill_null(pc.index_in(pa.array(sought), pa.array(there)), -1).to_numpy().astype(np.int64)
    # Two traces may make one number of two ids, so what was found is looked at.
    is_right = (found >= 0) & (parent != 0) & (span[found] == parent) & (trace[found] == trace)
    return np.where(is_right, found, -1)


def _folded(rows: pa.Table) -> Mask:
    """Helper spans of FastAPI, and those that the ASGI instrumentation makes of each message."""
    names = Codes.of(rows.column("name"))
    texts = pa.array(names.texts, pa.string())
    by_name, asgi = (
        np.append(pc.match_substring_regex(texts, each).to_numpy(zero_copy_only=False), False)[names.numbers]
        for each in (_FOLDED_NAMES, _FOLDED_ASGI)
    )
    folded: Mask = (rows.column("kind").to_numpy() == INTERNAL) & (by_name | asgi)
    return folded
