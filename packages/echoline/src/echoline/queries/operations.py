"""Operations and endpoints of a window, ranked and paged."""

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, get_args

from echoline.kinds import Store
from echoline.model.answers import Endpoint, Operation, Page, kind_of
from echoline.model.window import Window
from echoline.queries import identity
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.operation_rollups import OperationFilter, source, widened
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

Sort = Literal["calls", "errors", "total", "p50", "p95", "p99"]
SORTS: tuple[Sort, ...] = get_args(Sort)

_KEY = "service, environment, kind, operation"
_PLACES = {"p50": 1, "p95": 2, "p99": 3}
_SUMS = {"calls": "sum(r.calls)", "errors": "sum(r.errors)", "total": "sum(r.duration_sum_ns)"}
_HTTP = re.compile(r"([A-Z]+)(?: (/\S*))?")


def operations(
    store: Store,
    window: Window,
    wanted: OperationFilter,
    *,
    sort: Sort = "calls",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Operation]:
    """Operations by service, environment, kind and name, largest first; the window is widened to whole minutes,
    from six hours on to whole hours.

    Raises BadInput for a damaged cursor.
    """
    question = fingerprint("operations", wanted, sort)
    at = decode(cursor, question, (int, str, str)) if cursor else Cursor(widened(window), ())
    return page(
        _ranked(store, at, wanted, sort, limit + 1),
        limit,
        lambda row: Operation(**measures(row)),
        place=lambda row: (row["rank"], row["id"], row["environment"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", wanted.service, wanted.environment),
    )


def endpoints(
    store: Store,
    window: Window,
    wanted: OperationFilter,
    *,
    sort: Sort = "calls",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Endpoint]:
    """Like `operations`, but only what a service is asked for: kinds SERVER and CONSUMER."""
    asked = replace(wanted, kinds=("SERVER", "CONSUMER"))
    found = operations(store, window, asked, sort=sort, limit=limit, cursor=cursor)
    return Page(tuple(_endpoint(each) for each in found.items), found.next, found.since, found.until, found.newest)


def measures(row: Row) -> dict[str, Any]:
    """The fields of an Operation from a row with its key, sums and quantiles."""
    names = ("id", "service", "environment", "name", "calls", "errors", "duration_sum_ns")
    return {
        **{name: row[name] for name in names},
        "kind": kind_of(row["kind"]),
        **quantiles(row["quantiles"]),
    }


def quantiles(values: Sequence[float]) -> dict[str, int]:
    """p50_ns, p95_ns and p99_ns of a sketch, 0 for an empty one."""
    p50, p95, p99 = (round(value) if math.isfinite(value) else 0 for value in values)
    return {"p50_ns": p50, "p95_ns": p95, "p99_ns": p99}


def _ranked(store: Store, at: Cursor, wanted: OperationFilter, sort: Sort, limit: int) -> list[Row]:
    """Sketches are costly to merge: where the rank needs none, only those of the page's operations are."""
    params = Params()
    read = source(store, at.window, wanted.sql(params), params)
    if sort in _PLACES:
        rank, only = f"toInt64(round(arrayElement({read.quantiles}, {_PLACES[sort]})))", ""
    else:
        rank, only = f"toInt64({_SUMS[sort]})", f"WHERE ({_KEY}) IN (SELECT {_KEY} FROM (%s))"
    key = f"{rank} AS rank, {identity.operation_id()} AS id, {_KEY}"
    having = f"HAVING (rank, id, environment) < ({_after(at, params)})" if at.after else ""
    order = f"ORDER BY rank DESC, id DESC, environment DESC LIMIT {limit}"
    ranking = f"SELECT {key} FROM {read.sql} AS r GROUP BY {_KEY} {having} {order}"
    sql = f"""
        SELECT {key}, operation AS name, sum(r.calls) AS calls, sum(r.errors) AS errors,
            sum(r.duration_sum_ns) AS duration_sum_ns, {read.quantiles} AS quantiles
        FROM {read.sql} AS r {only % ranking if only else ""} GROUP BY {_KEY} {having} {order}
    """
    return list(rows(store, sql, params))


def _after(at: Cursor, params: Params) -> str:
    rank, last_id, environment = at.after
    return f"{params.put(rank, 'Int64')}, {params.put(last_id)}, {params.put(environment)}"


def _endpoint(each: Operation) -> Endpoint:
    match = _HTTP.fullmatch(each.name) if each.kind == "SERVER" else None
    method, route = (match[1], match[2] or "") if match else ("", "")
    return Endpoint(
        **{name: getattr(each, name) for name in Operation.__dataclass_fields__}, method=method, route=route
    )
