"""Small builders of answers, as the API would give them, and of their pictures as plain text."""

import io
from collections.abc import Sequence
from typing import Any

from rich.console import Console, RenderableType

from echoline.model.answers import Endpoint, Kind, Status
from echoline.model.answers_logs import LogRecord, Severity
from echoline.model.answers_traces import Resource, SpanEvent, Trace, TraceSpan
from echoline.model.instants import nanoseconds, rfc3339

MS = 10**6
NOW_NS = nanoseconds("2026-11-22T10:00:00Z")
START_NS = NOW_NS - 90 * 10**9


def at(offset_ms: float) -> str:
    """The instant so long after the start of the trace."""
    return rfc3339(START_NS + int(offset_ms * MS))


def span(
    name: str,
    offset_ms: float = 0,
    ms: float = 10,
    *,
    depth: int = 1,
    kind: Kind = "INTERNAL",
    status: Status = "UNSET",
    service: str = "shop",
    **others: Any,
) -> TraceSpan:
    """A span; its id is its name and offset, and it hangs by its depth as answers order them."""
    given: dict[str, Any] = {
        "span_id": f"{name}@{offset_ms}",
        "parent_span_id": None,
        "children": 0,
        "problem": None,
        "resource_id": service,
        "scope": "test",
        "operation_id": name,
        "sent_name": name,
        "start": at(offset_ms),
        "offset_ns": int(offset_ms * MS),
        "duration_ns": int(ms * MS),
        "self_ns": int(ms * MS),
        "status_message": "",
        "query": "",
        "is_repeat_report": False,
        "attributes": {},
        "originals": {},
        "events": (),
        "links": (),
        "trace_state": "",
        "dropped_attributes": 0,
        "dropped_events": 0,
        "dropped_links": 0,
    }
    return TraceSpan(name=name, depth=depth, kind=kind, status=status, service=service, **(given | others))


def event(name: str, offset_ms: float, **attributes: object) -> SpanEvent:
    """An event; underscores in the names of attributes stand for dots."""
    said = {key.replace("_", "."): value for key, value in attributes.items()}
    return SpanEvent(at(offset_ms), int(offset_ms * MS), name, said, 0)


def log(
    body: object, offset_ms: float = 0, *, severity: Severity = "INFO", service: str = "shop", **others: Any
) -> LogRecord:
    """A log record."""
    given: dict[str, Any] = {
        "observed": at(offset_ms),
        "environment": "test",
        "version": "",
        "severity_number": 9,
        "severity_text": severity,
        "event_name": "",
        "pattern_id": "",
        "trace_id": None,
        "span_id": None,
        "scope": "",
        "exception_type": "",
        "attributes": {},
        "originals": {},
        "dropped_attributes": 0,
    }
    return LogRecord(time=at(offset_ms), service=service, severity=severity, body=body, **(given | others))


def trace(spans: Sequence[TraceSpan], *, logs: Sequence[LogRecord] = (), **others: Any) -> Trace:
    """A trace of these spans in their order."""
    services = tuple(dict.fromkeys(each.service for each in spans))
    given: dict[str, Any] = {
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
        "start": at(0),
        "duration_ns": max((each.offset_ns + each.duration_ns for each in spans), default=0),
        "services": services,
        "spans_total": len(spans),
        "errors": sum(each.status == "ERROR" for each in spans),
        "spans_left_out": 0,
        "resources": {name: Resource(name, "test", "1.4.0", "b5643a9399465d8b", {}, {}) for name in services},
        "logs_left_out": 0,
    }
    return Trace(spans=tuple(spans), logs=tuple(logs), **(given | others))


def drawn(picture: RenderableType, width: int = 100) -> str:
    """What a person sees in a terminal of this width, without colours and without blanks at the ends of lines."""
    console = Console(file=io.StringIO(), width=width, highlight=False, no_color=True)
    console.print(picture, crop=False)
    lines = console.file.getvalue().splitlines()  # type: ignore[attr-defined]
    return "\n" + "\n".join(line.rstrip() for line in lines) + "\n"


def operation(name: str, calls: int = 100, errors: int = 0, p95_ms: float = 20, **others: Any) -> Endpoint:
    """An endpoint; its p50 is half of its p95, its p99 double."""
    given: dict[str, Any] = {
        "id": "0" * 16,
        "service": "shop",
        "environment": "test",
        "kind": "SERVER",
        "p50_ns": int(p95_ms * MS / 2),
        "p95_ns": int(p95_ms * MS),
        "p99_ns": int(p95_ms * MS * 2),
        "duration_sum_ns": int(calls * p95_ms * MS / 2),
        "method": "",
        "route": "",
    }
    return Endpoint(name=name, calls=calls, errors=errors, **(given | others))
