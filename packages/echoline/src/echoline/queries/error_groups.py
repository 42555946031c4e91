"""Errors grouped by type, service and operation, each with an example and its stack."""

from collections.abc import Mapping
from dataclasses import dataclass

from echoline.conventions.stack_traces import Frame, raised
from echoline.kinds import Store
from echoline.model.answers import ErrorGroup, Page, kind_of
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries import identity, known_functions
from echoline.queries.cursors import Cursor, decode, fingerprint
from echoline.queries.log_records import id_or_none
from echoline.queries.pages import Row, newest, page, rows
from echoline.queries.params import Params

# Of a database call that two instrumentations report, only the report that carries the exception is an error.
_FAILED = "(exception_type != '' OR (status_code = 2 AND NOT is_repeat_report))"
_TYPE = "if(exception_type != '', exception_type, error_type)"


@dataclass(frozen=True)
class ErrorFilter:
    """Which errors; what is empty does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    type: str = ""
    """A part of the type, in any case."""
    operation: str = ""

    def sql(self, params: Params, type_sql: str, *, has_operation: bool) -> str:
        """One condition on spans or logs."""
        columns = ("service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.type:
            tests.append(f"positionCaseInsensitiveUTF8({type_sql}, {params.put(self.type)}) > 0")
        if self.operation:
            tests.append(f"operation = {params.put(self.operation)}" if has_operation else "0")
        return " AND ".join(tests) or "1"


def errors(
    store: Store, window: Window, wanted: ErrorFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[ErrorGroup]:
    """Groups of errors told by spans and by log records, the most frequent first.

    The newest of each is the example, and its stack says which function raised it.
    Raises BadInput for a damaged cursor.
    """
    question = fingerprint("errors", wanted)
    at = decode(cursor, question, (int, str, str)) if cursor else Cursor(window, ())
    params = Params()
    after = ""
    if at.after:
        rank, last_id, environment = at.after
        last = f"{params.put(rank, 'UInt64')}, {params.put(last_id)}, {params.put(environment)}"
        after = f"WHERE (n, id, environment) < ({last})"
    sql = f"""
        SELECT * FROM ({_of_spans(at.window, wanted, params)} UNION ALL {_of_logs(at.window, wanted, params)})
        {after} ORDER BY n DESC, id DESC, environment DESC LIMIT {limit + 1}
    """
    found = rows(store, sql, params)
    origins = [(row["service"], origin) for row in found if (origin := raised(row["stack"]))]
    known = known_functions.keys(store, origins)
    return page(
        found,
        limit,
        lambda row: _group(row, known),
        place=lambda row: (row["n"], row["id"], row["environment"]),
        question=question,
        window=at.window,
        newest=lambda: newest(store, "traces", wanted.service, wanted.environment),
    )


# Of log records some may stand outside of a trace.
_IN_TRACE = "trace_id != toFixedString('', 16)"
# What is told of each group; the newest is the example, and the newest in a trace leads there.
_TOLD = f"""
    count() AS n, uniqIf(trace_id, {_IN_TRACE}) AS traces, toUnixTimestamp64Nano(min(time)) AS first_ns,
    toUnixTimestamp64Nano(max(time)) AS last_ns, argMax(message, time) AS message,
    argMaxIf(stack, time, stack != '') AS stack, lower(hex(argMaxIf(trace_id, time, {_IN_TRACE}))) AS trace,
    lower(hex(argMaxIf(span_id, time, {_IN_TRACE}))) AS span
"""
_KEY = "type, service, environment, operation, kind"


def _of_spans(window: Window, wanted: ErrorFilter, params: Params) -> str:
    """Message and stack are those of the last exception event."""
    where = f"{params.within(window)} AND {_FAILED} AND {wanted.sql(params, _TYPE, has_operation=True)}"
    event = "arrayLast(m -> mapContains(m, 'exception.type'), events.attributes)"
    failed = f"""
        SELECT {_TYPE} AS type, toString(service) AS service, toString(environment) AS environment,
            toString(operation) AS operation, kind, start AS time, trace_id, span_id, {event} AS event,
            if(empty(event), toString(status_message), event['exception.message']) AS message,
            event['exception.stacktrace'] AS stack
        FROM spans WHERE {where}
    """
    group_id = identity.digest("'span'", *_KEY_TEXTS)
    return f"""
        SELECT {group_id} AS id, 'span' AS source, {identity.operation_id()} AS operation_id, {_KEY}, {_TOLD}
        FROM ({failed}) GROUP BY {_KEY}
    """


def _of_logs(window: Window, wanted: ErrorFilter, params: Params) -> str:
    """Records with an exception; the message is the exception's, else the text."""
    condition = wanted.sql(params, "exception_type", has_operation=False)
    where = f"{params.within(window, 'time')} AND exception_type != '' AND {condition}"
    failed = f"""
        SELECT toString(exception_type) AS type, toString(service) AS service, toString(environment) AS environment,
            '' AS operation, toInt8(0) AS kind, logs.time AS time, trace_id, span_id,
            if(attributes['exception.message'] = '', body, attributes['exception.message']) AS message,
            attributes['exception.stacktrace'] AS stack
        FROM logs WHERE {where}
    """
    group_id = identity.digest("'log'", *_KEY_TEXTS)
    return f"""
        SELECT {group_id} AS id, 'log' AS source, '' AS operation_id, {_KEY}, {_TOLD}
        FROM ({failed}) GROUP BY {_KEY}
    """


_KEY_TEXTS = ("type", "service", identity.kind_name(), "operation")


def _group(row: Row, known: Mapping[tuple[str, Frame], str]) -> ErrorGroup:
    origin = raised(row["stack"])
    return ErrorGroup(
        id=row["id"],
        source=row["source"],
        type=row["type"],
        service=row["service"],
        environment=row["environment"],
        operation_id=row["operation_id"] or None,
        operation=row["operation"],
        kind=kind_of(row["kind"]),
        count=row["n"],
        traces=row["traces"],
        first_seen=rfc3339(row["first_ns"]),
        last_seen=rfc3339(row["last_ns"]),
        message=row["message"],
        stack=row["stack"],
        trace_id=id_or_none(row["trace"]),
        span_id=id_or_none(row["span"]),
        code_object=known[row["service"], origin] if origin else "",
        function=origin.function if origin else "",
        file=origin.file if origin else "",
        line=origin.line if origin else 0,
        is_library=origin is not None and origin.is_library,
    )
