"""Durations over time, as counts on a grid whose rows are on a logarithmic scale."""

import math

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers_traces import HeatCell, HeatMap
from echoline.model.instants import BILLION, rfc3339
from echoline.model.window import Window
from echoline.queries.pages import newest, rows
from echoline.queries.params import Params
from echoline.queries.span_filters import SpanFilter
from echoline.queries.windows import steps

ROWS_PER_DECADE = 8
MOST_COLUMNS = 500


def heat_map(
    store: Store, window: Window, wanted: SpanFilter, *, step_ns: int | None = None, columns: int = 80
) -> HeatMap:
    """Spans that fit, by time and duration; a call that is reported twice counts once.

    In steps of `step_ns`, or round ones that give about `columns`; the window is widened to whole steps. A row is
    10^(1/8) times as long as the one below; durations under a microsecond are in the lowest. Raises BadInput for more
    than 500 columns.
    """
    if not 1 <= columns <= MOST_COLUMNS:
        raise BadInput(f"{columns} columns: allowed are 1 to {MOST_COLUMNS}")
    cut = steps(window, step_ns, grain_ns=BILLION, most=MOST_COLUMNS, aim=columns)
    params = Params()
    since, length = params.put(cut.window.since_ns, "Int64"), params.put(cut.step_ns, "Int64")
    where = f"{params.within(cut.window)} AND NOT is_repeat_report AND {wanted.sql(store, params)}"
    sql = f"""
        SELECT intDiv(toUnixTimestamp64Nano(start) - {since}, {length}) AS x,
            toInt32(floor(log10(greatest(duration_ns, 1000)) * {ROWS_PER_DECADE} + 1e-9)) AS y,
            count() AS n, countIf(status_code = 2) AS failed
        FROM spans WHERE {where} GROUP BY x, y ORDER BY x, y
    """
    found = rows(store, sql, params)
    low, high = min((row["y"] for row in found), default=0), max((row["y"] for row in found), default=-1)
    return HeatMap(
        since=rfc3339(cut.window.since_ns),
        until=rfc3339(cut.window.until_ns),
        step_ns=cut.step_ns,
        columns=cut.count,
        bounds_ns=tuple(bound_ns(row) for row in range(low, high + 2)) if found else (),
        cells=tuple(HeatCell(row["x"], row["y"] - low, row["n"], row["failed"]) for row in found),
        spans=sum(row["n"] for row in found),
        errors=sum(row["failed"] for row in found),
        newest=None if found else newest(store, "traces", wanted.service, wanted.environment),
    )


def bound_ns(row: int) -> int:
    """Where a row begins: the smallest whole duration in it."""
    return math.ceil(10 ** (row / ROWS_PER_DECADE) - 1e-6)
