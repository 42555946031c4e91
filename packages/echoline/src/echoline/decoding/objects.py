"""Reads message objects by plain loops: protobuf's own messages and those that come from JSON.

Both name their fields as OTLP does; what else differs between them is their `Dialect`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from echoline.decoding.fields import KINDS, Columns
from echoline.decoding.walk import walk
from echoline.decoding.wire import Values, Wire, WirePart, WirePool, complete, offsets_of, wire_schema
from echoline.model.batch import Attributes, Int32s, MetricType
from echoline.model.records import PlainSignal


class Dialect(Protocol):
    """How one kind of message object says what both kinds mean. Raises BadInput for what is no OTLP."""

    def column(self, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
        """The values of one field as an array, null for None."""
        ...

    def optional(self, message: Any, name: str) -> Any:
        """The field, or None when it is absent."""
        ...

    def kind(self, metric: Any) -> MetricType | None: ...

    def codes(self, key_values: Sequence[Any]) -> Int32s:
        """A code in the pool for each KeyValue."""
        ...

    def bodies(self, values: Sequence[Any]) -> Values: ...

    def pool(self) -> WirePool: ...


def read(signal: PlainSignal, messages: Sequence[Any], numbers: Sequence[int], dialect: Dialect) -> Wire:
    """The wire columns of export requests, whose places in the call are `numbers`. Raises BadInput."""
    parts = walk(signal, _Reader(signal, dialect), messages, numbers)
    return Wire(parts, dialect.pool(), {})


@dataclass(frozen=True)
class _Reader:
    """A Reader whose rows are sequences of message objects; a row may be None, where a message is absent."""

    signal: PlainSignal
    dialect: Dialect

    def children(self, rows: Sequence[Any], path: str) -> tuple[Sequence[Any], Int32s]:
        lists = [each or () for each in self._values(rows, path)]
        return [each for several in lists for each in several], np.repeat(
            np.arange(len(rows), dtype=np.int32), _sizes(lists)
        )

    def part(self, part: str, columns: Columns, rows: Sequence[Any], parents: Int32s, attributes: str) -> WirePart:
        kinds = wire_schema(self.signal, part)
        arrays = {column: self._column(rows, path, kinds[column]) for column, path in columns.items()}
        lists = [each or () for each in self._values(rows, attributes)]
        codes = self.dialect.codes([each for several in lists for each in several])
        return WirePart(arrays, parents, Attributes(offsets_of(_sizes(lists)), codes))

    def bodies(self, logs: Sequence[Any]) -> Values:
        return self.dialect.bodies([log.body for log in logs])

    def kinds(self, metrics: Sequence[Any]) -> dict[str, pa.Array]:
        kinds = [self.dialect.kind(metric) for metric in metrics]
        data = [kind and getattr(metric, KINDS[kind].member) for metric, kind in zip(metrics, kinds, strict=True)]
        return {
            "type": pa.array([kind or 0 for kind in kinds], pa.int32()),
            "temporality": self._column(data, "aggregation_temporality", pa.int32()),
            "is_monotonic": self._column(data, "is_monotonic", pa.bool_()),
        }

    def _column(self, rows: Sequence[Any], path: str, kind: pa.DataType) -> pa.Array:
        return complete(self.dialect.column(self._values(rows, path), kind), kind, path)

    def _values(self, rows: Sequence[Any], path: str) -> Sequence[Any]:
        """The field at a path (see fields.py) of each row."""
        if path.endswith("?"):
            return [self.dialect.optional(row, path[:-1]) for row in rows]
        name, _, rest = path.partition(".")
        if name.endswith("[]"):
            return [[getattr(each, rest) for each in getattr(row, name[:-2]) or ()] for row in rows]
        found = [getattr(row, name, None) for row in rows]
        return self._values(found, rest) if rest else found


def _sizes(lists: Sequence[Sequence[Any]]) -> Int32s:
    return np.array([len(each) for each in lists], np.int32)
