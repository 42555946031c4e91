"""Decoded requests before any rule of ours: what all three ways of reading make, and the checks take.

Columns are those of model/batch.py without their indexes, in the types of `fields.wire_type`; a log's body has
`body_is_deep` beside it. `parents` say for each row where it hangs: a resource in a request, a scope in a resource, a
span, log record or metric in a scope, a point in a metric, and events, links and exemplars in their row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.decoding.fields import wire_type
from echoline.model.batch import PARTS, STRING, Attributes, Bytes, Int32s
from echoline.model.records import PlainSignal

Mask = npt.NDArray[np.bool_]
INDEXES = ("request", "resource", "scope", "metric", "row")
CHILDREN = ("events", "links", "exemplars")
_DEFAULTS = {
    pa.string(): "",
    pa.binary(): b"",
    pa.bool_(): False,
    pa.float64(): 0.0,
    **dict.fromkeys([pa.int32(), pa.uint32(), pa.int64(), pa.uint64()], 0),
}


@dataclass(frozen=True)
class Values:
    """Attribute values or bodies: canonical text, ValueType, and whether nesting was cut at the limit of depth."""

    texts: pa.StringArray
    types: Bytes
    is_deep: Mask


@dataclass(frozen=True)
class WirePool:
    """Attributes, distinct as far as their reader could tell: `keys` is dictionary encoded."""

    keys: pa.DictionaryArray
    values: Values


@dataclass(frozen=True)
class WirePart:
    """One part of a batch, all columns of one length."""

    columns: Mapping[str, pa.Array]
    parents: Int32s
    attributes: Attributes

    def __len__(self) -> int:
        return len(self.parents)

    def take(self, rows: npt.NDArray[np.intp]) -> "WirePart":
        """The given rows in the given order."""
        indices = pa.array(rows)
        columns = {name: column.take(indices) for name, column in self.columns.items()}
        return WirePart(columns, self.parents[rows], take_attributes(self.attributes, rows))


@dataclass(frozen=True)
class Wire:
    """Some requests of one signal; `cut` counts what reading itself had to mend."""

    parts: Mapping[str, WirePart]
    pool: WirePool
    cut: Mapping[str, int]


def wire_schema(signal: PlainSignal, part: str) -> Mapping[str, pa.DataType]:
    """The columns of one part and their types."""
    kinds = {field.name: wire_type(field) for field in PARTS[signal][part] if field.name not in INDEXES}
    return {**kinds, "body_is_deep": pa.bool_()} if "body" in kinds else kinds


def nothing(signal: PlainSignal, part: str) -> WirePart:
    """A part without rows."""
    columns = {name: pa.array([], kind) for name, kind in wire_schema(signal, part).items()}
    none = np.zeros(0, np.int32)
    return WirePart(columns, none, Attributes(offsets_of(none), none))


def complete(column: pa.Array, kind: pa.DataType, path: str) -> pa.Array:
    """The column in its type, with nulls only where the field at that path (see fields.py) is optional."""
    if column.null_count and pa.types.is_list(kind):
        column = pa.ListArray.from_arrays(pa.array(offsets_of(lengths_of(column))), column.flatten())
    elif column.null_count and not path.endswith("?"):
        column = column.fill_null(_DEFAULTS[kind])
    return column if column.type == kind else column.cast(kind)


def lengths_of(lists: pa.ListArray) -> Int32s:
    """The length of each list, 0 for null."""
    if lists.null_count:
        return np.asarray(pc.list_value_length(lists).fill_null(0))
    return np.diff(np.asarray(lists.offsets))


def take_attributes(attributes: Attributes, rows: npt.NDArray[np.intp]) -> Attributes:
    """The lists of the given rows in the given order."""
    starts, ends = attributes.offsets[rows], attributes.offsets[rows + 1]
    offsets = offsets_of(ends - starts)
    # Each code's place: its own number, moved from where its row begins now to where it began before.
    places = np.arange(offsets[-1]) + np.repeat(starts - offsets[:-1], ends - starts)
    return Attributes(offsets, attributes.codes[places])


def offsets_of(lengths: npt.NDArray[np.integer]) -> Int32s:
    """Where lists of these lengths begin, and where the last one ends."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return offsets


