"""Spans of a provider get their function when they start, whatever the program has set up."""

import threading
from collections.abc import Sequence

import pytest
from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, Decision, Sampler, SamplingResult
from opentelemetry.trace import Link, SpanKind, TraceState
from opentelemetry.util.types import Attributes

from echoline_agent import functions
from echoline_agent.budget import BUDGET
from echoline_agent.functions import naming
from echoline_agent.functions.naming import MEASURED_ONE_IN
from echoline_agent.settings import AgentSettings
from functions.conftest import Ended
from functions.libraries import call, started_by

HERE = __name__


class EverySecond(Sampler):
    """A sampler as a program may have its own."""

    def __init__(self) -> None:
        self.asked = 0

    def should_sample(
        self,
        parent_context: Context | None,
        trace_id: int,
        name: str,
        kind: SpanKind | None = None,
        attributes: Attributes = None,
        links: Sequence[Link] | None = None,
        trace_state: TraceState | None = None,
    ) -> SamplingResult:
        self.asked += 1
        decision = Decision.RECORD_AND_SAMPLE if self.asked % 2 else Decision.DROP
        return SamplingResult(decision, {"sampler.asked": self.asked})

    def get_description(self) -> str:
        return "EverySecond"


def function_of(span: ReadableSpan) -> object:
    return (span.attributes or {}).get("code.function.name")


@pytest.mark.parametrize("kind", [SpanKind.INTERNAL, SpanKind.CLIENT, SpanKind.PRODUCER, SpanKind.CONSUMER])
def test_what_the_program_causes_has_its_function(provider: TracerProvider, ended: Ended, kind: SpanKind) -> None:
    started_by(provider.get_tracer("library"), kind)
    (span,) = ended()
    code = test_what_the_program_causes_has_its_function.__code__
    assert dict(span.attributes or {}) == {
        "code.function.name": f"{HERE}.{code.co_name}",
        "code.file.path": __file__,
        "code.line.number": code.co_firstlineno,
    }


def test_what_serves_has_the_function_only_of_who_starts_it(provider: TracerProvider, ended: Ended) -> None:
    provider.get_tracer("program").start_span("handle", kind=SpanKind.SERVER).end()
    with provider.get_tracer("program").start_as_current_span("handle", kind=SpanKind.SERVER):
        pass
    started_by(provider.get_tracer("library"), SpanKind.SERVER)
    own = f"{HERE}.test_what_serves_has_the_function_only_of_who_starts_it"
    assert [function_of(span) for span in ended()] == [own, own, None]


def test_attributes_of_the_program_stay_and_so_does_its_sampler() -> None:
    provider = TracerProvider(sampler=EverySecond(), shutdown_on_exit=False)
    tracer = provider.get_tracer("had before")
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    functions.attach(provider, AgentSettings())
    for number in range(4):
        tracer.start_span("work", attributes={"number": number}).end()
    assert isinstance(provider.sampler, EverySecond)
    own = f"{HERE}.test_attributes_of_the_program_stay_and_so_does_its_sampler"
    seen = [dict(span.attributes or {}) for span in exporter.get_finished_spans()]
    assert [(each["sampler.asked"], each["code.function.name"]) for each in seen] == [(1, own), (3, own)]


def test_what_is_not_sampled_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    provider = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    functions.attach(provider, AgentSettings())
    monkeypatch.setattr(naming.NameFunctions, "on_start", None)
    provider.get_tracer("x").start_span("unseen").end()


def test_a_span_that_says_its_function_keeps_it(provider: TracerProvider, ended: Ended) -> None:
    tracer = provider.get_tracer("program")
    tracer.start_span("new", attributes={"code.function.name": "shop.own", "code.file.path": "/shop.py"}).end()
    tracer.start_span("old", attributes={"code.function": "own", "code.namespace": "shop"}).end()
    assert [function_of(span) for span in ended()] == ["shop.own", None]


def test_a_name_without_a_file_is_completed(provider: TracerProvider, ended: Ended) -> None:
    name = f"{HERE}.function_of"
    provider.get_tracer("library").start_span("named", attributes={"code.function.name": name}).end()
    attributes = dict(ended()[0].attributes or {})
    assert (attributes["code.function.name"], attributes["code.file.path"]) == (name, __file__)
    assert attributes["code.line.number"] == function_of.__code__.co_firstlineno


