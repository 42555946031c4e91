"""Rows of the table `spans`."""

import numpy as np
import pyarrow as pa

from echoline.model.batch import Batch
from echoline.stores.columns import TIME, Columns, array, numbers, same, times
from echoline.stores.maps import nested
from echoline.stores.shared import Shared

_SAME = (
    *("trace_id", "span_id", "parent_span_id", "trace_state", "flags", "kind", "name", "operation"),
    *("status_code", "status_message", "method", "route", "status", "db_system", "query", "peer"),
    *("function", "file", "line", "error_type", "exception_type", "is_repeat_report"),
    *("dropped_attributes", "dropped_events", "dropped_links"),
)


def span_rows(shared: Shared) -> Columns:
    """Columns of one row per span; of a span that ends before it starts the duration is 0."""
    part = shared.batch.parts["rows"]
    start, end = numbers(part, "start_ns"), numbers(part, "end_ns")
    return {
        **same(part, _SAME),
        **shared.columns(),
        "start": pa.array(start).cast(TIME),
        "duration_ns": pa.array(np.maximum(end - start, 0)),
        **shared.maps.columns(part),
        **_events(shared),
        **_links(shared),
    }


def _events(shared: Shared) -> Columns:
    part = shared.batch.parts["events"]
    return _nested(
        "events",
        shared.batch,
        {
            "time": times(part, "time_ns"),
            "name": array(part, "name"),
            "attributes": shared.maps.values(part.attributes),
            "types": shared.maps.kinds(part.attributes),
            "dropped_attributes": array(part, "dropped_attributes"),
        },
    )


def _links(shared: Shared) -> Columns:
    part = shared.batch.parts["links"]
    return _nested(
        "links",
        shared.batch,
        {
            **same(part, ("trace_id", "span_id", "trace_state", "flags", "dropped_attributes")),
            "attributes": shared.maps.values(part.attributes),
            "types": shared.maps.kinds(part.attributes),
        },
    )


def _nested(name: str, batch: Batch, children: Columns) -> Columns:
    """One array per span and column; nothing when no span has any, the columns get their default."""
    row = numbers(batch.parts[name], "row")
    if not len(row):
        return {}
    if (row[1:] < row[:-1]).any():
        order = np.argsort(row, kind="stable")
        row, children = row[order], {key: child.take(pa.array(order)) for key, child in children.items()}
    return {f"{name}.{key}": nested(row, len(batch), child) for key, child in children.items()}
