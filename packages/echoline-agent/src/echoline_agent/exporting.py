"""Makes the exporters: OTLP over HTTP to Echoline on this machine unless variables of OpenTelemetry say otherwise."""

import importlib
import logging
import os
from collections.abc import Mapping
from typing import Any

from echoline_agent.loud import say
from echoline_agent.settings import ENDPOINT

QUICK_MS = {"OTEL_BSP_SCHEDULE_DELAY": 1000, "OTEL_BLRP_SCHEDULE_DELAY": 1000, "OTEL_METRIC_EXPORT_INTERVAL": 15_000}
"""How long telemetry waits in the program, unless the variable says otherwise: a developer looks on."""

OTLP_HTTP = {
    "traces": "opentelemetry.exporter.otlp.proto.http.trace_exporter:OTLPSpanExporter",
    "metrics": "opentelemetry.exporter.otlp.proto.http.metric_exporter:OTLPMetricExporter",
    "logs": "opentelemetry.exporter.otlp.proto.http._log_exporter:OTLPLogExporter",
}
EXPORTERS_LOGGERS = (
    "opentelemetry.exporter.otlp.common.http",
    "opentelemetry.exporter.otlp.proto.http.trace_exporter",
    "opentelemetry.exporter.otlp.proto.http.metric_exporter",
    "opentelemetry.exporter.otlp.proto.http._log_exporter",
    "opentelemetry.sdk._shared_internal",
)


def exporter(signal: str, environ: Mapping[str, str] = os.environ) -> Any:
    """The exporter of `traces`, `metrics` or `logs`; None when the variables say none."""
    name = environ.get(f"OTEL_{signal.upper()}_EXPORTER", "otlp").strip() or "otlp"
    if name == "none":
        return None
    protocol = environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_PROTOCOL") or environ.get(
        "OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"
    )
    if name == "otlp" and protocol == "http/protobuf":
        endpoint = _endpoint(signal, environ)
        return loaded(OTLP_HTTP[signal])(**({"endpoint": endpoint} if endpoint else {}))
    return _installed(signal, f"otlp_proto_{protocol}" if name == "otlp" else name)


def interval_ms(variable: str, environ: Mapping[str, str] = os.environ) -> int | None:
    """How long to wait between exports; None leaves it to what the variable says."""
    return None if environ.get(variable) else QUICK_MS[variable]


def loaded(target: str) -> Any:
    """What `module:name` names."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def _endpoint(signal: str, environ: Mapping[str, str]) -> str | None:
    # `localhost`, the default of OpenTelemetry, may be ::1, where Echoline does not listen.
    if environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or environ.get(f"OTEL_EXPORTER_OTLP_{signal.upper()}_ENDPOINT"):
        return None
    return f"{ENDPOINT}/v1/{signal}"


def _installed(signal: str, name: str) -> Any:
    """An exporter by the name under which it is registered; says loudly when there is none."""
    from importlib.metadata import entry_points

    for entry_point in entry_points(group=f"opentelemetry_{signal}_exporter", name=name):
        return entry_point.load()()
    say(f"there is no exporter {name!r} for {signal} here, so {signal} go nowhere; http/protobuf is always there")
    return None


class _Once(logging.Filter):
    """Turns the exporters' complaints into one loud line: the program's log is not ours to fill."""

    has_failed = False

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and not _Once.has_failed:
            _Once.has_failed = True
            where = os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or ENDPOINT
            say(f"telemetry does not get to {where}, the program goes on without it: {record.getMessage()}")
        elif "Queue full" in record.getMessage():
            say("telemetry comes faster than it can be sent, some of it is dropped")
        return False


def quieten() -> None:
    """Keeps what exporters log out of the program's logs, and out of the telemetry that they send."""
    for name in EXPORTERS_LOGGERS:
        logging.getLogger(name).addFilter(_Once())
