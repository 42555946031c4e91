"""Sets up the providers of traces, metrics and logs, or adopts those that the program has set."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from echoline_agent import adoption, exporting, leaving, own_metrics, resource
from echoline_agent.budget import BUDGET
from echoline_agent.guard import guard
from echoline_agent.settings import AgentSettings

if TYPE_CHECKING:
    from opentelemetry.sdk.resources import Resource

DEFAULTS = {
    "OTEL_SEMCONV_STABILITY_OPT_IN": "http,database",
    "OTEL_PYTHON_LOG_CODE_ATTRIBUTES": "true",
}
"""Variables of OpenTelemetry that get a value when they have none: the stable names of 1.44."""


def set_up(settings: AgentSettings, attach: adoption.Attach) -> None:
    """Provides for every signal that is not left out; `attach` is called with each tracer provider in use."""
    from opentelemetry.sdk.resources import Resource

    BUDGET.share = settings.budget_share
    known = Resource.create(dict(resource.attributes(settings, os.environ, Path.cwd())))
    exporting.quieten()
    for signal, provide in (("metrics", _metrics), ("traces", _traces), ("logs", _logs)):
        if signal not in settings.off:
            guard(signal)(provide)(known, attach)
    guard("metrics")(own_metrics.register)()
    leaving.flush_before_hard_exits()
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_say_who_we_are)


@guard("providers")
def _say_who_we_are() -> None:
    """A worker that was forked is another process; releases before 1.41 keep what the parent said."""
    from opentelemetry.sdk.resources import Resource

    for provider in leaving.flushes:
        if update := getattr(provider, "_update_resource", None):
            update(Resource({"process.pid": os.getpid()}))


def _traces(known: "Resource", attach: adoption.Attach) -> None:
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    def prepare(provider: TracerProvider) -> None:
        if exporter := exporting.exporter("traces"):
            delay_ms = exporting.interval_ms("OTEL_BSP_SCHEDULE_DELAY")
            batches = BatchSpanProcessor(exporter, schedule_delay_millis=delay_ms)
            provider.add_span_processor(adoption.unless_exported(batches, provider))
            leaving.hurry_at_exit(exporter)
        attach(provider)
        leaving.flushes.append(provider)

    theirs = adoption.tracer_provider()
    if theirs is None:
        ours = TracerProvider(resource=known)
        prepare(ours)
        trace.set_tracer_provider(ours)
        adoption.give_way_to_tracer_providers(ours, known, prepare)
    else:
        adoption.adopt_tracer_provider(theirs, known, prepare)


def _metrics(known: "Resource", _: adoption.Attach) -> None:
    from opentelemetry import metrics
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    if adoption.is_set(metrics.get_meter_provider()):
        return  # instrumentations measure with the program's own, to where that one sends
    exporter = exporting.exporter("metrics")
    if exporter is None:
        return
    interval_ms = exporting.interval_ms("OTEL_METRIC_EXPORT_INTERVAL")
    ours = MeterProvider(
        resource=known, metric_readers=[PeriodicExportingMetricReader(exporter, export_interval_millis=interval_ms)]
    )
    leaving.hurry_at_exit(exporter)
    metrics.set_meter_provider(ours)
    leaving.flushes.append(ours)
    adoption.give_way_to_meter_providers(ours)


def _logs(known: "Resource", _: adoption.Attach) -> None:
    from opentelemetry import _logs
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    def prepare(provider: LoggerProvider) -> None:
        if exporter := exporting.exporter("logs"):
            delay_ms = exporting.interval_ms("OTEL_BLRP_SCHEDULE_DELAY")
            provider.add_log_record_processor(BatchLogRecordProcessor(exporter, schedule_delay_millis=delay_ms))
            leaving.hurry_at_exit(exporter)
        leaving.flushes.append(provider)

    if adoption.is_set(_logs.get_logger_provider()):
        return  # the program sends its log records itself
    ours = LoggerProvider(resource=known)
    prepare(ours)
    _logs.set_logger_provider(ours)
    adoption.give_way_to_logger_providers(ours)