def only(wire: Wire, wanted: Mask) -> Wire:
    """Without the rows that are not wanted and what hangs on them."""
    rows = wire.parts["rows"]
    places = np.cumsum(wanted, dtype=np.int32) - np.int32(1)
    parts = {**wire.parts, "rows": rows.take(np.flatnonzero(wanted))}
    for name in CHILDREN:
        if name in parts:
            kept = parts[name].take(np.flatnonzero(wanted[parts[name].parents]))
            parts[name] = WirePart(kept.columns, places[kept.parents], kept.attributes)
    return Wire(parts, wire.pool, wire.cut)


def stack(parts: Sequence[WirePart], above: Sequence[int], codes: Sequence[Int32s] | None = None) -> WirePart:
    """Parts below each other; `above[i]` is added to the parents of the i-th, `codes[i]` are its attributes instead."""
    attributes = [part.attributes for part in parts]
    lengths = np.concatenate([np.diff(each.offsets) for each in attributes])
    return WirePart(
        {name: pa.concat_arrays([part.columns[name] for part in parts]) for name in parts[0].columns},
        np.concatenate([part.parents + np.int32(more) for part, more in zip(parts, above, strict=True)]),
        Attributes(offsets_of(lengths), np.concatenate(codes or [each.codes for each in attributes])),
    )


def join(signal: PlainSignal, wires: Sequence[Wire]) -> Wire:
    """Several as one, in their order, with one pool in which every attribute stands once."""
    if len(wires) == 1:
        return wires[0]
    pool, codes = _one_pool([wire.pool for wire in wires])
    parts = {}
    for name in PARTS[signal]:
        several = [wire.parts[name] for wire in wires]
        renamed = [new[part.attributes.codes] for new, part in zip(codes, several, strict=True)]
        parts[name] = stack(several, _above(signal, name, wires), renamed)
    cut = {reason: sum(wire.cut.get(reason, 0) for wire in wires) for wire in wires for reason in wire.cut}
    return Wire(parts, pool, cut)


def _above(signal: PlainSignal, part: str, wires: Sequence[Wire]) -> list[int]:
    """How far the parents of each wire's rows move, when the wires are put below each other."""
    if part == "resources":
        return [0] * len(wires)
    parent = {"scopes": "resources", "metrics": "scopes", "rows": "metrics" if signal == "metrics" else "scopes"}
    sizes = [len(wire.parts[parent.get(part, "rows")]) for wire in wires]
    return [sum(sizes[:number]) for number in range(len(sizes))]


def _one_pool(pools: Sequence[WirePool]) -> tuple[WirePool, list[Int32s]]:
    """The pools as one, and for each its codes in the new one."""
    found: dict[tuple[str, str, int, bool], int] = {}
    codes = []
    for pool in pools:
        values = pool.values
        entries = zip(
            pool.keys.to_pylist(), values.texts.to_pylist(), values.types.tolist(), values.is_deep.tolist(), strict=True
        )
        codes.append(np.array([found.setdefault(entry, len(found)) for entry in entries], np.int32))
    return pool_of(list(found)), codes


def pool_of(entries: Sequence[tuple[str, str, int, bool]]) -> WirePool:
    """A pool of (key, text, type, is deep)."""
    keys, texts, types, is_deep = zip(*entries, strict=True) if entries else ((), (), (), ())
    values = Values(pa.array(texts, pa.string()), np.array(types, np.uint8), np.array(is_deep, np.bool_))
    return WirePool(pa.array(keys, pa.string()).dictionary_encode().cast(STRING), values)
