"""Small rows of spans as settling reads them: `rows(made(1), made(2, 1))` is a span with a child."""

from dataclasses import dataclass

import pyarrow as pa

NUMBERS = {
    "kind": pa.int8(),
    "start_ns": pa.int64(),
    "duration_ns": pa.int64(),
    "status_code": pa.int8(),
    "status": pa.int32(),
    "line": pa.int32(),
    "resource_id": pa.uint64(),
    "retention_days": pa.uint16(),
}
TEXTS = (*("service", "environment", "version", "revision", "scope", "name", "operation", "query", "function", "file"),)
SERVER, CLIENT, PRODUCER, CONSUMER, INTERNAL = 2, 3, 4, 5, 1


@dataclass(frozen=True)
class Made:
    """One span; ids are small numbers, times nanoseconds."""

    id: int
    parent: int = 0
    start: int = 0
    end: int = 100
    operation: str = "work"
    kind: int = INTERNAL
    service: str = "shop"
    trace: int = 1
    failed: bool = False
    status: int = -1
    name: str = ""
    query: str = ""
    function: str = ""
    file: str = ""
    line: int = -1
    is_repeat_report: bool = False
    resource: int = 7


def rows(*spans: Made) -> pa.Table:
    """As the store answers."""
    numbers = {
        "kind": [each.kind for each in spans],
        "start_ns": [each.start for each in spans],
        "duration_ns": [each.end - each.start for each in spans],
        "status_code": [2 if each.failed else 0 for each in spans],
        "status": [each.status for each in spans],
        "line": [each.line for each in spans],
        "resource_id": [each.resource for each in spans],
        "retention_days": [14] * len(spans),
    }
    usual = {"environment": "test", "version": "1", "revision": "abc", "scope": "web"}
    ids = {
        "trace_id": pa.array([each.trace.to_bytes(16, "big") for each in spans], pa.binary(16)),
        "span_id": pa.array([each.id.to_bytes(8, "big") for each in spans], pa.binary(8)),
        "parent_span_id": pa.array([each.parent.to_bytes(8, "big") for each in spans], pa.binary(8)),
        "is_repeat_report": pa.array([each.is_repeat_report for each in spans], pa.bool_()),
    }
    texts = {name: [usual[name] if name in usual else getattr(each, name) for each in spans] for name in TEXTS}
    return pa.table(
        {
            **ids,
            **{name: pa.array(values, NUMBERS[name]) for name, values in numbers.items()},
            **{name: pa.array(values, pa.string()).dictionary_encode() for name, values in texts.items()},
        }
    )
