"""A small receiver of OTLP over HTTP that keeps what it gets, for programs under test to send to."""

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
LONGEST_S = 15.0

Attributes = dict[str, Any]


@dataclass(frozen=True)
class Span:
    name: str
    kind: str
    scope: str
    trace_id: str
    span_id: str
    parent_id: str
    attributes: Attributes
    resource: Attributes
    is_error: bool


@dataclass(frozen=True)
class Log:
    body: str
    trace_id: str
    attributes: Attributes
    resource: Attributes


@dataclass
class Sink:
    """What came in. `url` is the endpoint to send to."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    logs: list[Log] = field(default_factory=list)
    metrics: set[str] = field(default_factory=set)
    metric_resources: list[Attributes] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def wait(self, is_there: Callable[["Sink"], object]) -> None:
        """Returns when the condition holds. Fails, with the names of what came, when it does not in time."""
        ends = time.monotonic() + LONGEST_S
        while not is_there(self):
            assert time.monotonic() < ends, [(span.kind, span.name, span.scope) for span in self.spans]
            time.sleep(0.02)

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def of_kind(self, kind: str) -> list[Span]:
        return [span for span in self.spans if span.kind == kind]

    def take(self, path: str, body: bytes) -> None:
        self.paths.append(path)
        if path == "/v1/traces":
            self._take_spans(ExportTraceServiceRequest.FromString(body))
        elif path == "/v1/logs":
            self._take_logs(ExportLogsServiceRequest.FromString(body))
        elif path == "/v1/metrics":
            for resource in ExportMetricsServiceRequest.FromString(body).resource_metrics:
                self.metric_resources.append(_attributes(resource.resource.attributes))
                self.metrics |= {metric.name for scope in resource.scope_metrics for metric in scope.metrics}

    def _take_spans(self, request: Any) -> None:
        for resource in request.resource_spans:
            known = _attributes(resource.resource.attributes)
            for scope in resource.scope_spans:
                self.spans += [
                    Span(
                        span.name,
                        KINDS[span.kind],
                        scope.scope.name.removeprefix("opentelemetry.instrumentation."),
                        span.trace_id.hex(),
                        span.span_id.hex(),
                        span.parent_span_id.hex(),
                        _attributes(span.attributes),
                        known,
                        span.status.code == 2,
                    )
                    for span in scope.spans
                ]

    def _take_logs(self, request: Any) -> None:
        for resource in request.resource_logs:
            known = _attributes(resource.resource.attributes)
            self.logs += [
                Log(record.body.string_value, record.trace_id.hex(), _attributes(record.attributes), known)
                for scope in resource.scope_logs
                for record in scope.log_records
            ]


def _attributes(pairs: Any) -> Attributes:
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "string_value") for pair in pairs}


@contextmanager
def sink() -> Iterator[Sink]:
    """A running sink, on a port of its own."""
    got = Sink()

    class Requests(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            got.take(self.path, gzip.decompress(body) if self.headers.get("content-encoding") == "gzip" else body)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Requests)
    got.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield got
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
