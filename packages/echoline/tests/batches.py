"""Small builders of normalised batches: `batch("traces", span(service="shop"))` is what the store gets.

Items are dictionaries of the columns that differ from the usual ones, beside `attributes` and `originals`; of a span
also `events` and `links`, of a point `exemplars`, of a sample `frames`; `resource`, `scope` and `metric` are tuples of
pairs made by `of(...)`, so that alike ones are one.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from echoline.model.batch import NORMALISED, PARTS, Attributes, Batch, Part, Pool, ValueType
from echoline.model.records import Signal

NOW_NS = 1_795_300_000_000_000_000
SECOND_NS = 10**9
DAY_NS = 86_400 * SECOND_NS
Item = Mapping[str, Any]


def of(**columns: Any) -> Item:
    return columns


SHOP = of(service="shop", environment="test", version="1", revision="abc")


def span(operation: str = "GET /cart", ms: float = 10, **columns: Any) -> Item:
    start = columns.pop("start_ns", NOW_NS - 60 * SECOND_NS)
    usual = {"name": operation, "operation": operation, "kind": 2, "start_ns": start, "end_ns": start + int(ms * 1e6)}
    ids = {"trace_id": b"\1" * 16, "parent_span_id": bytes(8), "span_id": _digest(repr((usual, columns)), 8)}
    return {**usual, **ids, **columns}


def log(body: str = "cart saved", **columns: Any) -> Item:
    time = columns.pop("time_ns", NOW_NS - 60 * SECOND_NS)
    usual = {"body": body, "body_type": 1, "severity_number": 9, "severity_text": "INFO"}
    return {**usual, "time_ns": time, "observed_ns": time, "trace_id": bytes(16), "span_id": bytes(8), **columns}


def point(value: float | None = 1.0, **columns: Any) -> Item:
    time = columns.pop("time_ns", NOW_NS - 60 * SECOND_NS)
    return {"metric": of(name="carts", type=1), "time_ns": time, "value_double": value, **columns}


def sample(*frames: str, ms: float = 20, **columns: Any) -> Item:
    """A profile sample; frames outermost first, as `file:function:line`."""
    time = columns.pop("time_ns", NOW_NS - 60 * SECOND_NS)
    usual = {"time_ns": time, "type": "cpu", "unit": "nanoseconds", "value": int(ms * 1e6), "hits": 1}
    return {**usual, "trace_id": bytes(16), "span_id": bytes(8), "frames": frames, **columns}


def batch(signal: Signal, *items: Item) -> Batch:
    """A batch of these spans, log records, points or samples, all of one request."""
    pool: dict[tuple[str, str, int], int] = {}
    shared = {
        part: list({repr(item.get(key, usual)): item.get(key, usual) for item in items}.values())
        for part, key, usual in (("resources", "resource", SHOP), ("scopes", "scope", of(name="web")), *_METRIC[signal])
    }
    rows = [
        {**item, **{key: shared[part].index(item.get(key, usual)) for part, key, usual in _numbered(signal)}}
        for item in items
    ]
    contents: dict[str, Sequence[Item]] = {**shared, "rows": rows}
    if signal == "profiles":
        contents.update(_folded(rows))
    for name in ("events", "links", "exemplars"):
        contents[name] = [{**each, "row": row} for row, item in enumerate(items) for each in item.get(name, ())]
    parts = {name: _part(signal, name, contents[name], pool) for name in PARTS[signal]}
    keys = pa.array([key for key, _, _ in pool], pa.string()).dictionary_encode()
    values = pa.array([value for _, value, _ in pool], pa.string())
    return Batch(signal, parts, Pool(keys, values, np.array([kind for _, _, kind in pool], np.uint8)))


def _folded(rows: Sequence[dict[str, Any]]) -> dict[str, Sequence[Item]]:
    """The parts `frames` and `stacks` of samples, which get the number of their stack."""
    stacks = list(dict.fromkeys(row["frames"] for row in rows))
    frames = list(dict.fromkeys(frame for stack in stacks for frame in stack))
    for row in rows:
        row["stack"] = stacks.index(row["frames"])
    split = [frame.split(":") for frame in frames]
    return {
        "frames": [of(file=file, function=function, line=int(line)) for file, function, line in split],
        "stacks": [of(frames=[frames.index(frame) for frame in stack]) for stack in stacks],
    }


_METRIC: dict[Signal, tuple[tuple[str, str, Item], ...]] = {
    "traces": (),
    "logs": (),
    "profiles": (),
    "metrics": (("metrics", "metric", of(name="carts", type=1)),),
}


def _numbered(signal: Signal) -> Sequence[tuple[str, str, Item]]:
    return (("resources", "resource", SHOP), ("scopes", "scope", of(name="web")), *_METRIC[signal])


def _part(signal: Signal, name: str, rows: Sequence[Item], pool: dict[tuple[str, str, int], int]) -> Part:
    schema = pa.schema([*PARTS[signal][name], *NORMALISED[signal].get(name, ())])
    columns = {field.name: pa.array([_value(field, row) for row in rows], field.type) for field in schema}
    originals = [row.get("originals", {}) for row in rows]
    return Part(
        pa.table(columns, schema),
        _attributes([row.get("attributes", {}) for row in rows], pool),
        _attributes(originals, pool) if any(originals) else None,
    )


def _value(field: pa.Field, row: Item) -> Any:
    usual: Any = 0
    if pa.types.is_dictionary(field.type):
        usual = ""
    elif pa.types.is_fixed_size_binary(field.type):
        usual = bytes(field.type.byte_width)
    elif pa.types.is_boolean(field.type):
        usual = False
    elif field.name in _NULL_WHEN_ABSENT or pa.types.is_list(field.type):
        usual = None
    elif field.name in ("status", "line"):
        usual = -1  # not known
    return row.get(field.name, usual)


_NULL_WHEN_ABSENT = {
    *("value_int", "value_double", "count", "sum", "min", "max", "scale", "zero_count", "zero_threshold"),
    *("positive_offset", "negative_offset"),
}


def _attributes(rows: Iterable[Mapping[str, Any]], pool: dict[tuple[str, str, int], int]) -> Attributes:
    codes, offsets = [], [0]
    for row in rows:
        codes += [pool.setdefault((key, *_canonical(value)), len(pool)) for key, value in row.items()]
        offsets.append(len(codes))
    return Attributes(np.array(offsets, np.int32), np.array(codes, np.int32))


def _canonical(value: object) -> tuple[str, int]:
    if isinstance(value, bool):
        return str(value).lower(), ValueType.BOOL
    if isinstance(value, int):
        return str(value), ValueType.INT
    if isinstance(value, float):
        return repr(value), ValueType.DOUBLE
    if isinstance(value, list):
        return json.dumps(value, separators=(",", ":")), ValueType.ARRAY
    return str(value), ValueType.STRING


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=size).digest()
