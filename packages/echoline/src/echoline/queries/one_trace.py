"""One trace as a tree, with its resources and its log records."""

from collections.abc import Mapping

from echoline.kinds import Store
from echoline.model.answers import kind_of, status_of
from echoline.model.answers_logs import LogRecord
from echoline.model.answers_traces import Resource, SpanEvent, SpanLink, Trace, TraceSpan
from echoline.model.batch import PROMOTED, PROMOTED_RESOURCE
from echoline.model.instants import rfc3339
from echoline.queries import identity
from echoline.queries.attribute_values import values, with_promoted
from echoline.queries.log_records import COLUMNS, id_or_none, log_record
from echoline.queries.operation_rollups import HOUR_NS
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params
from echoline.queries.span_tree import Link, Place, tree

_SPAN = f"""
    lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parent, trace_state, service, environment, version,
    revision, resource_id, scope_id, scope, kind, name, operation, {identity.operation_id()} AS operation_id,
    toUnixTimestamp64Nano(start) AS start_ns, duration_ns, status_code, status_message, method, route, status,
    db_system, query, peer, function, file, line, error_type, is_repeat_report, attributes, attribute_types,
    original_attributes, original_types, dropped_attributes, dropped_events, dropped_links,
    arrayMap(t -> toUnixTimestamp64Nano(t), events.time) AS event_times, events.name AS event_names,
    events.attributes AS event_attributes, events.types AS event_types,
    events.dropped_attributes AS event_dropped, arrayMap(i -> lower(hex(i)), links.trace_id) AS link_traces,
    arrayMap(i -> lower(hex(i)), links.span_id) AS link_spans, links.trace_state AS link_states,
    links.attributes AS link_attributes, links.types AS link_types, links.dropped_attributes AS link_dropped
"""


def trace(store: Store, trace_id: str, *, max_spans: int = 10_000, max_logs: int = 1_000) -> Trace | None:
    """The trace with this id (32 hex digits), None if there is none.

    Of a larger one the first `max_spans` spans by start, and the first `max_logs` log records; it says how many are
    left out.
    """
    bounds = _bounds(store, trace_id)
    if bounds is None:
        return None
    spans, total, errors = _spans(store, trace_id, bounds, max_spans)
    if not spans:
        return None
    start_ns = spans[0]["start_ns"]
    resources = _resources(store, {row["resource_id"] for row in spans})
    versions = _scope_versions(store, {row["scope_id"] for row in spans})
    links = [Link(row["id"], id_or_none(row["parent"]) or "", row["start_ns"], _end(row)) for row in spans]
    logs, logs_total = _logs(store, trace_id, bounds, max_logs)
    return Trace(
        trace_id=trace_id,
        start=rfc3339(start_ns),
        duration_ns=max(bounds[1], *map(_end, spans)) - start_ns,
        services=tuple(sorted({row["service"] for row in spans})),
        spans_total=total,
        errors=errors,
        spans_left_out=total - len(spans),
        spans=tuple(_span(spans[place.index], place, start_ns, versions) for place in tree(links)),
        resources=resources,
        logs=logs,
        logs_left_out=logs_total - len(logs),
    )


def _bounds(store: Store, trace_id: str) -> tuple[int, int] | None:
    """First start and last end, so that only those days are read."""
    params = Params()
    sql = f"""
        SELECT toUnixTimestamp64Nano(min(t.start)) AS start_ns, toUnixTimestamp64Nano(max(t.until)) AS until_ns,
            count() AS found
        FROM traces AS t WHERE trace_id = {_id(trace_id, params)}
    """
    (row,) = rows(store, sql, params)
    return (row["start_ns"], row["until_ns"]) if row["found"] else None


def _spans(store: Store, trace_id: str, bounds: tuple[int, int], limit: int) -> tuple[list[Row], int, int]:
    """Rows by start, how many there are in all, and how many of these failed."""
    params = Params()
    within = f"start >= {params.time(bounds[0])} AND start <= {params.time(bounds[1])}"
    where = f"trace_id = {_id(trace_id, params)} AND {within}"
    sql = f"""
        SELECT {_SPAN}, count() OVER () AS total, countIf(status_code = 2) OVER () AS errors FROM spans WHERE {where}
        ORDER BY start, span_id LIMIT {limit}
    """
    found: list[Row] = list(rows(store, sql, params))
    return (found, found[0]["total"], found[0]["errors"]) if found else ([], 0, 0)


