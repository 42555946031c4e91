"""Wire columns → the columns of a batch; what does not fit is mended, and counted as cut.

Ids of a wrong length become zeros (`invalid_trace_id`, `invalid_span_id`, `invalid_parent_span_id`), the invalid time
of an event becomes the start of its span and that of an exemplar the time of its point (`invalid_time`), an end before
the start becomes the start (`end_before_start`), a number that no enum of OTLP can have becomes 0 (`invalid_enum`). A
log record without a time has the time when it was observed; one that was never observed, the time of receipt.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.config import LimitsConfig
from echoline.decoding.checks import is_late
from echoline.decoding.limits import encoded, limited, limited_attributes, limited_values
from echoline.decoding.wire import INDEXES, Values, Wire, WirePart
from echoline.model.batch import PARTS, STRING, Batch, Int32s, Part
from echoline.model.records import PlainSignal

Int64s = npt.NDArray[np.int64]
# Whose time stands in for an invalid one.
_TIME_OF_ROW = {"events": "start_ns", "exemplars": "time_ns"}
_PARENT = {"scopes": "resource", "metrics": "scope", "events": "row", "links": "row", "exemplars": "row"}


@dataclass(frozen=True)
class Mending:
    """One call's work: `received_ns` are the times of receipt by request, `cut` is counted up on the way."""

    signal: PlainSignal
    wire: Wire
    received_ns: Int64s
    limits: LimitsConfig
    cut: Counter[str]

    def batch(self) -> Batch:
        """The batch; all that is wrong with rows has been left out before."""
        pool = limited(self.wire.pool, self.limits)
        parts = {}
        for name, part in self.wire.parts.items():
            schema = PARTS[self.signal][name]
            columns = {**part.columns, **self._times(name, part), **self._body(part)}
            indexes = self._indexes(name, part)
            mended = [
                indexes[field.name] if field.name in INDEXES else self._mended(columns[field.name], field)
                for field in schema
            ]
            attributes = limited_attributes(part.attributes, pool, self.limits.max_attributes, self.cut)
            parts[name] = Part(pa.Table.from_arrays(mended, schema=schema), attributes)
        return Batch(self.signal, parts, pool.pool)

    def _mended(self, values: pa.Array, field: pa.Field) -> pa.Array:
        if pa.types.is_fixed_size_binary(field.type):
            return self._ids(values, field)
        if field.type == STRING:
            return encoded(values, self.limits.max_value_bytes, self.cut)
        if field.type in (pa.int8(), pa.uint8()):
            return self._enum(values, field)
        return values

    def _ids(self, ids: pa.BinaryArray, field: pa.Field) -> pa.Array:
        """Binary of any length as binary of one, without a copy when all have it."""
        width = field.type.byte_width
        lengths = np.asarray(pc.binary_length(ids))
        if not (lengths == width).all():
            self.cut[f"invalid_{field.name}"] += int(((lengths != width) & (lengths > 0)).sum())
            ids = pc.if_else(pa.array(lengths == width), ids, pa.scalar(bytes(width), pa.binary()))
        return ids.cast(field.type)

    def _enum(self, numbers: pa.Array, field: pa.Field) -> pa.Array:
        values = np.asarray(numbers)
        is_wrong = (values < 0) | (values > 127)
        self.cut["invalid_enum"] += int(is_wrong.sum())
        return pa.array(np.where(is_wrong, 0, values), field.type)

    def _times(self, name: str, part: WirePart) -> dict[str, pa.Array]:
        """The times of a part as signed numbers."""
        times = {column: part.columns[column] for column in part.columns if column.endswith("_ns")}
        if name in _TIME_OF_ROW:
            times["time_ns"] = self._in_time(times["time_ns"], _TIME_OF_ROW[name], part.parents)
        signed = {column: np.asarray(values).astype(np.int64) for column, values in times.items()}
        if "end_ns" in signed:
            is_early = signed["end_ns"] < signed["start_ns"]
            self.cut["end_before_start"] += int(is_early.sum())
            signed["end_ns"] = np.where(is_early, signed["start_ns"], signed["end_ns"])
        if "observed_ns" in signed:
            received = self.received_ns[self._requests(part)]
            signed["observed_ns"] = np.where(signed["observed_ns"] == 0, received, signed["observed_ns"])
            signed["time_ns"] = np.where(signed["time_ns"] == 0, signed["observed_ns"], signed["time_ns"])
        return {column: pa.array(values) for column, values in signed.items()}

    def _in_time(self, times: pa.Array, of_row: str, rows: Int32s) -> pa.Array:
        late = is_late(times)
        if not late.any():
            return times
        self.cut["invalid_time"] += int(late.sum())
        return pc.if_else(pa.array(late), self.wire.parts["rows"].columns[of_row].take(pa.array(rows)), times)

    def _body(self, part: WirePart) -> dict[str, pa.Array]:
        """The bodies of log records within the limits; `encoded` counts those that are too long."""
        if "body" not in part.columns:
            return {}
        is_deep = np.asarray(part.columns["body_is_deep"])
        self.cut["value_depth"] += int(is_deep.sum())
        types = np.asarray(part.columns["body_type"]).astype(np.uint8)
        _, types, _ = limited_values(Values(part.columns["body"], types, is_deep), self.limits.max_value_bytes)
        return {"body_type": pa.array(types, pa.int32())}

    def _indexes(self, name: str, part: WirePart) -> dict[str, pa.Array]:
        """Where the rows of a part hang; for a span, log record or point all the way up to its request."""
        if name != "rows":
            return {_PARENT[name]: pa.array(part.parents)} if name in _PARENT else {}
        found = {"metric": part.parents, "scope": self._scopes(part), "request": self._requests(part)}
        found["resource"] = self.wire.parts["scopes"].parents[found["scope"]]
        return {column: pa.array(indices) for column, indices in found.items()}

    def _scopes(self, rows: WirePart) -> Int32s:
        return self.wire.parts["metrics"].parents[rows.parents] if self.signal == "metrics" else rows.parents

    def _requests(self, rows: WirePart) -> Int32s:
        resources = self.wire.parts["scopes"].parents[self._scopes(rows)]
        return self.wire.parts["resources"].parents[resources]
