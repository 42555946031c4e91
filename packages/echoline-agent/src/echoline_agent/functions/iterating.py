"""Generators in a span that lasts while they are iterated, and is current only while their own code runs."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Any

from echoline_agent.functions.active_span import ActiveSpan

MakeSpan = Callable[[tuple[Any, ...], Mapping[str, Any]], ActiveSpan]
"""Makes the span of a call from what it is given."""


def iterate(
    function: Callable[..., Generator[Any, Any, Any]], span: MakeSpan
) -> Callable[..., Generator[Any, Any, Any]]:
    """A generator function around one; what is sent, thrown, closed and returned goes through, as `yield from` does.

    `yield from` itself would leave the span current in whoever iterates.
    """

    def iterated(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        inner = function(*args, **kwargs)
        active, error = span(args, kwargs), None
        step, value = inner.send, None
        try:
            while True:
                try:
                    with active.step():
                        item = step(value)
                except StopIteration as stop:
                    return stop.value
                try:
                    value = yield item
                    step = inner.send
                except GeneratorExit:
                    with active.step():
                        inner.close()
                    raise
                except BaseException as thrown:  # noqa: BLE001 - all that is thrown is the generator's
                    step, value = inner.throw, thrown
        except BaseException as raised:
            error = raised
            raise
        finally:
            active.end(error)

    return iterated


def iterate_async(
    function: Callable[..., AsyncGenerator[Any, Any]], span: MakeSpan
) -> Callable[..., AsyncGenerator[Any, Any]]:
    """The same for an asynchronous one."""

    async def iterated(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        inner = function(*args, **kwargs)
        active, error = span(args, kwargs), None
        step, value = inner.asend, None
        try:
            while True:
                try:
                    with active.step():
                        item = await step(value)
                except StopAsyncIteration:
                    return
                try:
                    value = yield item
                    step = inner.asend
                except GeneratorExit:
                    with active.step():
                        await inner.aclose()
                    raise
                except BaseException as thrown:  # noqa: BLE001
                    step, value = inner.athrow, thrown
        except BaseException as raised:
            error = raised
            raise
        finally:
            active.end(error)

    return iterated
