"""Rate and increase of counters and of the counts of distributions, across resets and gaps.

A cumulative series is cut into epochs by its start time: within one a point's increase is its value less that of the
point before, from the start of the epoch on less nothing, and after a fall (a sender that tells no start) the whole
value. A start of 0, or one that is the time of the first point, says that nothing is known before it. An increase is
spread evenly over the time in which it happened, so that totals are kept over steps and gaps.
"""

from dataclasses import dataclass

from echoline.model.instants import BILLION
from echoline.queries.metric_rows import Asked
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params

_DELTA = 1


@dataclass(frozen=True)
class Increase:
    """What one line gained in one step: of its value (the count, of a distribution) and of a distribution's sum."""

    value: float
    sum: float
    covered_s: float
    """How much of the step lies between the first and the last observation."""


def increases(asked: Asked, lines: str, params: Params) -> list[tuple[tuple[str, ...], int, Increase]]:
    """(labels, number of the step, increase), by labels and step; `lines` is a condition on labels.

    A step in which nothing was observed is left out.
    """
    window, step_ns = asked.steps.window, asked.steps.step_ns
    since, until = params.put(window.since_ns, "Int64"), params.put(window.until_ns, "Int64")
    length = params.put(step_ns, "Int64")
    stretches = _sent_as_delta(asked, params) if asked.shape.temporality == _DELTA else _chained(asked, params)
    sql = f"""
        SELECT labels, step, sum(gain * part) AS gained, sum(gain_w * part) AS gained_w,
            max(ends) - min(begins) AS covered_ns
        FROM (
            SELECT labels, gain, gain_w, t0, t1, step, {since} + step * {length} AS step_begins,
                greatest(t0, step_begins) AS begins, least(t1, step_begins + {length}) AS ends,
                if(t1 = t0, 1.0, (ends - begins) / (t1 - t0)) AS part
            FROM ({stretches})
            ARRAY JOIN range(
                intDiv(greatest(t0, {since}) - {since}, {length}),
                intDiv(least(if(t1 = t0, t1 + 1, t1), {until}) - {since} + {length} - 1, {length})
            ) AS step
            WHERE t1 > {since} OR (t1 = t0 AND t1 >= {since})
        )
        WHERE {lines} GROUP BY labels, step ORDER BY labels, step
    """
    return [_increase(row, step_ns) for row in rows(asked.store, sql, params)]


def _increase(row: Row, step_ns: int) -> tuple[tuple[str, ...], int, Increase]:
    covered_ns = row["covered_ns"] or step_ns
    return tuple(row["labels"]), row["step"], Increase(row["gained"], row["gained_w"], covered_ns / BILLION)


def _sent_as_delta(asked: Asked, params: Params) -> str:
    """Points that are increases: over the time since their start, or at once if they tell none."""
    value, other = ("toFloat64(r.count)", "ifNull(r.sum, 0)") if asked.shape.is_distribution else ("r.value", "0.0")
    where = asked.where(params, asked.look_back_ns if asked.is_raw else asked.steps.window.since_ns)
    if asked.is_raw:
        start, time = "toUnixTimestamp64Nano(r.start)", "toUnixTimestamp64Nano(r.time)"
        return f"""
            SELECT {asked.labels(params)} AS labels, {value} AS gain, {other} AS gain_w, {time} AS t1,
                if({start} > 0 AND {start} < t1, {start}, t1) AS t0
            FROM metric_points AS r WHERE {where}
        """
    value, other = ("r.count_sum", "r.sum_sum") if asked.shape.is_distribution else ("r.value_sum", "0.0")
    return f"""
        SELECT {asked.labels(params)} AS labels, toFloat64({value}) AS gain, {other} AS gain_w,
            toInt64(toUnixTimestamp(r.time)) * {BILLION} AS t0, t0 + {asked.grain_ns} AS t1
        FROM {asked.table} AS r WHERE {where}
    """


def _chained(asked: Asked, params: Params) -> str:
    """Stretches between points of a cumulative series, each with what was gained in it: from the row before to the
    first point of a row, and from there to its last one."""
    known_since = params.put(asked.look_back_ns, "Int64")
    return f"""
        SELECT labels, stretch.1 AS t0, stretch.2 AS t1, stretch.3 AS gain, stretch.4 AS gain_w
        FROM (
            -- An epoch that began so late that its first point would have been seen grew from nothing.
            SELECT labels, epoch_ns >= {known_since} AND epoch_ns < first_t AS is_whole,
                n > 1 AND first_v >= before_v AS is_on,
                multiIf(n > 1, before_t, is_whole, epoch_ns, first_t) AS from_t,
                if(is_on, first_v - before_v, first_v) AS between, if(is_on, first_w - before_w, first_w) AS between_w,
                [(from_t, first_t, between, between_w), (first_t, t, inner, inner_w)] AS stretches
            FROM (
                SELECT *, row_number() OVER chain AS n, lagInFrame(t) OVER chain AS before_t,
                    lagInFrame(v) OVER chain AS before_v, lagInFrame(w) OVER chain AS before_w
                FROM ({_points(asked, params)})
                WINDOW chain AS (PARTITION BY series_id, epoch_ns ORDER BY t, v
                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
            )
        )
        ARRAY JOIN stretches AS stretch
        WHERE t1 > t0
    """


def _points(asked: Asked, params: Params) -> str:
    """Points, or what a rollup keeps of those of a minute or hour: the first, the last, and the increase between."""
    is_distribution = asked.shape.is_distribution
    where = asked.where(params, asked.look_back_ns)
    if asked.is_raw:
        value, other = ("toFloat64(r.count)", "ifNull(r.sum, 0)") if is_distribution else ("r.value", "0.0")
        return f"""
            SELECT r.series_id AS series_id, {asked.labels(params)} AS labels,
                toUnixTimestamp64Nano(r.start) AS epoch_ns, toUnixTimestamp64Nano(r.time) AS t, {value} AS v,
                {other} AS w, t AS first_t, v AS first_v, w AS first_w, 0.0 AS inner, 0.0 AS inner_w
            FROM metric_points AS r WHERE {where}
        """
    number = "toFloat64({}.count)" if is_distribution else "{}.value"
    # Falls inside a row show only in what the rollup added up, and there without the value right after the fall.
    otherwise = "v" if is_distribution else "steps_up"
    is_rising = "v >= first_v" if is_distribution else "epoch_ns > 0 AND v >= first_v"
    inner = f"if({is_rising}, v - first_v, {otherwise})"
    return f"""
        SELECT series_id, labels, epoch_ns, toUnixTimestamp64Nano(z.time) AS t, {number.format("z")} AS v, z.sum AS w,
            toUnixTimestamp64Nano(a.time) AS first_t, {number.format("a")} AS first_v, a.sum AS first_w,
            {inner} AS inner, if(v >= first_v, w - first_w, w) AS inner_w
        FROM (
            SELECT r.series_id AS series_id, any({asked.labels(params)}) AS labels,
                toUnixTimestamp64Nano(r.epoch) AS epoch_ns, argMinMerge(r.first) AS a, argMaxMerge(r.last) AS z,
                deltaSumTimestampMerge(r.increase) AS steps_up
            FROM {asked.table} AS r WHERE {where} GROUP BY r.series_id, r.epoch, r.time
        )
    """
