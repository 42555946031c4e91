"""A provider whose spans are kept, with and without the agent."""

from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from echoline_agent import functions
from echoline_agent.functions import active_span
from echoline_agent.settings import AgentSettings

Ended = Callable[[], tuple[ReadableSpan, ...]]


@pytest.fixture
def plain() -> TracerProvider:
    """As a program sets it up by itself."""
    return TracerProvider(shutdown_on_exit=False)


@pytest.fixture
def provider(plain: TracerProvider) -> TracerProvider:
    """With the agent."""
    functions.attach(plain, AgentSettings())
    return plain


@pytest.fixture
def ended(plain: TracerProvider, monkeypatch: pytest.MonkeyPatch) -> Ended:
    """The spans that have ended; those of `@instrument` among them, as if the provider were the program's."""
    exporter = InMemorySpanExporter()
    plain.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(active_span, "TRACER", plain.get_tracer("echoline_agent"))
    return exporter.get_finished_spans
