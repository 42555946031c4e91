"""An instrumented generator is a generator still, in a span that lasts while it is iterated."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncGenerator, Generator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import StatusCode

from echoline_agent import instrument
from functions.conftest import Ended


@instrument
def echo(count: int) -> Generator[str, str | None, int]:
    """Says back what it is sent; answers a ValueError; returns how often it was asked."""
    got: str | None = "start"
    for _ in range(count):
        try:
            got = yield str(got)
        except ValueError as error:
            got = f"caught {error}"
    return count


@instrument
async def echo_async(count: int) -> AsyncGenerator[str, str | None]:
    got: str | None = "start"
    for _ in range(count):
        await asyncio.sleep(0)
        try:
            got = yield str(got)
        except ValueError as error:
            got = f"caught {error}"


def test_it_is_still_a_generator_function() -> None:
    assert inspect.isgeneratorfunction(echo)
    assert inspect.isasyncgenfunction(echo_async)


def test_the_span_lasts_from_the_first_step_to_the_last(ended: Ended) -> None:
    rows = echo(2)
    next(rows)
    assert ended() == ()
    assert list(rows) == ["None"]
    (span,) = ended()
    assert (span.name, span.status.status_code) == ("echo", StatusCode.UNSET)


def test_never_iterated_it_makes_no_span(ended: Ended) -> None:
    echo(1).close()
    assert ended() == ()


def test_send_throw_and_the_return_value_go_through(ended: Ended) -> None:
    rows = echo(3)
    assert next(rows) == "start"
    assert rows.send("hello") == "hello"
    assert rows.throw(ValueError("x")) == "caught x"
    with pytest.raises(StopIteration) as stop:
        next(rows)
    assert stop.value.value == 3
    assert len(ended()) == 1


def test_yield_from_gets_the_return_value(ended: Ended) -> None:
    def outer() -> Generator[str, str | None, int]:
        return (yield from echo(2)) + 1

    rows = outer()
    assert [next(rows), next(rows)] == ["start", "None"]
    with pytest.raises(StopIteration) as stop:
        next(rows)
    assert stop.value.value == 3


def test_closing_ends_the_span_and_runs_what_is_in_finally(ended: Ended) -> None:
    closed = []

    @instrument
    def rows() -> Generator[int, None, None]:
        try:
            yield 1
            yield 2
        finally:
            closed.append(trace.get_current_span().get_span_context().span_id)

    with contextlib.closing(rows()) as each:
        next(each)
    (span,) = ended()
    assert closed == [span.context.span_id]
    assert span.status.status_code is StatusCode.UNSET


def test_what_it_raises_is_the_error_of_the_span(ended: Ended) -> None:
    rows = echo(2)
    next(rows)
    with pytest.raises(KeyError):
        rows.throw(KeyError("gone"))
    assert ended()[0].status.status_code is StatusCode.ERROR


def test_its_span_is_current_in_its_own_code_only(ended: Ended, plain: TracerProvider) -> None:
    tracer = plain.get_tracer("program")
    inside = []

    @instrument
    def rows() -> Generator[int, None, None]:
        with tracer.start_as_current_span("row"):
            yield 1
            inside.append(trace.get_current_span())
        inside.append(trace.get_current_span())
        yield 2

    before = trace.get_current_span()
    each = rows()
    next(each)
    assert trace.get_current_span() is before
    with tracer.start_as_current_span("consumer") as consumer:
        next(each)
        assert trace.get_current_span() is consumer
    assert list(each) == []
    by_name = {span.name: span for span in ended()}
    row, around = by_name["row"], next(span for name, span in by_name.items() if name.endswith("rows"))
    assert row.parent == around.context
    assert by_name["consumer"].parent is None
    assert [span.get_span_context() for span in inside] == [row.context, around.context]


def test_an_asynchronous_one_does_all_that_too(ended: Ended) -> None:
    async def use() -> list[str]:
        rows = echo_async(4)
        got = [await anext(rows), await rows.asend("hello"), await rows.athrow(ValueError("x"))]
        before = trace.get_current_span()
        assert not before.is_recording()
        return [*got, *[row async for row in rows]]

    assert asyncio.run(use()) == ["start", "hello", "caught x", "None"]
    (span,) = ended()
    assert (span.name, span.status.status_code) == ("echo_async", StatusCode.UNSET)


def test_an_asynchronous_one_that_is_left_early_ends(ended: Ended) -> None:
    async def use() -> None:
        async with contextlib.aclosing(echo_async(5)) as rows:
            async for _ in rows:
                break

    asyncio.run(use())
    assert [span.status.status_code for span in ended()] == [StatusCode.UNSET]
    with pytest.raises(KeyError):
        asyncio.run(echo_async(1).athrow(KeyError("gone")))


def test_an_error_of_an_asynchronous_one_is_on_its_span(ended: Ended) -> None:
    @instrument
    async def rows() -> AsyncGenerator[int, None]:
        yield 1
        raise ValueError("no stock")

    async def use() -> None:
        async for _ in rows():
            pass

    with pytest.raises(ValueError, match="no stock"):
        asyncio.run(use())
    assert ended()[0].status.status_code is StatusCode.ERROR
