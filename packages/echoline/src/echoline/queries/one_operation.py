"""One operation over time."""

from echoline.kinds import Store
from echoline.model.answers import OperationDetail, OperationPoint
from echoline.model.instants import BILLION, rfc3339
from echoline.model.window import Window
from echoline.queries import identity
from echoline.queries.operation_rollups import HOUR_NS, MINUTE_NS, source_by_step
from echoline.queries.operations import measures, quantiles
from echoline.queries.pages import Row, newest, rows
from echoline.queries.params import Params
from echoline.queries.windows import Steps, aligned_to, steps


def operation(
    store: Store, window: Window, operation_id: str, *, environment: str = "", step_ns: int | None = None
) -> OperationDetail | None:
    """One operation in about 120 steps unless `step_ns` (whole minutes) says otherwise; the window is widened to them.

    None for an operation that was never seen; one without calls in the window has zeros and no points.
    """
    key = named(store, operation_id, window) or named(store, operation_id)
    if key is None:
        return None
    cut = steps(window, step_ns, grain_ns=MINUTE_NS)
    total, *points = _rows(store, cut, key, environment)
    environments = _texts(total["environments"])
    service, kind, name = key
    shown = environment or (environments[0] if len(environments) == 1 else "")
    row = {**total, "id": operation_id, "service": service, "kind": kind, "name": name, "environment": shown}
    return OperationDetail(
        **measures(row),
        environments=environments,
        versions=_texts(total["versions"]),
        revisions=_texts(total["revisions"]),
        since=rfc3339(cut.window.since_ns),
        until=rfc3339(cut.window.until_ns),
        step_ns=cut.step_ns,
        points=tuple(_point(row, cut) for row in points),
        newest=None if points else newest(store, "traces", service, environment),
    )


def named(store: Store, operation_id: str, window: Window | None = None) -> tuple[str, int, str] | None:
    """Service, kind and name of an operation that was called in the window, or ever; None for an unknown one."""
    params = Params()
    where = ""
    if window is not None:
        hours = aligned_to(window, HOUR_NS)
        where = f"WHERE time >= {params.second(hours.since_ns)} AND time < {params.second(hours.until_ns)}"
    known = f"SELECT DISTINCT service, kind, operation FROM operations_1h {where}"
    found = rows(
        store, f"SELECT * FROM ({known}) WHERE {identity.operation_id()} = {params.put(operation_id)} LIMIT 1", params
    )
    return (found[0]["service"], found[0]["kind"], found[0]["operation"]) if found else None


def _rows(store: Store, cut: Steps, key: tuple[str, int, str], environment: str) -> list[Row]:
    """The whole window, then each step that has calls, in order of time."""
    params = Params()
    service, kind, name = key
    test = f"service = {params.put(service)} AND kind = {params.put(kind, 'Int8')} AND operation = {params.put(name)}"
    test += f" AND environment = {params.put(environment)}" if environment else ""
    since = params.put(cut.window.since_ns // BILLION, "Int64")
    length = params.put(cut.step_ns // BILLION, "Int64")
    read = source_by_step(cut, test, params)
    sql = f"""
        SELECT intDiv(toUnixTimestamp(time) - {since}, {length}) AS step, grouping(step) AS is_total,
            sum(r.calls) AS calls, sum(r.errors) AS errors, sum(r.duration_sum_ns) AS duration_sum_ns,
            {read.quantiles} AS quantiles, groupUniqArray(100)(r.environment) AS environments,
            groupUniqArray(100)(r.version) AS versions, groupUniqArray(100)(r.revision) AS revisions
        FROM {read.sql} AS r GROUP BY GROUPING SETS ((step), ()) ORDER BY is_total DESC, step
    """
    return list(rows(store, sql, params))


def _point(row: Row, cut: Steps) -> OperationPoint:
    return OperationPoint(
        time=cut.start(row["step"]), calls=row["calls"], errors=row["errors"], **quantiles(row["quantiles"])
    )


def _texts(values: list[str]) -> tuple[str, ...]:
    return tuple(sorted(value for value in values if value))
