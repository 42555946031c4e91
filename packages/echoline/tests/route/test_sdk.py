"""The official Python SDK sends, and within seconds the API answers with every field as it was sent."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace as trace_api
from opentelemetry._logs import LogRecord as SdkLogRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode

from echoline.errors import BadInput
from echoline.model.answers import Page
from echoline.model.answers_logs import LogRecord
from echoline.model.answers_metrics import Exemplar, Metric, SeriesSet
from echoline.model.answers_traces import Trace
from echoline.model.instants import rfc3339
from echoline.stores.client import Client
from echoline.stores.protocol import socket_path
from echoline.surfaces.cli.client import Server
from echoline_process import Started
from route.sdk import logging, metering, tracing
from waiting import wait_until

# The aim is two seconds; other programs may keep this machine busy.
SOON_S = 5.0
SERVICE = "carts-by-sdk"
SCHEMA = "https://opentelemetry.io/schemas/1.44.0"
RESOURCE: dict[str, Any] = {
    "service.name": SERVICE,
    "service.version": "1.4.0",
    "service.instance.id": "carts-7",
    "deployment.environment.name": "test",
    "vcs.ref.head.revision": "2ac89889f4cc330eabd50f295dcef02828522c69",
    "host.cpus": 8,
}
VALUES: dict[str, Any] = {
    "text": "žluťoučký kůň",
    "empty": "",
    "number": -(2**53),
    "ratio": 0.25,
    "yes": True,
    "texts": ["a", "b"],
    "numbers": [1, 2, 3],
    "ratios": [0.5, 1.5],
    "answers": [True, False],
}
OTHER = SpanContext(0x0AF7651916CD43DD8448EB211C80319C, 0xB7AD6B7169203331, is_remote=True)
pytestmark = pytest.mark.xdist_group("route")


@dataclass(frozen=True)
class Seen:
    """What the API told, and how long after its acknowledgement."""

    trace: Trace
    log: LogRecord
    metrics: dict[str, Metric]
    context: SpanContext
    after_s: dict[str, float]


@pytest.fixture(scope="module")
def server(running: Started) -> Server:
    return Server(running.url("api"))


@pytest.fixture(scope="module")
def seen(running: Started, server: Server) -> Iterator[Seen]:
    resource = Resource.create(RESOURCE, SCHEMA)
    spans, logs, metrics = tracing(running, resource), logging(running, resource), metering(running, resource)
    after_s = {}
    context = send_span(spans)
    found, after_s["traces"] = visible(lambda: server.get(f"traces/{context.trace_id:032x}", Trace), bool)
    send_log(logs, context)
    in_trace = {"service": SERVICE, "trace": f"{context.trace_id:032x}"}
    records, after_s["logs"] = visible(lambda: server.get("logs", Page[LogRecord], in_trace), lambda page: page.items)
    measure(metrics, context)
    told, after_s["metrics"] = visible(
        lambda: server.get("metrics", Page[Metric], {"service": SERVICE}), lambda page: len(page.items) == 5
    )
    yield Seen(found, records.items[0], {each.name: each for each in told.items}, context, after_s)
    for provider in (spans, logs, metrics):
        provider.shutdown()


def visible(ask: Callable[[], Any], is_there: Callable[[Any], object]) -> tuple[Any, float]:
    """The first answer that has what was acknowledged just before, and after how long it came."""
    began_s, answers = time.monotonic(), list[Any]()

    def has_come() -> bool:
        try:
            answers[:] = [ask()]
        except BadInput:  # there is no such trace yet
            return False
        return bool(is_there(answers[0]))

    wait_until(has_come, 40)
    return answers[0], time.monotonic() - began_s


def send_span(provider: Any) -> SpanContext:
    """Returns when it is acknowledged."""
    tracer = provider.get_tracer("shop.web", "0.9", SCHEMA, {"team": SERVICE})
    with tracer.start_as_current_span("GET /cart/{id}", kind=SpanKind.SERVER, attributes={"http.route": "/cart/{id}"}):
        links = [Link(OTHER, {"why": "batch"})]
        with tracer.start_as_current_span("carts.load", attributes=VALUES, links=links) as span:
            span.add_event("retry", {"attempt": 2, "texts": ["a"]}, timestamp=1_760_000_000_000_000_000)
            span.record_exception(KeyError("no such cart"))
            span.set_status(Status(StatusCode.ERROR, "no such cart"))
            context: SpanContext = span.get_span_context()
    return context


def send_log(provider: Any, context: SpanContext) -> None:
    record = SdkLogRecord(
        timestamp=time.time_ns(),
        context=trace_api.set_span_in_context(trace_api.NonRecordingSpan(context)),
        severity_number=SeverityNumber.WARN2,
        severity_text="WARNING",
        body={"message": "cart is slow", "tries": [1, 2], "last": None},
        attributes=VALUES,
        event_name="cart.slow",
    )
    provider.get_logger("shop.cart", "0.9").emit(record)


def measure(provider: Any, context: SpanContext) -> None:
    """Five instruments, the counter inside of a sampled span, so that it has an exemplar."""
    meter = provider.get_meter("shop.cart", "0.9")
    inside = trace_api.set_span_in_context(trace_api.NonRecordingSpan(context))
    meter.create_counter("cart.saved", "{cart}", "Carts saved").add(3, {"kind": "new"}, inside)
    meter.create_up_down_counter("cart.open").add(-2)
    meter.create_gauge("cart.oldest", "s").set(1.5)
    durations = meter.create_histogram("cart.duration", "s", explicit_bucket_boundaries_advisory=[0.1, 1.0])
    weights = meter.create_histogram("cart.weight", "kg")
    for value in (0.05, 0.5, 5.0):
        durations.record(value)
        weights.record(value)
    provider.force_flush()


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_what_was_acknowledged_can_be_asked_soon(seen: Seen, signal: str) -> None:
    print(f"{signal} could be asked {seen.after_s[signal]:.2f} s after their acknowledgement")
    assert seen.after_s[signal] < SOON_S


def test_a_span_has_every_field(seen: Seen) -> None:
    root, span = seen.trace.spans
    assert (root.parent_span_id, span.parent_span_id, span.depth) == (None, root.span_id, 1)
    assert span.span_id == f"{seen.context.span_id:016x}"
    assert (root.kind, span.kind, root.name, span.sent_name) == ("SERVER", "INTERNAL", "GET /cart/{id}", "carts.load")
    assert (span.status, span.status_message) == ("ERROR", "no such cart")
    assert span.attributes == VALUES
    assert (span.scope, root.scope) == ("shop.web 0.9", "shop.web 0.9")
    assert 0 < span.duration_ns <= root.duration_ns


def test_its_events_and_links_have_every_field(seen: Seen) -> None:
    span = seen.trace.spans[1]
    retry, raised = sorted(span.events, key=lambda event: event.time)
    assert (retry.name, retry.time) == ("retry", rfc3339(1_760_000_000_000_000_000))
    assert retry.attributes == {"attempt": 2, "texts": ["a"]}
    assert (raised.name, raised.attributes["exception.type"]) == ("exception", "KeyError")
    assert "no such cart" in str(raised.attributes["exception.stacktrace"])
    (link,) = span.links
    assert (link.trace_id, link.span_id) == (f"{OTHER.trace_id:032x}", f"{OTHER.span_id:016x}")
    assert link.attributes == {"why": "batch"}


def test_the_resource_has_every_attribute(seen: Seen) -> None:
    resource = seen.trace.resources[seen.trace.spans[0].resource_id]
    assert (resource.service, resource.environment, resource.version) == (SERVICE, "test", "1.4.0")
    assert resource.revision == RESOURCE["vcs.ref.head.revision"]
    assert RESOURCE.items() <= resource.attributes.items()
    assert {"telemetry.sdk.language": "python", "telemetry.sdk.name": "opentelemetry"}.items() <= (
        resource.attributes.items()
    )


def test_the_scope_is_kept_with_its_attributes(running: Started, seen: Seen) -> None:
    """No answer shows more of it than name and version yet."""
    client = Client(socket_path(Path(running.ready["data_dir"])))
    found = client.query(
        "SELECT name, version, schema_url FROM scopes WHERE attributes['team'] = 'carts-by-sdk'"
    ).to_pylist()
    client.close()
    assert found == [{"name": "shop.web", "version": "0.9", "schema_url": SCHEMA}]


def test_a_log_record_has_every_field(seen: Seen) -> None:
    record = seen.log
    assert (record.service, record.environment, record.version) == (SERVICE, "test", "1.4.0")
    assert (record.severity, record.severity_number, record.severity_text) == ("WARN", 14, "WARNING")
    assert record.body == {"message": "cart is slow", "tries": [1, 2], "last": None}
    assert (record.event_name, record.scope, record.attributes) == ("cart.slow", "shop.cart", VALUES)
    assert (record.trace_id, record.span_id) == (f"{seen.context.trace_id:032x}", f"{seen.context.span_id:016x}")


def test_metrics_have_their_type_unit_and_values(server: Server, seen: Seen) -> None:
    types = {name: (each.type, each.temporality, each.unit, each.points) for name, each in seen.metrics.items()}
    assert types == {
        "cart.saved": ("sum", "cumulative", "{cart}", 1),
        "cart.open": ("sum", "cumulative", "", 1),
        "cart.oldest": ("gauge", "unspecified", "s", 1),
        "cart.duration": ("histogram", "cumulative", "s", 1),
        "cart.weight": ("exponential_histogram", "cumulative", "kg", 1),
    }
    assert seen.metrics["cart.saved"].description == "Carts saved"
    assert seen.metrics["cart.saved"].attributes == ("kind",)
    levels = [last(server, name) for name in ("cart.open", "cart.oldest")]
    assert levels == [-2, 1.5]


def last(server: Server, metric: str) -> float | None:
    found = server.get(f"metrics/{metric}/series", SeriesSet, {"service": SERVICE, "function": "last"})
    return found.items[0].points[-1].value


def test_an_exemplar_leads_to_its_span(server: Server, seen: Seen) -> None:
    page = server.get("metrics/cart.saved/exemplars", Page[Exemplar], {"service": SERVICE})
    (exemplar,) = page.items
    assert (exemplar.value, exemplar.trace_id) == (3, f"{seen.context.trace_id:032x}")
    assert exemplar.span_id == f"{seen.context.span_id:016x}"
