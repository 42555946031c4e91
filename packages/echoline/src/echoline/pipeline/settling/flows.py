"""The flow of each trace: which steps it takes, whatever their order and however often."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.ids import identity
from echoline.pipeline.settling.ancestors import Indices, Mask, gathered
from echoline.pipeline.settling.spans import Spans, Uint64s

# Changing how a flow is made changes all ids: count it up then.
ALGORITHM = "1"
# Steps below this depth are no part of a flow, so that recursion does not make a flow of each depth.
MAX_DEPTH = 32
MAX_STEPS = 500
_KNOWN = 50_000
_DAY_NS = 86_400 * 10**9

Label = tuple[str, int, str]


class Shape(NamedTuple):
    """A flow: its first steps with their depth, depth first, and how many there are."""

    flow: str
    steps: list[tuple[int, Label]]
    total: int


@dataclass(frozen=True)
class Flows:
    """A flow per trace number, the span that stands for each trace, and rows of the table `flows`."""

    ids: list[str]
    of_trace: Indices
    is_root: Mask
    seen: pa.Table


class FlowIds:
    """Remembers flows by the sum of their steps' hashes, and which it told."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, Shape] = OrderedDict()
        self._told: set[tuple[str, str]] = set()
        self._labels: dict[Label, int] = {}

    def of(self, spans: Spans, label: Indices, labels: Sequence[Label]) -> Flows:
        """`label` is a number per span: service, kind and operation.

        A step is a label below the steps above it; those of all spans of a trace, each once, are its flow.
        """
        is_root = standing_for(spans)
        paths, is_step = _paths(spans, label, self._hashes(labels))
        with np.errstate(over="ignore"):
            in_trace = paths ^ _spread(spans.trace.astype(np.uint64) + np.uint64(1))
        steps = np.flatnonzero(is_step)
        steps = np.sort(steps[np.unique(in_trace[steps], return_index=True)[1]])
        first = np.flatnonzero(np.append(True, np.diff(spans.trace[steps]) != 0)) if len(steps) else steps
        sums = np.add.reduceat(_spread(paths[steps]), first) if len(steps) else np.zeros(0, np.uint64)
        ends = np.append(first[1:], len(steps))
        distinct, sample, where = np.unique(sums, return_index=True, return_inverse=True)
        ids, roots = list[str](), np.flatnonzero(is_root)
        seen = list[dict[str, object]]()
        for number, trace in zip(distinct.tolist(), sample.tolist(), strict=True):
            mine = steps[first[trace] : ends[trace]]
            shape = self._known.get(number) or self._make(number, spans, mine, paths, label, labels)
            ids.append(shape.flow)
            seen += self._row(shape, spans, int(roots[trace]), labels[label[roots[trace]]])
        return Flows(ids, where, is_root, pa.Table.from_pylist(seen, _SCHEMA))

    def forget(self) -> None:
        """What was told may be gone from the store."""
        self._told.clear()

    def _hashes(self, labels: Sequence[Label]) -> Uint64s:
        """Of labels, the same in each round."""
        if len(self._labels) > _KNOWN:
            self._labels.clear()
        for each in labels:
            if each not in self._labels:
                self._labels[each] = int(identity(each[0], str(each[1]), each[2]), 16)
        return np.array([self._labels[each] for each in labels], np.uint64)

    def _make(
        self, number: int, spans: Spans, steps: Indices, paths: Uint64s, label: Indices, labels: Sequence[Label]
    ) -> Shape:
        below: dict[int, list[tuple[Label, int]]] = {}
        for step in steps.tolist():
            above = int(paths[spans.parents[step]]) if spans.parents[step] >= 0 else 0
            below.setdefault(above, []).append((labels[label[step]], int(paths[step])))
        tree = list(_depth_first(below))
        texts = [text for depth, (service, kind, name) in tree for text in (str(depth), service, str(kind), name)]
        self._known[number] = made = Shape(identity(ALGORITHM, *texts), tree[:MAX_STEPS], len(tree))
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return made

    def _row(self, shape: Shape, spans: Spans, root: int, entry: Label) -> Iterator[dict[str, object]]:
        day = datetime.fromtimestamp(int(spans.start_ns[root]) / 1e9, UTC).date()
        flow, steps, total = shape
        if (flow, day.strftime("%Y%m")) in self._told:
            return
        if len(self._told) > _KNOWN:
            self._told.clear()
        self._told.add((flow, day.strftime("%Y%m")))
        yield {
            "flow": flow,
            "service": entry[0],
            "kind": entry[1],
            "entry": entry[2],
            "services": sorted({service for _, (service, _, _) in steps}),
            "steps.depth": [depth for depth, _ in steps],
            "steps.service": [service for _, (service, _, _) in steps],
            "steps.kind": [kind for _, (_, kind, _) in steps],
            "steps.operation": [name for _, (_, _, name) in steps],
            "steps_total": total,
            "sample": spans.rows.column("trace_id")[root].as_py(),
            "day": day,
        }


def standing_for(spans: Spans) -> Mask:
    """One span of each trace: a root, the longest one; where none came, of those without their parent the longest."""
    tops = np.flatnonzero(spans.parents < 0)
    order = np.lexsort((-spans.duration_ns[tops], spans.is_orphan[tops], spans.trace[tops]))
    tops = tops[order]
    found = np.zeros(len(spans), np.bool_)
    if len(tops):
        found[tops[np.append(True, np.diff(spans.trace[tops]) != 0)]] = True
    return found


def _paths(spans: Spans, label: Indices, hashes: Uint64s) -> tuple[Uint64s, Mask]:
    """A hash of each span's label and of those above it in their order; and which are not too deep."""
    depth = gathered(spans.parents, np.ones(len(spans), np.int64), np.add)
    with np.errstate(over="ignore"):
        own = _spread(hashes[label] ^ _spread(depth.astype(np.uint64))) if len(spans) else np.zeros(0, np.uint64)
        return gathered(spans.parents, own, np.add), depth <= MAX_DEPTH


def _spread(numbers: npt.NDArray[np.uint64]) -> Uint64s:
    """Each number as another one that looks like chance (the end of splitmix64)."""
    with np.errstate(over="ignore"):
        mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


def _depth_first(below: dict[int, list[tuple[Label, int]]]) -> Iterator[tuple[int, Label]]:
    """Depth and label of each step, siblings by label."""
    waiting = [(0, label, path) for label, path in sorted(below.get(0, ()), reverse=True)]
    while waiting:
        depth, label, path = waiting.pop()
        yield depth, label
        waiting += [(depth + 1, *each) for each in sorted(below.get(path, ()), reverse=True)]


_SCHEMA = pa.schema(
    [
        ("flow", pa.string()),
        ("service", pa.string()),
        ("kind", pa.int8()),
        ("entry", pa.string()),
        ("services", pa.list_(pa.string())),
        ("steps.depth", pa.list_(pa.uint16())),
        ("steps.service", pa.list_(pa.string())),
        ("steps.kind", pa.list_(pa.int8())),
        ("steps.operation", pa.list_(pa.string())),
        ("steps_total", pa.uint32()),
        ("sample", pa.binary(16)),
        ("day", pa.date32()),
    ]
)
