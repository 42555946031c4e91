"""Gives way to providers that the program sets itself: they win, and get what the agent has to add."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from echoline_agent import log_records
from echoline_agent.guard import guard
from echoline_agent.loud import say

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor, TracerProvider

Attach = Callable[["TracerProvider"], None]

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0"})  # noqa: S104 - where others send to, not where we listen
UNKNOWN = "unknown_service"


def is_set(provider: object) -> bool:
    """Whether somebody has set this global provider: until then the API gives out a proxy."""
    return "Proxy" not in type(provider).__name__


def tracer_provider() -> "TracerProvider | None":
    """The global tracer provider of the program; None while it has set none."""
    from opentelemetry import trace

    provider = trace.get_tracer_provider()
    return provider if is_set(provider) else None  # type: ignore[return-value] # adopting checks what it is


def adopt_tracer_provider(theirs: object, known: "Resource", prepare: Attach) -> bool:
    """Adds our resource attributes below theirs, and our processors; False when it is not the SDK's provider."""
    from opentelemetry.sdk.trace import TracerProvider

    if not isinstance(theirs, TracerProvider):
        say(
            f"the program set its own tracer provider, a {type(theirs).__module__}.{type(theirs).__qualname__}, which "
            "takes no processors: spans go only where it sends them"
        )
        return False
    _know(theirs, known)
    prepare(theirs)
    return True


def give_way_to_tracer_providers(ours: "TracerProvider", known: "Resource", prepare: Attach) -> None:
    """A tracer provider that is set after ours takes its place, and our tracers write to it."""
    from opentelemetry import trace

    def adopted(theirs: object) -> None:
        if adopt_tracer_provider(theirs, known, prepare):
            _move_tracers(ours, theirs)

    _let_others_set(trace, "_set_tracer_provider", "_TRACER_PROVIDER_SET_ONCE", ours, adopted)


def give_way_to_meter_providers(ours: object) -> None:
    """A meter provider that is set after ours takes its place; what already measures goes on with ours."""
    from opentelemetry.metrics import _internal

    _let_others_set(_internal, "_set_meter_provider", "_METER_PROVIDER_SET_ONCE", ours, lambda _: None)


def give_way_to_logger_providers(ours: object) -> None:
    """A logger provider that is set after ours takes its place, and we tell no more records: none goes twice."""
    from opentelemetry._logs import _internal

    _let_others_set(_internal, "_set_logger_provider", "_LOGGER_PROVIDER_SET_ONCE", ours, lambda _: log_records.leave())


def _let_others_set(module: Any, setter: str, once: str, ours: object, adopted: Callable[[object], None]) -> None:
    """Replaces the setter of a global provider: the API lets only the first one be set, and that was ours."""
    set_first = getattr(module, setter)

    def set_theirs(provider: object, log: bool) -> None:
        if getattr(module, setter.removeprefix("_set").upper(), None) is ours and provider is not ours:
            setattr(module, once, type(getattr(module, once))())
            set_first(provider, log)
            guard("adopting")(adopted)(provider)
        else:
            set_first(provider, log)

    setattr(module, setter, set_theirs)


def _know(theirs: "TracerProvider", known: "Resource") -> None:
    """Puts what we know below what the program says of itself; a name that nobody chose does not count."""
    from opentelemetry.sdk.resources import Resource

    said = dict(theirs.resource.attributes)
    if str(said.get("service.name", UNKNOWN)).startswith(UNKNOWN):
        said.pop("service.name", None)
    theirs._resource = known.merge(Resource(said, theirs.resource.schema_url))  # noqa: SLF001
    for tracer in getattr(theirs, "_tracers", {}).values():
        tracer.resource = theirs._resource  # noqa: SLF001


def _move_tracers(ours: "TracerProvider", theirs: Any) -> None:
    """Instrumentations hold tracers of ours: from now on these write to the program's provider."""
    for tracer in getattr(ours, "_tracers", {}).values():
        tracer.sampler, tracer.resource = theirs.sampler, theirs.resource
        tracer.span_processor, tracer.id_generator = theirs._active_span_processor, theirs.id_generator  # noqa: SLF001


def unless_exported(processor: "SpanProcessor", provider: "TracerProvider") -> "SpanProcessor":
    """The processor, silent when the program itself sends spans of this provider to the same receiver.

    Decided when the first span ends: programs add their exporters before or after they set the provider.
    """
    from opentelemetry.sdk.trace import SpanProcessor

    class UnlessExported(SpanProcessor):
        span_exporter = getattr(processor, "span_exporter", None)

        def __init__(self) -> None:
            self._is_silent: bool | None = None
            self._lock = threading.Lock()

        def on_start(self, span: "Span", parent_context: "Context | None" = None) -> None:
            processor.on_start(span, parent_context)

        def on_end(self, span: "ReadableSpan") -> None:
            if self._is_silent is None:
                with self._lock:
                    others = [other for other in _processors(provider) if other is not self]
                    self._is_silent = any(_sends_to_the_same(other, self.span_exporter) for other in others)
            if not self._is_silent:
                processor.on_end(span)

        def shutdown(self) -> None:
            processor.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return processor.force_flush(timeout_millis)

    return UnlessExported()


def _processors(provider: "TracerProvider") -> tuple["SpanProcessor", ...]:
    return tuple(getattr(provider._active_span_processor, "_span_processors", ()))  # noqa: SLF001


def _sends_to_the_same(processor: object, ours: object) -> bool:
    """Whether a processor exports by OTLP to where ours exports; gRPC listens one port below HTTP, by convention."""
    exporter = getattr(processor, "span_exporter", None)
    endpoint, our_endpoint = getattr(exporter, "_endpoint", None), getattr(ours, "_endpoint", None)
    if not isinstance(endpoint, str) or not isinstance(our_endpoint, str):
        return False
    machine, port = _address(endpoint)
    our_machine, our_port = _address(our_endpoint)
    return machine == our_machine and port in (our_port, our_port - 1)


def _address(endpoint: str) -> tuple[str, int]:
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return "127.0.0.1" if host in LOOPBACK else host, port
