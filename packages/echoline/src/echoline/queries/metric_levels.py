"""Average, minimum, maximum, last value and sum of what goes up and down."""

from echoline.model.batch import MetricType
from echoline.queries.metric_rows import Asked
from echoline.queries.pages import rows
from echoline.queries.params import Params


def levels(asked: Asked, function: str, lines: str, params: Params) -> list[tuple[tuple[str, ...], int, float]]:
    """(labels, number of the step, value), by labels and step; `lines` is a condition on labels.

    `avg`, `min` and `max` are over all points of a step; `sum` adds the averages of the series, `last` their last
    values (of gauges: averages them).
    """
    joined = {
        "avg": "sum(total) / sum(points)",
        "min": "min(low)",
        "max": "max(high)",
        "sum": "sum(total / points)",
        "last": "sum(newest)" if asked.shape.type == MetricType.SUM else "avg(newest)",
    }[function]
    sql = f"""
        SELECT labels, step, {joined} AS value FROM ({_by_series(asked, params)})
        WHERE {lines} GROUP BY labels, step ORDER BY labels, step
    """
    return [(tuple(row["labels"]), row["step"], row["value"]) for row in rows(asked.store, sql, params)]


def _by_series(asked: Asked, params: Params) -> str:
    where = asked.where(params, asked.steps.window.since_ns)
    labels = f"any({asked.labels(params)}) AS labels"
    if asked.is_raw:
        step = asked.step_of("toUnixTimestamp64Nano(r.time)", params)
        return f"""
            SELECT r.series_id, {labels}, {step} AS step, count() AS points, sum(r.value) AS total,
                min(r.value) AS low, max(r.value) AS high, argMax(r.value, r.time) AS newest
            FROM metric_points AS r WHERE {where} AND NOT isNaN(r.value) GROUP BY r.series_id, step
        """
    step = asked.step_of("toInt64(toUnixTimestamp(r.time)) * 1000000000", params)
    return f"""
        SELECT r.series_id, {labels}, {step} AS step, sum(r.points) AS points, sum(r.value_sum) AS total,
            min(r.value_min) AS low, max(r.value_max) AS high, argMaxMerge(r.last).value AS newest
        FROM {asked.table} AS r WHERE {where} GROUP BY r.series_id, step
    """
