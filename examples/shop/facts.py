"""Counts what a recording holds with nothing but protobuf's own classes: an independent word for the tests."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

Facts = dict[str, Any]
KINDS = ["UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"]
ERROR = 2


def facts(bodies: Mapping[str, Sequence[bytes]]) -> Facts:
    """Counts by signal: how many of everything, and of which sort."""
    return {
        "traces": _sizes(bodies["traces"]) | _traces(bodies["traces"]),
        "logs": _sizes(bodies["logs"]) | _logs(bodies["logs"]),
        "metrics": _sizes(bodies["metrics"]) | _metrics(bodies["metrics"]),
    }


def _sizes(bodies: Sequence[bytes]) -> Facts:
    return {"requests": len(bodies), "bytes": sum(map(len, bodies))}


def _traces(bodies: Sequence[bytes]) -> Facts:
    found = list(_spans(bodies))
    spans = [span for _, _, span in found]
    servers = [span for span in spans if span.kind == span.SPAN_KIND_SERVER]
    return {
        "spans": len(spans),
        "traces": len({span.trace_id for span in spans}),
        "roots": sum(not span.parent_span_id for span in spans),
        "error_spans": sum(span.status.code == ERROR for span in spans),
        "kinds": _counts(KINDS[span.kind] for span in spans),
        "by_service": _counts(_text(resource.attributes, "service.name") for resource, _, _ in found),
        "versions": sorted({_text(resource.attributes, "service.version") for resource, _, _ in found}),
        "scopes": _counts(scope.name for _, scope, _ in found),
        "server_ops": _counts(span.name for span in servers),
        "server_status": _counts(_text(span.attributes, "http.response.status_code") for span in servers),
        "routes": len({_text(span.attributes, "http.route") for span in servers} - {""}),
        "queries": _counts(_text(span.attributes, "db.query.text") for span in spans),
        "functions": _counts(_text(span.attributes, "code.function.name") for span in spans),
        "events": _counts(event.name for span in spans for event in span.events),
        "links": sum(len(span.links) for span in spans),
        "attr_keys": _counts(item.key for span in spans for item in span.attributes),
        "first_start_ns": min(span.start_time_unix_nano for span in spans),
        "last_end_ns": max(span.end_time_unix_nano for span in spans),
    }


def _spans(bodies: Sequence[bytes]) -> Iterator[tuple[Any, Any, Any]]:
    for body in bodies:
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scoped in group.scope_spans:
                for span in scoped.spans:
                    yield group.resource, scoped.scope, span


def _logs(bodies: Sequence[bytes]) -> Facts:
    found = [
        (scoped.scope.name, record)
        for body in bodies
        for group in ExportLogsServiceRequest.FromString(body).resource_logs
        for scoped in group.scope_logs
        for record in scoped.log_records
    ]
    records = [record for _, record in found]
    return {
        "records": len(records),
        "with_trace_id": sum(any(record.trace_id) for record in records),
        "severity": _counts(record.severity_text for record in records),
        "scopes": _counts(scope for scope, _ in found),
        "event_names": _counts(record.event_name for record in records),
        "exceptions": _counts(_text(record.attributes, "exception.type") for record in records),
        "attr_keys": _counts(item.key for record in records for item in record.attributes),
    }


def _metrics(bodies: Sequence[bytes]) -> Facts:
    metrics = [
        metric
        for body in bodies
        for group in ExportMetricsServiceRequest.FromString(body).resource_metrics
        for scoped in group.scope_metrics
        for metric in scoped.metrics
    ]
    points = [(metric, point) for metric in metrics for point in getattr(metric, metric.WhichOneof("data")).data_points]
    return {
        "datapoints": len(points),
        "instruments": len({metric.name for metric in metrics}),
        "names": _counts(metric.name for metric, _ in points),
        "kinds": _counts(metric.WhichOneof("data") for metric in metrics),
        "exemplars": sum(len(point.exemplars) for _, point in points),
    }


def _counts(values: Any) -> dict[str, int]:
    """How often each value stands there, without the empty one; the most frequent first."""
    counted = Counter(values)
    del counted[""]
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def _text(attributes: Any, key: str) -> str:
    """An attribute as text; empty when it is not there."""
    value = next((item.value for item in attributes if item.key == key), None)
    kind = value.WhichOneof("value") if value is not None else None
    return str(getattr(value, kind)) if kind else ""
