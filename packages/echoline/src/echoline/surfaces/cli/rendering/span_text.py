"""What one line of a trace says about a span, and what hangs under it: exceptions, events, log records."""

import re
from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from echoline.model.answers_logs import LogRecord
from echoline.model.answers_traces import SpanEvent, TraceSpan
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.exceptions import exception_lines
from echoline.surfaces.cli.rendering.folding import Node

PROBLEMS = {
    "missing_parent": "its parent has not arrived",
    "circle": "its parents form a circle",
    "repeated_id": "another span has the same id",
}


def name(node: Node, *, with_service: bool) -> Text:
    """The operation; it may be cut."""
    span = node.span
    text = names.operation(span.kind, span.query or span.name)
    if span.status == "ERROR":
        text.stylize(styles.ERROR)
    if function := _function(span):
        text.append(f"  {function}", style=styles.QUIET)
    if with_service:
        return Text.assemble((span.service or "(no name)", f"bold {styles.service(span.service)}"), "  ", text)
    return text


def _function(span: TraceSpan) -> str:
    """The function that a span of the program's own work is of, where it says so: "cart.checkout (web/cart.py:88)"."""
    name, file = span.attributes.get("code.function.name"), span.attributes.get("code.file.path")
    if not isinstance(name, str) or span.query:
        return ""
    line = span.attributes.get("code.line.number")
    place = "/".join(str(file).split("/")[-2:]) + (f":{line}" if line else "") if file else ""
    short = ".".join(re.split(r"[.:]", name)[-2:])
    return f"{short} ({place})" if place else short


def tags(node: Node) -> Text:
    """What stands behind the name and is never cut: how often, failed or not, the HTTP status, an odd place."""
    span, text = node.span, Text()
    if len(node.spans) > 1:
        text.append(f"  ×{len(node.spans)}", style=f"bold {styles.WARN}")
    has_failed, status = span.status == "ERROR", span.attributes.get("http.response.status_code")
    if has_failed:
        text.append("  ✗", style=styles.ERROR)
    if isinstance(status, int):
        text.append(f"{' ' if has_failed else '  '}{status}", style=styles.http_status(status))
    if span.problem:
        text.append(f"  ⚠ {PROBLEMS[span.problem]}", style=styles.WARN)
    return text


def details(node: Node, logs: Mapping[str, Sequence[LogRecord]], start_ns: int) -> Iterator[tuple[int, Text]]:
    """Offset since the start of the trace and words of what happened during a node's spans, in order of time."""
    told: list[tuple[int, Text]] = []
    for span in node.spans:
        for event in span.events:
            told += [(event.offset_ns, text) for text in event_lines(event)]
        if span.status_message and not any(_is_exception(event) for event in span.events):
            message = f"✗ {names.first_line(span.status_message)}"
            told.append((span.offset_ns + span.duration_ns, Text(message, style=styles.ERROR)))
        # An exception is often logged and noted on the span, both.
        known = {text.plain for event in span.events for text in event_lines(event)}
        for log in logs.get(span.span_id, ()):
            offset_ns = nanoseconds(log.time) - start_ns
            told += [(offset_ns, text) for text in record_lines(log) if text.plain not in known]
    yield from sorted(told, key=lambda each: each[0])


def event_lines(event: SpanEvent) -> Iterator[Text]:
    """An exception and the place it came from, or an event with its attributes."""
    if not _is_exception(event):
        said = ", ".join(f"{key}={value}" for key, value in event.attributes.items())
        yield Text.assemble("◆ ", event.name, (f"  {said}" if said else "", styles.QUIET))
        return
    yield from exception_lines(event.attributes)


def record_lines(log: LogRecord) -> Iterator[Text]:
    """A log record's severity and first line, and the exception that it carries."""
    style = styles.SEVERITIES[log.severity]
    said = names.first_line(names.body(log.body))
    yield Text.assemble((f"▪ {log.severity.lower()}", style or styles.QUIET), "  ", (said, style))
    if log.exception_type:
        yield from exception_lines(log.attributes, log.exception_type)


def place(span: TraceSpan, trace_ns: int) -> tuple[float, float]:
    """Where a span lies in its trace, from 0 to 1."""
    if trace_ns <= 0:
        return 0.0, 1.0
    return span.offset_ns / trace_ns, (span.offset_ns + span.duration_ns) / trace_ns


def duration(node: Node) -> str:
    """Of all the node's spans together."""
    return units.duration(sum(span.duration_ns for span in node.spans))


def _is_exception(event: SpanEvent) -> bool:
    return event.name == "exception"