def _id(trace_id: str, params: Params) -> str:
    return f"toFixedString(unhex({params.put(trace_id)}), 16)"


def _resources(store: Store, ids: set[int]) -> dict[str, Resource]:
    params = Params()
    names = ", ".join(column for column, _ in PROMOTED_RESOURCE.values())
    maps = "attributes, attribute_types, original_attributes, original_types"
    where = f"resource_id IN ({params.put(sorted(ids), 'Array(UInt64)')})"
    sql = f"SELECT resource_id, {names}, {maps} FROM resources WHERE {where} LIMIT 1 BY resource_id"
    return {
        f"{row['resource_id']:016x}": Resource(
            service=row["service"],
            environment=row["environment"],
            version=row["version"],
            revision=row["revision"],
            attributes=with_promoted(values(row["attributes"], row["attribute_types"]), row, PROMOTED_RESOURCE),
            originals=values(row["original_attributes"], row["original_types"]),
        )
        for row in rows(store, sql, params)
    }


def _scope_versions(store: Store, ids: set[int]) -> dict[int, str]:
    params = Params()
    where = f"scope_id IN ({params.put(sorted(ids), 'Array(UInt64)')}) AND version != ''"
    found = rows(store, f"SELECT scope_id, version FROM scopes WHERE {where} LIMIT 1 BY scope_id", params)
    return {row["scope_id"]: row["version"] for row in found}


def _logs(store: Store, trace_id: str, bounds: tuple[int, int], limit: int) -> tuple[tuple[LogRecord, ...], int]:
    """Those of about the time of the trace, so that not every day is searched."""
    params = Params()
    since, until = params.time(max(0, bounds[0] - HOUR_NS)), params.time(bounds[1] + HOUR_NS)
    where = f"trace_id = {_id(trace_id, params)} AND time >= {since} AND time <= {until}"
    sql = f"SELECT {COLUMNS}, count() OVER () AS total FROM logs WHERE {where} ORDER BY time, span_id LIMIT {limit}"
    found = rows(store, sql, params)
    return tuple(log_record(row) for row in found), found[0]["total"] if found else 0


def _end(row: Row) -> int:
    return int(row["start_ns"] + row["duration_ns"])


def _span(row: Row, place: Place, trace_start_ns: int, versions: Mapping[int, str]) -> TraceSpan:
    attributes = values(row["attributes"], row["attribute_types"])
    return TraceSpan(
        span_id=row["id"],
        parent_span_id=id_or_none(row["parent"]),
        depth=place.depth,
        children=place.children,
        problem=place.problem,
        service=row["service"],
        resource_id=f"{row['resource_id']:016x}",
        scope=" ".join(filter(None, (row["scope"], versions.get(row["scope_id"])))),
        operation_id=row["operation_id"],
        kind=kind_of(row["kind"]),
        name=row["operation"],
        sent_name=row["name"],
        start=rfc3339(row["start_ns"]),
        offset_ns=row["start_ns"] - trace_start_ns,
        duration_ns=row["duration_ns"],
        self_ns=place.self_ns,
        status=status_of(row["status_code"]),
        status_message=row["status_message"],
        query=row["query"],
        is_repeat_report=row["is_repeat_report"],
        attributes=with_promoted(attributes, row, PROMOTED["traces"]),
        originals=values(row["original_attributes"], row["original_types"]),
        events=_events(row, trace_start_ns),
        links=_links(row),
        trace_state=row["trace_state"],
        dropped_attributes=row["dropped_attributes"],
        dropped_events=row["dropped_events"],
        dropped_links=row["dropped_links"],
    )


def _events(row: Row, trace_start_ns: int) -> tuple[SpanEvent, ...]:
    if not row["event_times"]:
        return ()
    columns = ("event_times", "event_names", "event_attributes", "event_types", "event_dropped")
    return tuple(
        SpanEvent(rfc3339(time_ns), time_ns - trace_start_ns, name, values(attributes, types), dropped)
        for time_ns, name, attributes, types, dropped in zip(*(row[name] for name in columns), strict=True)
    )


def _links(row: Row) -> tuple[SpanLink, ...]:
    if not row["link_traces"]:
        return ()
    columns = ("link_traces", "link_spans", "link_states", "link_attributes", "link_types", "link_dropped")
    return tuple(
        SpanLink(trace_id, span_id, state, values(attributes, types), dropped)
        for trace_id, span_id, state, attributes, types, dropped in zip(*(row[name] for name in columns), strict=True)
    )
