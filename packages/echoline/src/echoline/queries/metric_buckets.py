"""Increases of the buckets of histograms, of both kinds, by step: what percentiles are made of.

Within an epoch of a cumulative series the buckets of a point less those of the point before are what came between. As
sums do not mind the order, the ones before are just added with a minus. Exponential buckets of any scale become those
of the coarsest one in the window.
"""

from dataclasses import dataclass

from echoline.model.batch import MetricType
from echoline.queries.distributions import KEY_ZERO, Buckets, explicit, exponential, joined
from echoline.queries.metric_rows import Asked
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params

_DELTA = 1


@dataclass(frozen=True)
class _Columns:
    """SQL of what a row holds: Array(Int64) keys and counts, and the count of all."""

    keys: str
    counts: str
    total: str


def buckets(asked: Asked, lines: str, params: Params) -> list[tuple[tuple[str, ...], int, Buckets]]:
    """(labels, number of the step, its buckets), by labels and step; `lines` is a condition on labels."""
    is_exponential = asked.shape.type == MetricType.EXPONENTIAL_HISTOGRAM
    scale = _coarsest(asked) if is_exponential else 0
    sql = f"""
        SELECT labels, step, bounds, sumMap(keys, counts) AS summed, min(low) AS least, max(high) AS most
        FROM ({_gained(asked, scale, params)}) WHERE {lines}
        GROUP BY labels, step, bounds ORDER BY labels, step
    """
    found: dict[tuple[tuple[str, ...], int], list[Buckets]] = {}
    for row in rows(asked.store, sql, params):
        found.setdefault((tuple(row["labels"]), row["step"]), []).append(_buckets(row, scale, is_exponential))
    return [(labels, step, joined(parts)) for (labels, step), parts in found.items()]


def _buckets(row: Row, scale: int, is_exponential: bool) -> Buckets:
    keys, counts = row["summed"].values()
    if is_exponential:
        return exponential(scale, keys, counts, row["least"], row["most"])
    return explicit(row["bounds"], keys, counts, row["least"], row["most"])


def _coarsest(asked: Asked) -> int:
    params = Params()
    where = asked.where(params, asked.look_back_ns)
    (row,) = rows(asked.store, f"SELECT min(scale) AS scale FROM {asked.table} AS r WHERE {where}", params)
    return int(row["scale"] or 0)


def _gained(asked: Asked, scale: int, params: Params) -> str:
    step = asked.step_of("t", params)
    since = params.put(asked.steps.window.since_ns, "Int64")
    if asked.shape.temporality == _DELTA:
        points = _points(asked, scale, params, asked.steps.window.since_ns)
        return f"SELECT labels, {step} AS step, bounds, low, high, keys, counts FROM ({points}) WHERE t >= {since}"
    known_since = params.put(asked.look_back_ns, "Int64")
    return f"""
        SELECT labels, {step} AS step, bounds, low, high,
            n = 1 AND NOT (epoch_ns >= {known_since} AND epoch_ns < first_t) AS is_unknown,
            multiIf(is_unknown, [], n > 1 AND total >= before_total, arrayConcat(held, before_held), held) AS keys,
            multiIf(is_unknown, [], n > 1 AND total >= before_total,
                arrayConcat(held_counts, arrayMap(c -> -c, before_counts)), held_counts) AS counts
        FROM (
            SELECT labels, t, first_t, epoch_ns, bounds, low, high, keys AS held, counts AS held_counts, total,
                row_number() OVER chain AS n, lagInFrame(keys) OVER chain AS before_held,
                lagInFrame(counts) OVER chain AS before_counts, lagInFrame(total) OVER chain AS before_total
            FROM ({_points(asked, scale, params, asked.look_back_ns)})
            WINDOW chain AS (PARTITION BY series_id, epoch_ns, bounds ORDER BY t, total
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
        )
        WHERE t >= {since}
    """


