"""Finds traces: those of which one span fits all conditions, newest or slowest first."""

from typing import Literal, get_args

from echoline.kinds import Store
from echoline.model.answers import Page, kind_of, status_of
from echoline.model.answers_traces import Match, TraceSummary
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries import identity
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.operation_rollups import HOUR_NS
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params
from echoline.queries.span_filters import SpanFilter

TraceSort = Literal["newest", "slowest"]
TRACE_SORTS: tuple[TraceSort, ...] = get_args(TraceSort)

# Newest first means that an answer is mostly found at the end of the window: look there before reading all of it.
_SLICES = (1 / 64, 1 / 8, 1.0)
_RANKS = {"newest": "toUnixTimestamp64Nano(start)", "slowest": "duration_ns"}
_MATCH = "span_id, service, kind, operation, toUnixTimestamp64Nano(start), duration_ns, status_code"
_NAMED = """CAST(match, 'Tuple(span FixedString(8), service String, kind Int8, name String, start_ns Int64,
    duration_ns Int64, status_code Int8)')"""
_ROOT_RANKS = {"newest": "toUnixTimestamp64Nano(min(t.start))", "slowest": "max(t.root.duration_ns)"}


def traces(
    store: Store,
    window: Window,
    wanted: SpanFilter,
    *,
    sort: TraceSort = "newest",
    limit: int = 50,
    cursor: str | None = None,
) -> Page[TraceSummary]:
    """Traces with a span in the window that fits; each once, by its newest or its longest such span.

    Without any condition they are ordered by their start, or by the duration of their root. Raises BadInput for a
    damaged cursor.
    """
    question = fingerprint("traces", wanted, sort)
    at = decode(cursor, question, (int, str)) if cursor else Cursor(window, ())
    found = _all(store, at, sort, limit + 1) if wanted.is_empty else _fitting(store, at, wanted, sort, limit + 1)
    summaries = _summaries(store, found[:limit])
    return page(
        found,
        limit,
        lambda row: summaries[row["id"]],
        place=lambda row: (row["rank"], row["id"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", wanted.service, wanted.environment),
    )


def _fitting(store: Store, at: Cursor, wanted: SpanFilter, sort: TraceSort, limit: int) -> list[Row]:
    found: list[Row] = []
    for part in _SLICES if sort == "newest" else _SLICES[-1:]:
        length = at.window.until_ns - at.window.since_ns
        slice_ = Window(at.window.until_ns - max(1, int(length * part)), at.window.until_ns)
        found = _fitting_in(store, slice_, at, wanted, sort, limit)
        if len(found) == limit:
            break
    return found


def _fitting_in(store: Store, window: Window, at: Cursor, wanted: SpanFilter, sort: TraceSort, limit: int) -> list[Row]:
    params = Params()
    where = f"{params.within(window)} AND {wanted.sql(store, params)}"
    rank = _RANKS[sort]
    sql = f"""
        SELECT lower(hex(trace_id)) AS id, max({rank}) AS rank, argMax(({_MATCH}), ({rank}, span_id)) AS match
        FROM spans WHERE {where} GROUP BY trace_id {_having(at, params)} ORDER BY rank DESC, id DESC LIMIT {limit}
    """
    operation_id = identity.operation_id("found.service", "found.kind", "found.name")
    named = f"{_NAMED} AS found, lower(hex(found.span)) AS span_id, {operation_id} AS operation_id"
    return list(rows(store, f"SELECT id, rank, {named} FROM ({sql}) ORDER BY rank DESC, id DESC", params))


def _all(store: Store, at: Cursor, sort: TraceSort, limit: int) -> list[Row]:
    """From the table that has a row per trace; one that began up to an hour before may reach into the window."""
    params = Params()
    began = Window(max(0, at.window.since_ns - HOUR_NS), at.window.until_ns)
    where = f"{params.within(began, 't.start')} AND t.until >= {params.time(at.window.since_ns)}"
    sql = f"""
        SELECT lower(hex(trace_id)) AS id, {_ROOT_RANKS[sort]} AS rank, NULL AS found
        FROM traces AS t WHERE {where}
        GROUP BY trace_id {_having(at, params)} ORDER BY rank DESC, id DESC LIMIT {limit}
    """
    return list(rows(store, sql, params))


def _having(at: Cursor, params: Params) -> str:
    if not at.after:
        return ""
    rank, last_id = at.after
    return f"HAVING (rank, id) < ({params.put(rank, 'Int64')}, {params.put(last_id)})"


def _summaries(store: Store, found: list[Row]) -> dict[str, TraceSummary]:
    if not found:
        return {}
    params = Params()
    ids = params.put([row["id"] for row in found], "Array(String)")
    sql = f"""
        SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(t.start)) AS start_ns,
            toUnixTimestamp64Nano(max(t.until)) AS until_ns, sum(t.spans) AS span_count, sum(t.errors) AS error_count,
            max(t.root) AS top
        FROM traces AS t WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids})), 16)) GROUP BY trace_id
    """
    by_id = {row["id"]: row for row in rows(store, sql, params)}
    return {row["id"]: _summary(by_id[row["id"]], row) for row in found}


def _summary(row: Row, place: Row) -> TraceSummary:
    root = row["top"]
    return TraceSummary(
        trace_id=row["id"],
        service=root["service"],
        environment=root["environment"],
        kind=kind_of(root["kind"]),
        name=root["operation"],
        start=rfc3339(row["start_ns"]),
        duration_ns=row["until_ns"] - row["start_ns"],
        spans=row["span_count"],
        errors=row["error_count"],
        match=None if place["found"] is None else _match(place),
    )


def _match(row: Row) -> Match:
    found = row["found"]
    return Match(
        span_id=row["span_id"],
        service=found["service"],
        operation_id=row["operation_id"],
        kind=kind_of(found["kind"]),
        name=found["name"],
        start=rfc3339(found["start_ns"]),
        duration_ns=found["duration_ns"],
        status=status_of(found["status_code"]),
    )
