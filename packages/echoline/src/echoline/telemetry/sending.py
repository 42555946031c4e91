"""Sends our own metrics as OTLP, through the official SDK, like any program; it makes no telemetry about that."""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.metrics import CallbackOptions
from opentelemetry.metrics import Observation as Observed
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import (
    MetricExporter,
    MetricExportResult,
    MetricsData,
    PeriodicExportingMetricReader,
)
from opentelemetry.sdk.resources import Resource

from echoline.telemetry import OBSERVED, QUESTIONS, SCOPE, SERVICE, Instrument

_TIMEOUT_S = 5.0
_SAME_LOOK_S = 1.0


@dataclass(frozen=True)
class Destination:
    """Where to send, and with which token."""

    url: str
    token: str


@dataclass(frozen=True)
class Observation:
    """A value of an instrument with an attribute, or with none."""

    instrument: Instrument
    value: float
    key: str = ""
    text: str = ""


class Sending:
    """Sends at an interval from construction until `close`, whenever there is somewhere to send to."""

    def __init__(
        self,
        observe: Callable[[], Sequence[Observation]],
        destination: Callable[[], Destination | None],
        *,
        version: str,
        instance: str,
        interval_s: float,
    ) -> None:
        """`observe` looks at everything at once; `instance` tells this installation from others."""
        # A receiver that is away is told by health; here it would only repeat itself on the terminal.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        self._observe, self._looked_s, self._seen = observe, 0.0, dict[str, list[Observation]]()
        reader = PeriodicExportingMetricReader(
            _Exporter(destination), export_interval_millis=interval_s * 1000, export_timeout_millis=_TIMEOUT_S * 1000
        )
        # Not Resource.create: what the user's environment says is about the user's programs.
        resource = Resource({"service.name": SERVICE, "service.version": version, "service.instance.id": instance})
        self._provider = MeterProvider([reader], resource, shutdown_on_exit=False)
        meter = self._provider.get_meter(SCOPE, version)
        for each in OBSERVED:
            make = meter.create_observable_counter if each.kind == "counter" else meter.create_observable_gauge
            make(each.name, [partial(self._of, each.name)], each.unit, each.description)
        self._questions = meter.create_histogram(QUESTIONS.name, QUESTIONS.unit, QUESTIONS.description)

    def answered(self, route: str, is_good: bool, seconds: float) -> None:
        """Counts an answer of the API."""
        self._questions.record(seconds, {"http.route": route, "echoline.is_good": is_good})

    def close(self) -> None:
        """Ends without sending what is left: the receiver may be ending too."""
        self._provider.shutdown(timeout_millis=100)

    def _of(self, name: str, _: CallbackOptions) -> Iterable[Observed]:
        """Observations of one instrument; all instruments are asked at about the same time."""
        if time.monotonic() > self._looked_s + _SAME_LOOK_S:
            self._seen = {}
            for each in self._observe():
                self._seen.setdefault(each.instrument.name, []).append(each)
            self._looked_s = time.monotonic()
        return [Observed(each.value, {each.key: each.text} if each.key else None) for each in self._seen.get(name, ())]


class _Exporter(MetricExporter):
    """Finds out at each export where to send: ports and tokens may change."""

    def __init__(self, destination: Callable[[], Destination | None]) -> None:
        super().__init__()
        self._destination, self._known = destination, None  # type: Callable[[], Destination | None], Destination | None
        self._inner: OTLPMetricExporter | None = None

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object) -> MetricExportResult:
        """Drops the data when there is nobody to send it to."""
        found = self._destination()
        if found is None:
            return MetricExportResult.SUCCESS
        if self._inner is None or found != self._known:
            headers = {"authorization": f"Bearer {found.token}"}
            url = f"{found.url}/v1/metrics"
            self._known, self._inner = found, OTLPMetricExporter(url, headers=headers, timeout=_TIMEOUT_S)
        return self._inner.export(metrics_data, timeout_millis)

    def force_flush(self, timeout_millis: float = 10_000) -> bool:  # noqa: ARG002 (the SDK's names)
        """Nothing is held back."""
        return True

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        """Ends the connection."""
        if self._inner is not None:
            self._inner.shutdown(timeout_millis)
