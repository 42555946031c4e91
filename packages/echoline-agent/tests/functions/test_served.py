"""The request that is being served is known wherever its code runs, and no other."""

import asyncio
import contextvars
import threading

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind

from echoline_agent.functions import served
from functions.conftest import Ended
from functions.libraries import started_by

FUNCTION: dict[str, str | int] = {
    "code.function.name": "shop.view",
    "code.file.path": "/shop.py",
    "code.line.number": 3,
}


def test_a_span_that_serves_is_named_when_its_view_is_known(provider: TracerProvider, ended: Ended) -> None:
    with provider.get_tracer("server").start_as_current_span("GET /", kind=SpanKind.SERVER):
        with provider.get_tracer("middleware").start_as_current_span("inner"):
            served.name_served(FUNCTION)
        served.name_served(None)
    inner, request = ended()
    assert {**(request.attributes or {})} == FUNCTION
    assert (inner.attributes or {})["code.function.name"] != "shop.view"


def test_after_its_end_the_one_around_is_being_served(provider: TracerProvider, ended: Ended) -> None:
    tracer = provider.get_tracer("server")

    def requests() -> None:
        outer = tracer.start_span("outer", kind=SpanKind.SERVER)
        inner = tracer.start_span("inner", kind=SpanKind.SERVER)
        assert (serving := served.being_served()) is not None
        assert serving.span is inner
        inner.end()
        assert (serving := served.being_served()) is not None
        assert serving.span is outer
        outer.end()
        assert served.being_served() is None
        served.name_served(FUNCTION)

    contextvars.copy_context().run(requests)
    assert [(span.attributes or {}).get("code.line.number") == 3 for span in ended()] == [False, False]


def test_requests_past_are_not_kept_for_ever(provider: TracerProvider) -> None:
    """A thread of a server has one context for all its requests."""

    def requests() -> None:
        for _ in range(50):
            provider.get_tracer("server").start_span("GET /", kind=SpanKind.SERVER).end()
        last = served._served.get()
        assert last is not None
        assert last.outer is None

    contextvars.copy_context().run(requests)


def test_tasks_beside_each_other_serve_their_own(provider: TracerProvider, ended: Ended) -> None:
    async def serve(number: int) -> None:
        span = provider.get_tracer("server").start_span(f"GET /{number}", kind=SpanKind.SERVER)
        await asyncio.sleep(0)
        served.name_served(FUNCTION | {"code.function.name": f"shop.view{number}"})
        span.end()

    async def both() -> None:
        await asyncio.gather(*(serve(number) for number in range(5)))

    asyncio.run(both())
    names = [(span.name[5:], str((span.attributes or {})["code.function.name"])[-1]) for span in ended()]
    assert sorted(names) == [(str(number), str(number)) for number in range(5)]


def test_what_a_library_does_for_a_request_counts_for_nobody_before_its_view_is_known(
    provider: TracerProvider, ended: Ended
) -> None:
    started_by(provider.get_tracer("server"), SpanKind.SERVER)
    assert "code.function.name" not in (ended()[0].attributes or {})


def test_a_call_from_a_task_of_its_own_counts_for_the_view_and_not_for_middleware(
    provider: TracerProvider, ended: Ended
) -> None:
    tracer = provider.get_tracer("program")

    def in_a_thread() -> None:
        thread = threading.Thread(target=contextvars.copy_context().run, args=(started_by, tracer, SpanKind.CLIENT))
        thread.start()
        thread.join()

    with tracer.start_as_current_span("GET /", kind=SpanKind.SERVER), tracer.start_as_current_span("middleware"):
        in_a_thread()
        served.name_served(FUNCTION)
        in_a_thread()
        with tracer.start_as_current_span("in the view"):
            in_a_thread()
    own = f"{__name__}.test_a_call_from_a_task_of_its_own_counts_for_the_view_and_not_for_middleware"
    names = [(span.attributes or {})["code.function.name"] for span in ended() if span.name == "made"]
    assert names == [own, "shop.view", own]
