"""A metric over time, in lines by the values of attributes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers_metrics import Series, SeriesPoint, SeriesSet
from echoline.model.batch import MetricType
from echoline.model.instants import BILLION, rfc3339
from echoline.model.window import Window
from echoline.queries.metric_buckets import buckets
from echoline.queries.metric_functions import Shape, percentile
from echoline.queries.metric_increases import Increase, increases
from echoline.queries.metric_levels import levels
from echoline.queries.metric_quantiles import quantiles
from echoline.queries.metric_rows import Asked, MetricFilter
from echoline.queries.pages import newest, rows
from echoline.queries.params import Params
from echoline.queries.windows import Steps, steps

MOST_LABELS = 5
Value = tuple[tuple[str, ...], int, float | None]


@dataclass(frozen=True)
class _Line:
    labels: tuple[str, ...]
    series: int


def series(
    store: Store,
    window: Window,
    wanted: MetricFilter,
    *,
    function: str | None = None,
    by: Sequence[str] = (),
    step_ns: int | None = None,
    limit: int = 20,
) -> SeriesSet:
    """One line per distinct values of the attributes `by`, those with most points first, at most `limit`.

    Steps are round and about 120 unless `step_ns` says otherwise; the window is widened to them. Of a name that comes
    in several types the newest is answered, and it is noted. Raises BadInput for a function that does not fit.
    """
    if len(by) > MOST_LABELS:
        raise BadInput(f"{len(by)} attributes in `by`; at most {MOST_LABELS} make a line")
    cut = steps(window, step_ns, grain_ns=BILLION)
    shapes = _shapes(store, cut, wanted)
    if not shapes:
        return _nothing(store, wanted, cut, function)
    shape = shapes[0]
    chosen = shape.function(function)
    asked = Asked(store, cut, wanted, shape, tuple(dict.fromkeys(by)))
    lines, total = _lines(asked, limit)
    return SeriesSet(
        metric=wanted.metric,
        type=shape.kind,
        temporality=shape.temporality_name,
        unit=shape.unit_of(chosen),
        function=chosen,
        since=rfc3339(cut.window.since_ns),
        until=rfc3339(cut.window.until_ns),
        step_ns=cut.step_ns,
        items=_items(asked, lines, _values(asked, chosen, lines, total)),
        left_out=total - len(lines),
        notes=tuple(f"also sent as {_told(other)}, which is not shown" for other in shapes[1:]),
    )


def _told(shape: Shape) -> str:
    return f"{shape.temporality_name} {shape.kind}" + (f" in {shape.unit}" if shape.unit else "")


def _shapes(store: Store, cut: Steps, wanted: MetricFilter) -> list[Shape]:
    """Of which kinds its points in the window are, the one with the newest points first."""
    params = Params()
    where = f"{params.within(cut.window, 'time')} AND {wanted.sql(store, params)}"
    sql = f"""
        SELECT type, temporality, max(is_monotonic) AS rises, unit FROM metric_points WHERE {where}
        GROUP BY type, temporality, unit ORDER BY max(time) DESC, count() DESC, type, temporality, unit LIMIT 5
    """
    return [Shape(row["type"], row["temporality"], row["rises"], row["unit"]) for row in rows(store, sql, params)]


def _lines(asked: Asked, limit: int) -> tuple[list[_Line], int]:
    """The lines with most points, and how many there are in all."""
    params = Params()
    where = asked.where(params, asked.steps.window.since_ns)
    sql = f"""
        SELECT {asked.labels(params)} AS labels, uniq(r.series_id) AS n, count() OVER () AS total
        FROM {asked.table} AS r WHERE {where} GROUP BY labels ORDER BY count() DESC, labels LIMIT {limit}
    """
    found = rows(asked.store, sql, params)
    return [_Line(tuple(row["labels"]), row["n"]) for row in found], found[0]["total"] if found else 0


def _values(asked: Asked, function: str, lines: list[_Line], total: int) -> list[Value]:
    params = Params()
    chosen = "1" if total == len(lines) else _one_of(lines, params)
    share = percentile(function)
    if asked.shape.type == MetricType.SUMMARY and share is not None:
        return quantiles(asked, share, chosen, params)
    if share is not None:
        return [(labels, step, each.percentile(share)) for labels, step, each in buckets(asked, chosen, params)]
    if function in _OF_INCREASE and (asked.shape.is_counter or asked.shape.is_distribution):
        of = _OF_INCREASE[function]
        return [(labels, step, of(each)) for labels, step, each in increases(asked, chosen, params)]
    return list(levels(asked, function, chosen, params))


_OF_INCREASE: dict[str, Callable[[Increase], float | None]] = {
    "rate": lambda each: each.value / each.covered_s,
    "increase": lambda each: each.value,
    "avg": lambda each: each.sum / each.value if each.value > 0 else None,
}


def _one_of(lines: list[_Line], params: Params) -> str:
    """A condition on labels."""
    tests = (f"labels = {params.put(line.labels, 'Array(String)')}" for line in lines)
    return f"({' OR '.join(tests)})"


def _items(asked: Asked, lines: list[_Line], values: list[Value]) -> tuple[Series, ...]:
    points: dict[tuple[str, ...], list[SeriesPoint]] = {line.labels: [] for line in lines}
    for labels, step, value in values:
        if labels in points and 0 <= step < asked.steps.count:
            points[labels].append(SeriesPoint(asked.steps.start(step), value))
    return tuple(
        Series(dict(zip(asked.by, line.labels, strict=True)), line.series, tuple(points[line.labels])) for line in lines
    )


def _nothing(store: Store, wanted: MetricFilter, cut: Steps, function: str | None) -> SeriesSet:
    return SeriesSet(
        metric=wanted.metric,
        type=None,
        temporality="unspecified",
        unit="",
        function=function or "",
        since=rfc3339(cut.window.since_ns),
        until=rfc3339(cut.window.until_ns),
        step_ns=cut.step_ns,
        items=(),
        left_out=0,
        newest=newest(store, "metrics", wanted.service, wanted.environment),
    )