def test_limits_of_the_program_hold() -> None:
    limits = SpanLimits(max_span_attributes=2, max_span_attribute_length=5)
    provider = TracerProvider(span_limits=limits, shutdown_on_exit=False)
    exporter = InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    functions.attach(provider, AgentSettings())
    provider.get_tracer("x").start_span("short", attributes={"own": "attribute"}).end()
    (span,) = exporter.get_finished_spans()
    assert len(span.attributes or {}) == 2
    assert all(len(value) <= 5 for value in (span.attributes or {}).values() if isinstance(value, str))


def test_an_sdk_that_keeps_attributes_otherwise_is_asked_in_public(
    plain: TracerProvider, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert naming.can_put_directly()

    class Other:
        def __init__(self, **_: object) -> None: ...

    monkeypatch.setattr(naming, "BoundedAttributes", Other)
    assert not naming.can_put_directly()
    functions.attach(plain, AgentSettings())
    plain.get_tracer("x").start_span("public").end()
    assert function_of(ended()[0]) == f"{HERE}.test_an_sdk_that_keeps_attributes_otherwise_is_asked_in_public"


def test_a_thread_takes_the_function_of_the_span_around(provider: TracerProvider, ended: Ended) -> None:
    """`asyncio.gather(client.get(a), client.get(b))` starts calls that have nothing of the program on their stack."""
    tracer = provider.get_tracer("program")
    with tracer.start_as_current_span("around"):
        import contextvars

        for kind in (SpanKind.CLIENT, SpanKind.INTERNAL):
            context = contextvars.copy_context()
            thread = threading.Thread(target=context.run, args=(started_by, tracer, kind))
            thread.start()
            thread.join()
    own = f"{HERE}.test_a_thread_takes_the_function_of_the_span_around"
    assert [(span.name, function_of(span)) for span in ended()] == [("made", own), ("made", None), ("around", own)]


def test_whoever_is_served_may_be_asked_by_a_second_provider(plain: TracerProvider, ended: Ended) -> None:
    functions.attach(plain, AgentSettings())
    functions.attach(plain, AgentSettings())
    call(lambda: plain.get_tracer("x").start_span("once").end())
    assert len(plain._active_span_processor._span_processors) == 2


def test_what_fails_in_us_is_counted_and_the_span_lives(
    provider: TracerProvider, ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    from echoline_agent import guard
    from echoline_agent.functions.causes import Causes

    def fail(*_: object) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(Causes, "of", fail)
    before = guard.failures["functions"]
    provider.get_tracer("x").start_span("lives").end()
    assert guard.failures["functions"] == before + 1
    assert [span.name for span in ended()] == ["lives"]


def test_a_shut_part_does_nothing_until_it_opens(provider: TracerProvider, ended: Ended) -> None:
    part = BUDGET.part("functions")
    part.is_open = False
    try:
        provider.get_tracer("x").start_span("shut").end()
    finally:
        part.is_open = True
    provider.get_tracer("x").start_span("open").end()
    assert [function_of(span) is not None for span in ended()] == [False, True]


def test_what_it_costs_is_told_to_the_budget(provider: TracerProvider, ended: Ended) -> None:
    part = BUDGET.part("functions")
    before = part.total_s
    for _ in range(3 * MEASURED_ONE_IN):
        provider.get_tracer("x").start_span("counted").end()
    assert part.total_s > before
    assert {function_of(span) for span in ended()} == {f"{HERE}.test_what_it_costs_is_told_to_the_budget"}


def test_a_program_that_starts_spans_in_other_threads_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from opentelemetry.sdk.trace import ConcurrentMultiSpanProcessor

    provider = TracerProvider(active_span_processor=ConcurrentMultiSpanProcessor(1), shutdown_on_exit=False)
    functions.attach(provider, AgentSettings())
    assert "functions are not named" in capsys.readouterr().err
    provider.shutdown()


class Late(SpanProcessor):
    """A processor of the program that looks at a span when it starts."""

    def __init__(self) -> None:
        self.seen: list[object] = []

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        self.seen.append(function_of(span))


def test_processors_after_us_see_the_function(provider: TracerProvider) -> None:
    late = Late()
    provider.add_span_processor(late)
    provider.get_tracer("x").start_span("seen").end()
    assert late.seen == [f"{HERE}.test_processors_after_us_see_the_function"]
