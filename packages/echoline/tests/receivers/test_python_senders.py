"""The official Python exporters send to us, with each compression they know, and try again when we ask them to."""

import os
import threading
from collections.abc import Callable, Iterator
from typing import Any

import grpc
import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GrpcLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GrpcMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GrpcSpans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HttpLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HttpMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HttpSpans
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from echoline.compression import expand
from echoline.model.records import Signal
from receiving import Receiving, receiving

HTTP: dict[Signal, Any] = {"traces": HttpSpans, "logs": HttpLogs, "metrics": HttpMetrics}
GRPC: dict[Signal, Any] = {"traces": GrpcSpans, "logs": GrpcLogs, "metrics": GrpcMetrics}
MESSAGES: dict[Signal, Any] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    with receiving(tmp_path_factory.mktemp("journal")) as listening:
        yield listening


def spans() -> Any:
    memory = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(memory))
    with provider.get_tracer("shop").start_as_current_span("carts.traces", attributes={"ids": [1, 2]}) as span:
        span.add_event("saved")
    return memory.get_finished_spans()


def logs() -> Any:
    memory: Any = InMemoryLogRecordExporter()  # type: ignore[no-untyped-call]
    provider = LoggerProvider(shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
    provider.get_logger("shop").emit(LogRecord(timestamp=1, severity_number=SeverityNumber.INFO, body="carts.logs"))
    return memory.get_finished_logs()


def metrics() -> Any:
    reader = InMemoryMetricReader()
    provider = MeterProvider([reader], shutdown_on_exit=False)
    provider.get_meter("shop").create_counter("carts.metrics").add(1, {"kind": "new"})
    found = reader.get_metrics_data()
    provider.shutdown()
    return found


ITEMS: dict[Signal, Callable[[], Any]] = {"traces": spans, "logs": logs, "metrics": metrics}


def check(running: Receiving, signal: Signal, exporter: Any, encoding: str) -> None:
    """Exports, and finds exactly what was exported in the journal."""
    before = len(running.journalled())
    result = exporter.export(ITEMS[signal]())
    exporter.shutdown()
    assert result.name == "SUCCESS"
    (request,) = running.journalled()[before:]
    assert (request.signal, request.format, request.encoding) == (signal, "protobuf", encoding)
    assert f"carts.{signal}" in str(MESSAGES[signal].FromString(expand(request.body, request.encoding, 1 << 20)))


@pytest.mark.parametrize(
    ("compression", "encoding"),
    [(Compression.NoCompression, "identity"), (Compression.Gzip, "gzip"), (Compression.Deflate, "deflate")],
)
@pytest.mark.parametrize("signal", HTTP)
def test_official_exporters_send_over_http(
    running: Receiving, signal: Signal, compression: Compression, encoding: str
) -> None:
    url = f"http://127.0.0.1:{running.http_port}/v1/{signal}"
    check(running, signal, HTTP[signal](endpoint=url, compression=compression), encoding)


@pytest.mark.parametrize(
    ("compression", "encoding"),
    [
        (grpc.Compression.NoCompression, "identity"),
        (grpc.Compression.Gzip, "gzip"),
        (grpc.Compression.Deflate, "deflate"),
    ],
)
@pytest.mark.parametrize("signal", GRPC)
def test_official_exporters_send_over_grpc(running: Receiving, signal: Signal, compression: Any, encoding: str) -> None:
    address = f"127.0.0.1:{running.grpc_port}"
    check(running, signal, GRPC[signal](endpoint=address, insecure=True, compression=compression), encoding)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("transport", ["http", "grpc"])
def test_official_exporters_try_again_when_the_disk_recovers(
    running: Receiving, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    """Without an error for the program, and without a second copy."""
    sync = os.fdatasync
    is_broken = threading.Event()
    is_broken.set()
    monkeypatch.setattr("echoline.journal.writer._RETRY_DISK_S", 0.3)

    def syncing(descriptor: int) -> None:
        if is_broken.is_set():
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", syncing)
    threading.Timer(0.2, is_broken.clear).start()
    if transport == "http":
        exporter: Any = HttpSpans(endpoint=f"http://127.0.0.1:{running.http_port}/v1/traces")
    else:
        exporter = GrpcSpans(endpoint=f"127.0.0.1:{running.grpc_port}", insecure=True)
    check(running, "traces", exporter, "identity")
