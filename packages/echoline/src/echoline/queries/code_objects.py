"""Code objects: what each function costs, who calls it, which flows pass through it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.answers_code import Caller, CodeObject, CodeObjectDetail, CodeRevision, FlowShare, Place
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.fact_rollups import quantiles_of, rollup
from echoline.queries.operation_rollups import MINUTE_NS, widened
from echoline.queries.operations import quantiles
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params
from echoline.queries.windows import aligned_to

Sort = Literal["self", "total", "critical", "calls", "errors"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_RANKS = {
    "self": "sum(r.self_sum_ns)",
    "total": "sum(r.duration_sum_ns)",
    "critical": "sum(r.critical_sum_ns)",
    "calls": "sum(r.calls)",
    "errors": "sum(r.errors)",
}
_KEY = "code_object, service, environment"
_TOTALS = ", ".join(
    f"sum(r.{name}) AS {name}" for name in ("calls", "errors", "duration_sum_ns", "self_sum_ns", "critical_sum_ns")
)
_QUANTILES = f"{quantiles_of('durations')} AS quantiles, {quantiles_of('selves')} AS self_quantiles"
MOST = 50


@dataclass(frozen=True)
class CodeFilter:
    """Which code objects; what is empty does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    path: str = ""
    """Of the file, or its end: `shop/cart.py`."""
    name: str = ""
    """A part of the key, in any case."""
    libraries: bool = True
    """Also those of the language and of installed packages."""

    def sql(self, params: Params) -> str:
        """One condition on the rollups."""
        columns = ("service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.name:
            tests.append(f"positionCaseInsensitiveUTF8(toString(code_object), {params.put(self.name)}) > 0")
        seen = list[str]()
        if self.path:
            path = self.path.replace("\\", "/").removeprefix("./")
            whole, end = params.put(path), params.put(f"/{path.lstrip('/')}")
            seen.append(f"(replaceAll(toString(file), '\\\\', '/') AS f) = {whole} OR endsWith(f, {end})")
        if not self.libraries:
            seen.append("NOT is_library")
        if seen:
            where = " AND ".join(f"({each})" for each in seen)
            tests.append(f"code_object IN (SELECT code_object FROM code_objects WHERE {where})")
        return " AND ".join(tests) or "1"


def code_objects(
    store: Store,
    window: Window,
    wanted: CodeFilter,
    *,
    sort: Sort = "self",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[CodeObject]:
    """Code objects by service and environment, the largest first; the window is widened to whole minutes, from six
    hours on to whole hours.

    Raises BadInput for a damaged cursor.
    """
    question = fingerprint("code_objects", wanted, sort)
    at = decode(cursor, question, (int, str, str, str)) if cursor else Cursor(widened(window), ())
    found = _ranked(store, at, wanted, sort, limit + 1)
    seen = _seen(store, [row["code_object"] for row in found])
    return page(
        found,
        limit,
        lambda row: CodeObject(**_measures(row, seen)),
        place=lambda row: (row["rank"], row["code_object"], row["service"], row["environment"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", wanted.service, wanted.environment),
    )


def code_object(
    store: Store, window: Window, key: str, *, service: str = "", environment: str = ""
) -> CodeObjectDetail | None:
    """One code object; the numbers join services and environments that are not named. None if it was never seen."""
    seen = _seen(store, [key])
    named = {"service": service, "environment": environment}
    whole = widened(window)
    revisions, (total,) = (_summed(store, whole, key, named, by) for by in ("version, revision", ""))
    if not seen and not revisions:
        return None
    found = {"code_object": key, **named, **total}
    return CodeObjectDetail(
        **_measures(found, seen),
        since=rfc3339(whole.since_ns),
        until=rfc3339(whole.until_ns),
        places=_places(store, key, service),
        callers=_callers(store, whole, key, named),
        flows=_flows(store, whole, key, named),
        revisions=tuple(_revision(row) for row in revisions if row["calls"]),
    )


def facts_of_file(store: Store, window: Window, wanted: CodeFilter) -> tuple[CodeObject, ...]:
    """All code objects of a file, by line: what an editor shows beside it."""
    params = Params()
    whole = aligned_to(window, MINUTE_NS)
    sql = f"""
        SELECT {_KEY}, {_TOTALS}, {_QUANTILES} FROM {rollup("code_objects", whole, wanted.sql(params), params)} AS r
        GROUP BY {_KEY} HAVING calls > 0 LIMIT 5000
    """
    found = rows(store, sql, params)
    seen = _seen(store, [row["code_object"] for row in found])
    made = [CodeObject(**_measures(row, seen)) for row in found]
    return tuple(sorted(made, key=lambda each: (each.line, each.code_object, each.service, each.environment)))


def _ranked(store: Store, at: Cursor, wanted: CodeFilter, sort: Sort, limit: int) -> list[Row]:
    """Sketches are costly to join: only those of the page are."""
    params = Params()
    condition = wanted.sql(params)
    after = ", ".join(
        params.put(value, kind) for value, kind in zip(at.after, ("Int64", "String", "String", "String"), strict=False)
    )
    rank = f"toInt64({_RANKS[sort]})"
    having = f"HAVING sum(r.calls) > 0{f' AND (rank, {_KEY}) < ({after})' if after else ''}"
    order = f"ORDER BY rank DESC, code_object DESC, service DESC, environment DESC LIMIT {limit}"
    light = rollup("code_objects", at.window, condition, params, sketches=False)
    sql = f"SELECT {_KEY}, {rank} AS rank, {_TOTALS} FROM {light} AS r GROUP BY {_KEY} {having} {order}"
    found = rows(store, sql, params)
    sketches = _sketches(store, at.window, wanted, [row["code_object"] for row in found])
    return [{**row, **sketches.get(_key_of(row), _NO_TIMES)} for row in found]


def _sketches(
    store: Store, window: Window, wanted: CodeFilter, keys: Sequence[str]
) -> dict[tuple[str, str, str], Mapping[str, Any]]:
    """Quantiles by code object, service and environment."""
    params = Params()
    condition = f"code_object IN {params.put(list(keys), 'Array(String)')} AND {replace(wanted, path='').sql(params)}"
    read = rollup("code_objects", window, condition, params)
    sql = f"SELECT {_KEY}, {_QUANTILES} FROM {read} AS r GROUP BY {_KEY}"
    return {_key_of(row): row for row in rows(store, sql, params)} if keys else {}


# Of what was deleted between two questions.
_NO_TIMES: Mapping[str, Any] = {"quantiles": (0.0, 0.0, 0.0), "self_quantiles": (0.0, 0.0, 0.0)}


def _key_of(row: Row) -> tuple[str, str, str]:
    return row["code_object"], row["service"], row["environment"]


def _summed(store: Store, window: Window, key: str, named: Mapping[str, str], by: str) -> list[Row]:
    """Sums and quantiles of one code object, by version and revision or in all."""
    params = Params()
    tests = [f"code_object = {params.put(key)}"]
    tests += [f"{name} = {params.put(value)}" for name, value in named.items() if value]
    read = rollup("code_objects", window, " AND ".join(tests), params)
    group = f"GROUP BY {by} ORDER BY {by}" if by else ""
    sql = f"SELECT {f'{by}, ' if by else ''}{_TOTALS}, {_QUANTILES} FROM {read} AS r {group} LIMIT 1000"
    return list(rows(store, sql, params))


def _seen(store: Store, keys: Sequence[str]) -> dict[str, Row]:
    """What the newest sighting of each code object tells."""
    params = Params()
    sql = f"""
        SELECT code_object, language, module, qualname, is_library, file, line FROM code_objects
        WHERE code_object IN {params.put(list(keys), "Array(String)")} ORDER BY code_object, day, line LIMIT 200000
    """
    return {row["code_object"]: row for row in rows(store, sql, params)} if keys else {}


def _measures(row: Row, seen: Mapping[str, Row]) -> dict[str, Any]:
    """The fields of a CodeObject."""
    language, _, rest = row["code_object"].partition(":")
    module, _, qualname = rest.rpartition(":")
    told = {"language": language, "module": module, "qualname": qualname, "is_library": False, "file": "", "line": -1}
    told |= {name: value for name, value in seen.get(row["code_object"], {}).items() if name in told}
    names = (*_KEY.split(", "), "calls", "errors", "duration_sum_ns", "self_sum_ns", "critical_sum_ns")
    return {**{name: row[name] for name in names}, **told, **_times(row)}


def _times(row: Row) -> dict[str, int]:
    selves = quantiles(row["self_quantiles"])
    return {**quantiles(row["quantiles"]), "self_p50_ns": selves["p50_ns"], "self_p95_ns": selves["p95_ns"]}


def _revision(row: Row) -> CodeRevision:
    found: dict[str, Any] = _times(row)
    names = ("version", "revision", "calls", "errors", "self_sum_ns")
    return CodeRevision(**{name: row[name] for name in names}, **found)


def _places(store: Store, key: str, service: str) -> tuple[Place, ...]:
    params = Params()
    of = f" AND service = {params.put(service)}" if service else ""
    sql = f"""
        SELECT file, line, version, revision, toString(max(day)) AS last_day FROM code_objects
        WHERE code_object = {params.put(key)}{of} GROUP BY file, line, version, revision
        ORDER BY last_day DESC, version, revision, file, line LIMIT {MOST}
    """
    return tuple(Place(**row) for row in rows(store, sql, params))


def _facts(window: Window, key: str, named: Mapping[str, str], params: Params) -> str:
    tests = [f"{name} = {params.put(value)}" for name, value in named.items() if value]
    within = f"toStartOfMinute(start) >= {params.second(window.since_ns)} AND {params.within(window)}"
    return " AND ".join([within, f"code_object = {params.put(key)}", *tests])


def _callers(store: Store, window: Window, key: str, named: Mapping[str, str]) -> tuple[Caller, ...]:
    params = Params()
    sql = f"""
        SELECT caller AS code_object, entry, count() AS calls, countIf(is_error) AS errors,
            sum(duration_ns) AS duration_sum_ns, sum(self_ns) AS self_sum_ns, max(repeats) AS max_repeats
        FROM (SELECT * FROM span_facts FINAL WHERE {_facts(window, key, named, params)})
        GROUP BY caller, entry ORDER BY calls DESC, code_object, entry LIMIT {MOST}
    """
    return tuple(Caller(**row) for row in rows(store, sql, params))


def _flows(store: Store, window: Window, key: str, named: Mapping[str, str]) -> tuple[FlowShare, ...]:
    params = Params()
    sql = f"""
        SELECT f.flow AS flow, any(shapes.entry) AS entry, sum(f.calls) AS calls, sum(f.traces) AS traces FROM (
            SELECT flow, count() AS calls, uniq(trace_id) AS traces FROM span_facts FINAL
            WHERE {_facts(window, key, named, params)} GROUP BY flow) AS f
        LEFT JOIN (SELECT flow, any(entry) AS entry FROM flows GROUP BY flow) AS shapes ON shapes.flow = f.flow
        GROUP BY flow ORDER BY traces DESC, flow LIMIT {MOST}
    """
    return tuple(FlowShare(**{**row, "entry": row["entry"] or ""}) for row in rows(store, sql, params))
