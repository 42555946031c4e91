"""Services of a window: what they are asked for, and which have sent anything at all."""

from echoline.kinds import Store
from echoline.model.answers import Page, Service
from echoline.model.instants import BILLION, Instant, rfc3339
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.last_seen import last_seen
from echoline.queries.operation_rollups import OperationFilter, source, widened
from echoline.queries.operations import quantiles
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

_ENTRY = "r.kind IN (2, 5)"


def services(
    store: Store,
    window: Window,
    *,
    service: str = "",
    environment: str = "",
    limit: int = 100,
    cursor: str | None = None,
) -> Page[Service]:
    """Services by name and environment; also those that sent only logs or metrics on a day of the window.

    The window is widened as for operations. Raises BadInput for a damaged cursor.
    """
    question = fingerprint("services", service, environment)
    at = decode(cursor, question, (str, str)) if cursor else Cursor(widened(window), ())
    found = _rows(store, at, OperationFilter(service=service, environment=environment), limit + 1)
    seen = last_seen(store, at.window, [(row["name"], row["place"]) for row in found[:limit]])
    return page(
        found,
        limit,
        lambda row: _service(row, seen.get((row["name"], row["place"]))),
        place=lambda row: (row["name"], row["place"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", service, environment),
    )


def _rows(store: Store, at: Cursor, wanted: OperationFilter, limit: int) -> list[Row]:
    params = Params()
    condition = wanted.sql(params)
    read = source(store, at.window, condition, params)
    numbers = f"""
        SELECT service AS name, environment AS place, sumIf(r.calls, {_ENTRY}) AS calls,
            sumIf(r.errors, {_ENTRY}) AS errors, sum(r.calls) AS spans,
            groupUniqArray(20)(r.version) AS versions, groupUniqArray(20)(r.revision) AS revisions
        FROM {read.sql} AS r GROUP BY name, place
    """
    sketches = f"""
        SELECT service AS name, environment AS place, {read.quantiles} AS quantiles
        FROM {read.sql} AS r WHERE {_ENTRY} GROUP BY name, place
    """
    days = f"day >= toDate({params.time(at.window.since_ns)}) AND day <= toDate({params.time(at.window.until_ns - 1)})"
    known = f"""
        SELECT service AS name, environment AS place, groupUniqArray(20)(version) AS known_versions,
            groupUniqArray(20)(revision) AS known_revisions
        FROM resources WHERE {days} AND {condition} GROUP BY name, place
    """
    last = f"""
        SELECT service AS name, environment AS place, max(time) AS last_minute_s FROM operations_1m
        WHERE time >= {params.second(at.window.since_ns)} AND time < {params.second(at.window.until_ns)} AND {condition}
        GROUP BY name, place
    """
    after = ""
    if at.after:
        after = f"WHERE (name, place) > ({params.put(at.after[0])}, {params.put(at.after[1])})"
    sql = f"""
        SELECT * FROM ({known}) AS known FULL JOIN ({numbers}) AS numbers USING (name, place)
        LEFT JOIN ({sketches}) AS sketches USING (name, place) LEFT JOIN ({last}) AS last USING (name, place)
        {after} ORDER BY name, place LIMIT {limit}
    """
    return list(rows(store, sql, params))


def _service(row: Row, seen: Instant | None) -> Service:
    found = quantiles(row["quantiles"]) if row["calls"] else {"p50_ns": None, "p95_ns": None, "p99_ns": None}
    return Service(
        service=row["name"],
        environment=row["place"],
        versions=_texts(row["versions"], row["known_versions"]),
        revisions=_texts(row["revisions"], row["known_revisions"]),
        calls=row["calls"] or 0,
        errors=row["errors"] or 0,
        **found,
        spans=row["spans"] or 0,
        # Rollups outlive what they count.
        last_seen=seen or (rfc3339(row["last_minute_s"] * BILLION) if row["last_minute_s"] else None),
    )


def _texts(*lists: list[str] | None) -> tuple[str, ...]:
    return tuple(sorted({text for each in lists for text in each or () if text}))
