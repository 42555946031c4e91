"""Flows: which ways requests take through services, how often, and how long that takes."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from echoline.kinds import Store
from echoline.model.answers import Page, kind_of
from echoline.model.answers_code import Flow, FlowDetail, FlowStep
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.fact_rollups import quantiles_of, rollup
from echoline.queries.operation_rollups import widened
from echoline.queries.operations import quantiles
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

Sort = Literal["calls", "errors", "total"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_RANKS = {"calls": "sum(r.calls)", "errors": "sum(r.errors)", "total": "sum(r.duration_sum_ns)"}
_KEY = "flow, service, environment"
_SUMS = "sum(r.calls) AS calls, sum(r.errors) AS errors, sum(r.duration_sum_ns) AS duration_sum_ns"
_SAMPLES = 5


@dataclass(frozen=True)
class FlowFilter:
    """Which flows; what is empty does not matter."""

    service: str = ""
    """Of the root."""
    environment: str = ""
    version: str = ""
    revision: str = ""
    entry: str = ""
    """A part of the entry's name, in any case."""
    code_object: str = ""
    """That this code object is on them."""

    def sql(self, window: Window, params: Params) -> str:
        """One condition on the rollup of flows."""
        columns = ("service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.entry:
            tests.append(f"positionCaseInsensitiveUTF8(toString(entry), {params.put(self.entry)}) > 0")
        if self.code_object:
            within = f"toStartOfMinute(start) >= {params.second(window.since_ns)} AND {params.within(window)}"
            on = f"code_object = {params.put(self.code_object)}"
            tests.append(f"flow IN (SELECT flow FROM span_facts FINAL WHERE {within} AND {on})")
        return " AND ".join(tests) or "1"


def flows(
    store: Store,
    window: Window,
    wanted: FlowFilter,
    *,
    sort: Sort = "calls",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Flow]:
    """Flows by service and environment of their root, the largest first; `share` is of all traces that fit.

    The window is widened to whole minutes, from six hours on to whole hours. Raises BadInput for a damaged cursor.
    """
    question = fingerprint("flows", wanted, sort)
    at = decode(cursor, question, (int, str, str, str)) if cursor else Cursor(widened(window), ())
    found = _ranked(store, at, wanted, sort, limit + 1)
    shapes = _shapes(store, [row["flow"] for row in found])
    return page(
        found,
        limit,
        lambda row: Flow(**_measures(row, shapes)),
        place=lambda row: (row["rank"], row["flow"], row["service"], row["environment"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", wanted.service, wanted.environment),
    )


def flow(store: Store, window: Window, flow_id: str, *, environment: str = "") -> FlowDetail | None:
    """One flow with its steps; None if there is none with this id."""
    shapes = _shapes(store, [flow_id])
    if flow_id not in shapes:
        return None
    whole, params, shape = widened(window), Params(), shapes[flow_id]
    of = f" AND environment = {params.put(environment)}" if environment else ""
    read = rollup("flows", whole, f"flow = {params.put(flow_id)}{of}", params)
    all_ = rollup("flows", whole, "1", params, sketches=False)
    sql = f"""
        SELECT {_SUMS}, {quantiles_of("durations")} AS quantiles, (SELECT sum(a.calls) FROM {all_} AS a) AS total
        FROM {read} AS r
    """
    (row,) = rows(store, sql, params)
    key = {"flow": flow_id, "service": shape["service"], "environment": environment}
    steps = _steps(store, whole, flow_id, environment)
    return FlowDetail(
        **_measures({**row, **key}, shapes),
        since=rfc3339(whole.since_ns),
        until=rfc3339(whole.until_ns),
        steps=tuple(_step(place, shape, steps, row["calls"]) for place in range(len(shape["depths"]))),
        traces=_samples(store, whole, flow_id, environment),
    )


def _ranked(store: Store, at: Cursor, wanted: FlowFilter, sort: Sort, limit: int) -> list[Row]:
    params = Params()
    condition = wanted.sql(at.window, params)
    after = ", ".join(
        params.put(value, kind) for value, kind in zip(at.after, ("Int64", "String", "String", "String"), strict=False)
    )
    rank = f"toInt64({_RANKS[sort]})"
    having = f"HAVING sum(r.calls) > 0{f' AND (rank, {_KEY}) < ({after})' if after else ''}"
    order = f"ORDER BY rank DESC, flow DESC, service DESC, environment DESC LIMIT {limit}"
    light = rollup("flows", at.window, condition, params, sketches=False)
    top = f"SELECT {_KEY} FROM (SELECT {_KEY}, {rank} AS rank FROM {light} AS r GROUP BY {_KEY} {having} {order})"
    whole = rollup("flows", at.window, f"{condition} AND ({_KEY}) IN ({top})", params)
    sql = f"""
        SELECT {_KEY}, {rank} AS rank, {_SUMS}, {quantiles_of("durations")} AS quantiles,
            (SELECT sum(a.calls) FROM {light} AS a) AS total
        FROM {whole} AS r GROUP BY {_KEY} {order}
    """
    return list(rows(store, sql, params))


def _shapes(store: Store, ids: list[str]) -> dict[str, Row]:
    """What flows consist of."""
    params = Params()
    sql = f"""
        SELECT flow, service, kind, entry, services, steps_total, lower(hex(sample)) AS sample,
            steps.depth AS depths, steps.service AS step_services, steps.kind AS kinds, steps.operation AS operations
        FROM flows WHERE flow IN {params.put(ids, "Array(String)")} ORDER BY flow, day LIMIT 1 BY flow
    """
    return {row["flow"]: row for row in rows(store, sql, params)} if ids else {}


def _measures(row: Row, shapes: dict[str, Row]) -> dict[str, Any]:
    """The fields of a Flow."""
    shape = shapes.get(row["flow"]) or _UNKNOWN
    return {
        "id": row["flow"],
        **{name: row[name] for name in ("service", "environment", "calls", "errors", "duration_sum_ns")},
        "share": row["calls"] / row["total"] if row["total"] else 0.0,
        "entry": shape["entry"],
        "kind": kind_of(shape["kind"]),
        "services": tuple(shape["services"]),
        "steps_total": shape["steps_total"],
        "sample": shape["sample"],
        **quantiles(row["quantiles"]),
    }


_UNKNOWN: dict[str, Any] = {"entry": "", "kind": 0, "services": (), "steps_total": 0, "sample": ""}


def _facts(window: Window, flow_id: str, environment: str, params: Params) -> str:
    within = f"toStartOfMinute(start) >= {params.second(window.since_ns)} AND {params.within(window)}"
    of = f" AND environment = {params.put(environment)}" if environment else ""
    return f"{within} AND flow = {params.put(flow_id)}{of}"


def _steps(store: Store, window: Window, flow_id: str, environment: str) -> dict[tuple[str, int, str], Row]:
    """Numbers by service, kind and operation."""
    params = Params()
    sql = f"""
        SELECT service, kind, operation, count() AS calls, max(repeats) AS max_repeats, countIf(is_error) AS errors,
            sum(duration_ns) AS duration_sum_ns, sum(self_ns) AS self_sum_ns, sum(critical_ns) AS critical_sum_ns,
            arraySort(groupUniqArrayIf(5)(toString(code_object), code_object != '')) AS code_objects,
            max(query != '') AS is_query
        FROM span_facts FINAL WHERE {_facts(window, flow_id, environment, params)} GROUP BY service, kind, operation
    """
    return {(row["service"], row["kind"], row["operation"]): row for row in rows(store, sql, params)}


def _step(place: int, shape: Row, steps: dict[tuple[str, int, str], Row], traces: int) -> FlowStep:
    service, kind, operation = (shape[name][place] for name in ("step_services", "kinds", "operations"))
    row = steps.get((service, kind, operation)) or _NO_CALLS
    numbers = ("calls", "max_repeats", "errors", "duration_sum_ns", "self_sum_ns", "critical_sum_ns")
    return FlowStep(
        depth=shape["depths"][place],
        service=service,
        kind=kind_of(kind),
        operation=operation,
        calls_per_trace=row["calls"] / traces if traces else 0.0,
        code_objects=tuple(row["code_objects"]),
        is_query=bool(row["is_query"]),
        **{name: row[name] for name in numbers},
    )


_NO_CALLS: dict[str, Any] = {
    **dict.fromkeys(("calls", "max_repeats", "errors", "duration_sum_ns", "self_sum_ns", "critical_sum_ns"), 0),
    "code_objects": (),
    "is_query": False,
}


def _samples(store: Store, window: Window, flow_id: str, environment: str) -> tuple[str, ...]:
    """Ids of the newest traces, and of the slowest one."""
    params = Params()
    where = f"{_facts(window, flow_id, environment, params)} AND is_root"
    one = "SELECT lower(hex(trace_id)) AS id FROM span_facts FINAL"
    sql = f"""
        SELECT id FROM ({one} WHERE {where} ORDER BY start DESC LIMIT {_SAMPLES})
        UNION ALL SELECT id FROM ({one} WHERE {where} ORDER BY duration_ns DESC LIMIT 1)
    """
    return tuple(dict.fromkeys(row["id"] for row in rows(store, sql, params)))
