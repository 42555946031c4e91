"""Rows of the tables `metric_points` and `exemplars`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Int32s
from echoline.stores.columns import TIME, Columns, array, measured, numbers, same, taken, times
from echoline.stores.identity import Ids, ids_of_attributes, ids_of_strings, mixed
from echoline.stores.shared import Shared

_SAME = (
    *("flags", "sum", "min", "max", "bounds", "bucket_counts", "scale", "positive_counts", "negative_counts"),
    *("quantiles", "quantile_values"),
)
_ZERO_WHEN_ABSENT = ("count", "zero_count", "zero_threshold", "positive_offset", "negative_offset")
_OF_METRIC = {
    "metric": "name",
    **{name: name for name in ("type", "temporality", "is_monotonic", "unit", "description")},
}


def point_rows(shared: Shared) -> Columns:
    """Columns of one row per metric point; lists that a point does not have are empty."""
    part, metrics = shared.batch.parts["rows"], shared.batch.parts["metrics"]
    metric = numbers(part, "metric")
    return {
        **{name: taken(metrics, source, metric) for name, source in _OF_METRIC.items()},
        **shared.columns(),
        "series_id": pa.array(_series_ids(shared, metric)),
        "start": times(part, "start_ns"),
        "time": times(part, "time_ns"),
        **measured(part),
        **same(part, _SAME),
        **{name: pc.fill_null(array(part, name), 0) for name in _ZERO_WHEN_ABSENT},
        **shared.maps.columns(part),
        "metadata": shared.maps.values(metrics.attributes).take(pa.array(metric)),
    }


def exemplar_rows(shared: Shared, points: Columns) -> Columns:
    """Columns of one row per exemplar; `points` are the rows that they belong to.

    An exemplar without a time, or later than its point, has the time of its point.
    """
    part = shared.batch.parts["exemplars"]
    row = pa.array(numbers(part, "row"))
    own, latest = numbers(part, "time_ns"), numbers(shared.batch.parts["rows"], "time_ns")[row]
    of_point = ("metric", "service", "environment", "series_id", "retention_days")
    return {
        **{name: points[name].take(row) for name in of_point},
        **same(part, ("trace_id", "span_id")),
        "time": pa.array(np.where((own > 0) & (own <= latest), own, latest)).cast(TIME),
        **measured(part),
        **shared.maps.columns(part),
    }


def _series_ids(shared: Shared, metric: Int32s) -> Ids:
    metrics = shared.batch.parts["metrics"]
    of_metric = mixed(
        ids_of_strings(array(metrics, "name")),
        ids_of_strings(array(metrics, "unit")),
        *(numbers(metrics, name).astype(np.uint64) for name in ("type", "temporality", "is_monotonic")),
    )
    of_point = ids_of_attributes(shared.batch.parts["rows"].attributes, shared.batch.pool)
    return mixed(shared.resource_ids[shared.resource], shared.scope_ids[shared.scope], of_metric[metric], of_point)
