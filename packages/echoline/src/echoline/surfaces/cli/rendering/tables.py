"""Lists as tables: services, operations, traces, patterns, metrics."""

from collections.abc import Sequence

from rich.text import Text

from echoline.model.answers import Endpoint, Operation, Service
from echoline.model.answers_logs import LogPattern
from echoline.model.answers_metrics import Metric
from echoline.model.answers_traces import TraceSummary
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.bars import bar
from echoline.surfaces.cli.rendering.clock import ago, moment
from echoline.surfaces.cli.rendering.grid import Column, Grid

BAR_WIDTH = 8


def services(items: Sequence[Service], now_ns: int) -> Grid[Service]:
    """One row per service and environment."""
    return Grid(
        (
            Column("service", lambda row: Text(row.service or "(no name)", style=styles.service(row.service)), wide=12),
            Column("environment", lambda row: row.environment, rank=3),
            Column("version", lambda row: _latest(row.versions), rank=4),
            Column("revision", lambda row: _latest([each[:9] for each in row.revisions]), rank=6),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("p50", lambda row: _duration(row.p50_ns), rank=5, is_number=True),
            Column("p95", lambda row: _duration(row.p95_ns), rank=1, is_number=True),
            Column("spans", lambda row: units.count(row.spans), rank=7, is_number=True),
            Column("last seen", lambda row: _ago(row.last_seen, now_ns), rank=2),
        ),
        items,
    )


def operations(items: Sequence[Operation | Endpoint], title: str = "operation") -> Grid[Operation | Endpoint]:
    """One row per operation, with the time that all its calls took together as a bar."""
    most = max((each.duration_sum_ns for each in items), default=0)
    return Grid(
        (
            Column(title, lambda row: names.operation(row.kind, row.name), wide=32),
            Column("kind", lambda row: Text(row.kind.lower(), style=styles.KINDS[row.kind]), rank=5, hides_alike=True),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=3, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=8, hides_alike=True),
            Column("calls", lambda row: units.count(row.calls), is_number=True),
            Column("errors", lambda row: _errors(row.errors, row.calls), is_number=True),
            Column("p50", lambda row: units.duration(row.p50_ns), rank=2, is_number=True),
            Column("p95", lambda row: units.duration(row.p95_ns), is_number=True),
            Column("p99", lambda row: units.duration(row.p99_ns), rank=7, is_number=True),
            Column("total", lambda row: units.duration(row.duration_sum_ns), rank=4, is_number=True),
            Column("", lambda row: Text(bar(row.duration_sum_ns, most, BAR_WIDTH), style=styles.BAR), rank=6),
        ),
        items,
    )


def traces(items: Sequence[TraceSummary], now_ns: int) -> Grid[TraceSummary]:
    """One row per trace, with its duration as a bar."""
    most = max((each.duration_ns for each in items), default=0)

    def painted(row: TraceSummary) -> Text:
        return Text(bar(row.duration_ns, most, BAR_WIDTH), style=styles.ERROR if row.errors else styles.BAR)

    return Grid(
        (
            Column("trace", lambda row: Text(names.trace_id(row.trace_id), style=styles.QUIET)),
            Column("started", lambda row: moment(nanoseconds(row.start), now_ns), rank=2),
            Column("ago", lambda row: ago(nanoseconds(row.start), now_ns), rank=5, is_number=True),
            Column("root", lambda row: names.operation(row.kind, row.name), wide=24),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=4, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=6, hides_alike=True),
            Column("spans", lambda row: units.count(row.spans), rank=1, is_number=True),
            Column(
                "errors",
                lambda row: Text(units.count(row.errors), style=styles.ERROR) if row.errors else "",
                is_number=True,
            ),
            Column("duration", lambda row: units.duration(row.duration_ns), is_number=True),
            Column("", painted, rank=3),
        ),
        items,
    )


def patterns(items: Sequence[LogPattern], now_ns: int) -> Grid[LogPattern]:
    """One row per pattern, with its count as a bar."""
    most = max((each.count for each in items), default=0)
    return Grid(
        (
            Column("count", lambda row: units.count(row.count), is_number=True),
            Column("", lambda row: Text(bar(row.count, most, BAR_WIDTH), style=styles.BAR), rank=2),
            Column("severity", lambda row: Text(row.severity.lower(), style=styles.SEVERITIES[row.severity])),
            Column("pattern", lambda row: _pattern(row.pattern), wide=30),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=3, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=4, hides_alike=True),
            Column("last seen", lambda row: _ago(row.last_seen, now_ns), rank=1),
        ),
        items,
    )


def metrics(items: Sequence[Metric], now_ns: int) -> Grid[Metric]:
    """One row per metric and service."""
    return Grid(
        (
            Column("metric", lambda row: row.name, wide=30),
            Column("type", lambda row: row.type.replace("_", " "), rank=2),
            Column("unit", lambda row: row.unit, rank=3),
            Column(
                "service", lambda row: Text(row.service, style=styles.service(row.service)), rank=4, hides_alike=True
            ),
            Column("environment", lambda row: row.environment, rank=5, hides_alike=True),
            Column("series", lambda row: units.count(row.series), is_number=True),
            Column("by", lambda row: Text(", ".join(row.attributes), style=styles.QUIET), rank=6, wide=20),
            Column("last seen", lambda row: _ago(row.last_seen, now_ns), rank=1),
        ),
        items,
    )


def _errors(errors: int, calls: int) -> Text:
    if not errors:
        return Text("")
    return Text(f"{units.count(errors)}  {units.share(errors, calls):>6}", style=styles.ERROR)


def _duration(ns: int | None) -> str:
    return "" if ns is None else units.duration(ns)


def _ago(instant: str | None, now_ns: int) -> str:
    return ago(nanoseconds(instant), now_ns) if instant else ""


def _latest(names_: Sequence[str]) -> str:
    """The last one, and how many others there are."""
    return f"{names_[-1]} +{len(names_) - 1}" if len(names_) > 1 else "".join(names_)


def _pattern(pattern: str) -> Text:
    text = Text(names.first_line(pattern))
    text.highlight_regex(r"<\*>", styles.QUIET)
    return text
