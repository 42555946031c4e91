"""Quantiles as summaries report them: they cannot be computed anew, nor joined."""

from echoline.queries.metric_rows import Asked
from echoline.queries.pages import rows
from echoline.queries.params import Params


def quantiles(
    asked: Asked, share: float, lines: str, params: Params
) -> list[tuple[tuple[str, ...], int, float | None]]:
    """(labels, number of the step, value), by labels and step: the largest that any series reported for this quantile.

    Read from the points, since rollups do not keep quantiles; where a summary does not report it there is no value.
    """
    where = asked.points_where(params)
    step = asked.step_of("toUnixTimestamp64Nano(r.time)", params)
    place = f"arrayFirstIndex(q -> abs(q - {params.put(share, 'Float64')}) < 1e-9, r.quantiles)"
    sql = f"""
        SELECT labels, step, max(value) AS value FROM (
            SELECT {asked.labels(params)} AS labels, {step} AS step, {place} AS at, r.quantile_values[at] AS value
            FROM metric_points AS r WHERE {where} AND at > 0 AND NOT isNaN(value)
        )
        WHERE {lines} GROUP BY labels, step ORDER BY labels, step
    """
    return [(tuple(row["labels"]), row["step"], row["value"]) for row in rows(asked.store, sql, params)]
