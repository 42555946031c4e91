"""A replayed recording: what it holds, read with nothing but protobuf's own classes; what of it is kept, read with
DuckDB; and a way to ask for it."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from echoline.model.answers_traces import HeatMap
from echoline.model.instants import rfc3339
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from echoline.surfaces.cli.client import Server, Value
from echoline.surfaces.cli.replay.recording import bodies

FILES = [f"{signal}.otlp.zst" for signal in PLAIN_SIGNALS]
ITEMS: dict[PlainSignal, str] = {"traces": "spans", "logs": "records", "metrics": "datapoints"}
HOUR_NS = 3600 * 10**9
ALL_TIME: dict[str, Value] = {"since": "2020-01-01T00:00:00Z", "until": "2200-01-01T00:00:00Z"}
_REQUESTS: dict[PlainSignal, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
# What tells one item from the next, as `sent` does: ids, times and numbers, which nothing on the way may change.
_KEPT: dict[PlainSignal, str] = {
    "traces": "SELECT trace_id, span_id, parent_span_id, epoch_ns(start), duration_ns, kind, status_code, "
    'len("events.name") FROM {} WHERE service IN {}',
    "logs": "SELECT trace_id, span_id, epoch_ns(time), epoch_ns(observed), severity_number FROM {} WHERE service IN {}",
    "metrics": "SELECT metric, epoch_ns(start), epoch_ns(time), value, count, sum FROM {} WHERE service IN {}",
}


@dataclass(frozen=True)
class Replayed:
    """One application's recording in a running Echoline: what replay told, and the folder of what was exported."""

    folder: Path
    told: Mapping[str, Any]
    exported: Path
    server: Server

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What was counted when it was recorded."""
        found: dict[str, Any] = json.loads((self.folder / "facts.json").read_text("utf-8"))
        return found

    @property
    def services(self) -> dict[str, set[str]]:
        """Services with their versions."""
        spans = self.facts["traces"]
        if "by_service" in spans:
            return {service: set(spans["versions"]) for service in spans["by_service"]}
        pairs = [key.strip("()").replace("'", "").split(", ") for key in spans["by_service_version"]]
        return {service: {version} for service, version in pairs}

    @property
    def window(self) -> dict[str, Value]:
        """The hours in which it was recorded; the facts of some name only the day."""
        spans = self.facts["traces"]
        if "first_start_ns" not in spans:
            return {"since": "2026-11-22", "until": "2026-11-23"}
        return {
            "since": rfc3339(spans["first_start_ns"] - HOUR_NS),
            "until": rfc3339(spans["last_end_ns"] + HOUR_NS),
        }

    def ask(self, path: str, kind: Any, **params: Value) -> list[Any]:
        """The items of all pages, for all services of the application."""
        items, asked = list[Any](), {**ALL_TIME, "limit": 1000, **params}
        for service in self.services:
            cursor, is_first = None, True
            while cursor or is_first:
                page = self.server.get(path, kind, {**asked, "service": service, "cursor": cursor})
                items, cursor, is_first = [*items, *page.items], page.next, False
        return items

    def spans(self, **params: Value) -> int:
        """How many spans fit."""
        asked = {**ALL_TIME, "step": "52w", **params}
        return sum(self.server.get("heat-map", HeatMap, {**asked, "service": each}).spans for each in self.services)


def server_operations(told: dict[str, Any]) -> dict[str, int]:
    """Calls by the name that the program gave; the most frequent ones where the facts hold no more."""
    spans = told["traces"]
    if "server_ops" in spans:
        return dict(spans["server_ops"])
    pairs = [line.rpartition(" x") for line in spans["top_server_ops"]]
    return {name: int(calls) for name, _, calls in pairs}


def sent(folder: Path, signal: PlainSignal) -> Counter[tuple[object, ...]]:
    """How often each item stands in the recording."""
    rows = {"traces": _span, "logs": _log, "metrics": _points}[signal]
    return Counter(row for item in _items(folder, signal) for row in rows(item))


def kept(exported: Path, signal: PlainSignal, names: Iterable[str]) -> Counter[tuple[object, ...]]:
    """How often each item of these services stands in the exported files."""
    files = f"read_parquet('{exported / signal}/*.parquet')"
    listed = ", ".join(f"'{name}'" for name in names)
    return Counter(duckdb.sql(_KEPT[signal].format(files, f"({listed})")).fetchall())


def _items(folder: Path, signal: PlainSignal) -> Iterator[Any]:
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
