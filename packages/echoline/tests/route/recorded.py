"""What a recording holds, read with nothing but protobuf's own classes, and what of it is kept, read with DuckDB."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import duckdb
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from echoline.model.records import SIGNALS, Signal
from echoline.surfaces.cli.replay.recording import bodies

FILES = [f"{signal}.otlp.zst" for signal in SIGNALS]
ITEMS: dict[Signal, str] = {"traces": "spans", "logs": "records", "metrics": "datapoints"}
_REQUESTS: dict[Signal, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
# What tells one item from the next, as `sent` does: ids, times and numbers, which nothing on the way may change.
_KEPT: dict[Signal, str] = {
    "traces": "SELECT trace_id, span_id, parent_span_id, epoch_ns(start), duration_ns, kind, status_code, "
    'len("events.name") FROM {} WHERE service IN {}',
    "logs": "SELECT trace_id, span_id, epoch_ns(time), epoch_ns(observed), severity_number FROM {} WHERE service IN {}",
    "metrics": "SELECT metric, epoch_ns(start), epoch_ns(time), value, count, sum FROM {} WHERE service IN {}",
}


def facts(folder: Path) -> dict[str, Any]:
    """What was counted when it was recorded."""
    found: dict[str, Any] = json.loads((folder / "facts.json").read_text("utf-8"))
    return found


def services(told: dict[str, Any]) -> dict[str, set[str]]:
    """Services with their versions."""
    spans = told["traces"]
    if "by_service" in spans:
        return {service: set(spans["versions"]) for service in spans["by_service"]}
    pairs = [key.strip("()").replace("'", "").split(", ") for key in spans["by_service_version"]]
    return {service: {version} for service, version in pairs}


def server_operations(told: dict[str, Any]) -> dict[str, int]:
    """Calls by the name that the program gave; the most frequent ones where the facts hold no more."""
    spans = told["traces"]
    if "server_ops" in spans:
        return dict(spans["server_ops"])
    pairs = [line.rpartition(" x") for line in spans["top_server_ops"]]
    return {name: int(calls) for name, _, calls in pairs}


def sent(folder: Path, signal: Signal) -> Counter[tuple[object, ...]]:
    """How often each item stands in the recording."""
    rows = {"traces": _span, "logs": _log, "metrics": _points}[signal]
    return Counter(row for item in _items(folder, signal) for row in rows(item))


def kept(exported: Path, signal: Signal, names: Iterable[str]) -> Counter[tuple[object, ...]]:
    """How often each item of these services stands in the exported files."""
    files = f"read_parquet('{exported / signal}/*.parquet')"
    listed = ", ".join(f"'{name}'" for name in names)
    return Counter(duckdb.sql(_KEPT[signal].format(files, f"({listed})")).fetchall())


def _items(folder: Path, signal: Signal) -> Iterator[Any]:
    for body in bodies(folder / f"{signal}.otlp.zst"):
        for _, groups in _REQUESTS[signal].FromString(body.data).ListFields():
            for group in groups:
                for _, several in group.ListFields():
                    yield from _of_scopes(several)


def _of_scopes(several: Any) -> Iterator[Any]:
    for scoped in several if hasattr(several, "append") else ():
        for name in ("spans", "log_records", "metrics"):
            yield from getattr(scoped, name, ())


def _span(span: Any) -> Iterator[tuple[object, ...]]:
    start_ns, duration_ns = span.start_time_unix_nano, span.end_time_unix_nano - span.start_time_unix_nano
    ids = span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex().rjust(16, "0")
    yield *ids, start_ns, duration_ns, span.kind, span.status.code, len(span.events)


def _log(record: Any) -> Iterator[tuple[object, ...]]:
    ids = record.trace_id.hex().rjust(32, "0"), record.span_id.hex().rjust(16, "0")
    time_ns = record.time_unix_nano or record.observed_time_unix_nano
    yield *ids, time_ns, record.observed_time_unix_nano, record.severity_number


def _points(metric: Any) -> Iterator[tuple[object, ...]]:
    for point in getattr(metric, metric.WhichOneof("data")).data_points:
        times_ns = point.start_time_unix_nano, point.time_unix_nano
        if hasattr(point, "as_int"):
            numbers = float(getattr(point, point.WhichOneof("value"))), 0, None
        else:
            numbers = 0.0, point.count, point.sum
        yield metric.name, *times_ns, *numbers
