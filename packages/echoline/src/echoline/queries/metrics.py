"""The catalogue of metrics, and exemplars."""

import math

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_metrics import Exemplar, Metric
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.attribute_values import values
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.log_records import id_or_none
from echoline.queries.metric_functions import Shape
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

_KEY = "metric, service, environment, type, temporality, unit"
_PLACE_KINDS = (str, str, str, int, int, str)


def metrics(
    store: Store,
    window: Window,
    *,
    service: str = "",
    environment: str = "",
    name: str = "",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Metric]:
    """Metrics with points in the window by name, service and environment; `name` is a part of it, in any case.

    Raises BadInput for a damaged cursor.
    """
    question = fingerprint("metrics", service, environment, name)
    at = decode(cursor, question, _PLACE_KINDS) if cursor else Cursor(window, ())
    params = Params()
    tests = [params.within(at.window, "time")]
    tests += [f"service = {params.put(service)}"] if service else []
    tests += [f"environment = {params.put(environment)}"] if environment else []
    tests += [f"positionCaseInsensitiveUTF8(toString(metric), {params.put(name)}) > 0"] if name else []
    kinds = {str: "String", int: "UInt8"}
    if at.after:
        last = ", ".join(params.put(value, kinds[type(value)]) for value in at.after if not isinstance(value, float))
        tests.append(f"({_KEY}) > ({last})")
    sql = f"""
        SELECT {_KEY}, max(is_monotonic) AS rises, any(description) AS words, uniq(series_id) AS series,
            count() AS points, toUnixTimestamp64Nano(max(time)) AS last_ns,
            arraySort(groupUniqArrayArray(100)(mapKeys(attributes))) AS keys
        FROM metric_points WHERE {" AND ".join(tests)} GROUP BY {_KEY} ORDER BY {_KEY} LIMIT {limit + 1}
    """
    return page(
        rows(store, sql, params),
        limit,
        _metric,
        place=lambda row: tuple(row[key] for key in _KEY.split(", ")),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "metrics", service, environment),
    )


def _metric(row: Row) -> Metric:
    shape = Shape(row["type"], row["temporality"], row["rises"], row["unit"])
    return Metric(
        name=row["metric"],
        service=row["service"],
        environment=row["environment"],
        type=shape.kind,
        temporality=shape.temporality_name,
        is_monotonic=shape.is_monotonic,
        unit=shape.unit,
        description=row["words"],
        series=row["series"],
        points=row["points"],
        last_seen=rfc3339(row["last_ns"]),
        attributes=tuple(row["keys"]),
        functions=shape.functions,
    )


def exemplars(
    store: Store, window: Window, metric: str, *, service: str = "", environment: str = "", limit: int = 100
) -> Page[Exemplar]:
    """Measured values with the spans that they were measured in, the newest `limit` of the window."""
    params = Params()
    named = (("metric", metric), ("service", service), ("environment", environment))
    tests = [f"{name} = {params.put(value)}" for name, value in named if value]
    sql = f"""
        SELECT toUnixTimestamp64Nano(time) AS time_ns, value, lower(hex(trace_id)) AS trace,
            lower(hex(span_id)) AS span, attributes, attribute_types
        FROM exemplars WHERE {params.within(window, "time")} AND {" AND ".join(tests)}
        ORDER BY time DESC, span_id LIMIT {limit}
    """
    items = tuple(_exemplar(row) for row in rows(store, sql, params))
    empty = None if items else newest(store, "metrics", service, environment)
    return Page(items, None, rfc3339(window.since_ns), rfc3339(window.until_ns), empty)


def _exemplar(row: Row) -> Exemplar:
    return Exemplar(
        time=rfc3339(row["time_ns"]),
        value=row["value"] if math.isfinite(row["value"]) else None,
        trace_id=id_or_none(row["trace"]),
        span_id=id_or_none(row["span"]),
        attributes=values(row["attributes"], row["attribute_types"]),
    )