def _points(asked: Asked, scale: int, params: Params, since_ns: int) -> str:
    where = asked.where(params, since_ns)
    if asked.is_raw:
        held = _held("r.", "bucket_counts", "positive_counts", "negative_counts", "zero_count", asked, scale)
        return f"""
            SELECT r.series_id AS series_id, {asked.labels(params)} AS labels, r.bounds AS bounds,
                toUnixTimestamp64Nano(r.start) AS epoch_ns, toUnixTimestamp64Nano(r.time) AS t, t AS first_t,
                r.min AS low, r.max AS high, {held.keys} AS keys, {held.counts} AS counts, r.count AS total
            FROM metric_points AS r WHERE {where}
        """
    held = (
        _summed(asked, scale)
        if asked.shape.temporality == _DELTA
        else _held("z.", "buckets", "positive", "negative", "zero", asked, scale)
    )
    return f"""
        SELECT series_id, labels, bounds, epoch_ns, toUnixTimestamp64Nano(z.time) AS t,
            toUnixTimestamp64Nano(a.time) AS first_t, low, high, {held.keys} AS keys, {held.counts} AS counts,
            z.count AS total
        FROM (
            SELECT r.series_id AS series_id, any({asked.labels(params)}) AS labels, r.bounds AS bounds,
                r.scale AS scale, toUnixTimestamp64Nano(r.epoch) AS epoch_ns, argMinMerge(r.first) AS a,
                argMaxMerge(r.last) AS z, min(r.min) AS low, max(r.max) AS high,
                sumForEachMerge(r.buckets_sum) AS bucket_sums, sum(r.zero_sum) AS zero_sum,
                sumMap(r.positive_sum) AS positive_sum, sumMap(r.negative_sum) AS negative_sum
            FROM {asked.table} AS r WHERE {where} GROUP BY r.series_id, r.epoch, r.bounds, r.scale, r.time
        )
    """


def _held(source: str, explicit_counts: str, up: str, down: str, zero: str, asked: Asked, scale: int) -> _Columns:
    """What a point holds."""
    total = f"{source}count"
    if asked.shape.type != MetricType.EXPONENTIAL_HISTOGRAM:
        counts = f"{source}{explicit_counts}"
        keys = f"arrayMap(i -> toInt64(i - 1), arrayEnumerate({counts}))"
        return _Columns(keys, f"arrayMap(c -> toInt64(c), {counts})", total)
    offset_up, offset_down = f"{source}positive_offset", f"{source}negative_offset"
    indexes_up = f"arrayMap(i -> toInt64({offset_up}) + i - 1, arrayEnumerate({source}{up}))"
    indexes_down = f"arrayMap(i -> toInt64({offset_down}) + i - 1, arrayEnumerate({source}{down}))"
    counts = f"arrayConcat({source}{up}, {source}{down}, [{source}{zero}])"
    own = "ifNull(r.scale, 0)" if source == "r." else "scale"
    return _Columns(_keys(indexes_up, indexes_down, own, scale), f"arrayMap(c -> toInt64(c), {counts})", total)


def _summed(asked: Asked, scale: int) -> _Columns:
    """What a rollup row of points sent as delta has summed."""
    if asked.shape.type != MetricType.EXPONENTIAL_HISTOGRAM:
        keys = "arrayMap(i -> toInt64(i - 1), arrayEnumerate(bucket_sums))"
        return _Columns(keys, "arrayMap(c -> toInt64(c), bucket_sums)", "z.count")
    up, down = (f"arrayMap(i -> toInt64(i), {name}.1)" for name in ("positive_sum", "negative_sum"))
    counts = "arrayConcat(positive_sum.2, negative_sum.2, [zero_sum])"
    return _Columns(_keys(up, down, "scale", scale), f"arrayMap(c -> toInt64(c), {counts})", "z.count")


def _keys(indexes_up: str, indexes_down: str, own_scale: str, scale: int) -> str:
    """Keys at the coarsest scale; the bucket about zero is the last."""
    shift = f"least(toInt32({own_scale}) - ({scale}), 62)"
    up = f"arrayMap(i -> bitShiftRight(i, {shift}) + {KEY_ZERO}, {indexes_up})"
    down = f"arrayMap(i -> -(bitShiftRight(i, {shift}) + {KEY_ZERO}), {indexes_down})"
    return f"arrayConcat({up}, {down}, [toInt64(0)])"
