"""Programs that use the official Python SDK: traces go over gRPC, log records and metrics over HTTP.

Spans and log records are sent one by one, as they end; metrics when `force_flush` is called. Both wait for the answer.
"""

from typing import Any

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.metrics.view import ExponentialBucketHistogramAggregation, View
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from echoline_process import Started


def tracing(running: Started, resource: Resource) -> Any:
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint=running.url("grpc"), insecure=True)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return provider


def logging(running: Started, resource: Resource) -> Any:
    provider = LoggerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter(f"{running.url('http')}/v1/logs")))
    return provider


def metering(running: Started, resource: Resource) -> Any:
    exporter = OTLPMetricExporter(f"{running.url('http')}/v1/metrics")
    views = [View(instrument_name="cart.weight", aggregation=ExponentialBucketHistogramAggregation())]
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=float("inf"))
    return MeterProvider([reader], resource=resource, views=views, shutdown_on_exit=False)
