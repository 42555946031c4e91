"""`@instrument` makes a span of each call, and changes nothing else."""

import asyncio
import functools
import inspect
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace import StatusCode

from echoline_agent import instrument
from echoline_agent.functions import active_span
from functions.conftest import Ended

HERE = __name__


@instrument
def add(first: int, second: int = 2) -> int:
    """Adds."""
    return first + second


@instrument(span_name="adding later", attributes={"shop.kind": "sum", "shop.parts": 2})
async def add_later(first: int, second: int) -> int:
    await asyncio.sleep(0)
    return first + second


@instrument
def fail() -> None:
    raise ValueError("no stock")


@instrument(record_exception=False)
def fail_silently() -> None:
    raise ValueError("card 4111")


def doubled(function: Callable[..., int]) -> Callable[..., int]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> int:
        return function(*args) * 2

    return wrapper


@instrument
@doubled
def price() -> int:
    return 3


@instrument(ignore=["named_out"])
class Cart:
    """A cart."""

    def __init__(self, lines: int = 0) -> None:
        self.lines = lines

    def total(self) -> int:
        return self.lines

    @classmethod
    def empty(cls) -> "Cart":
        return cls()

    @staticmethod
    def tax() -> int:
        return 7

    @property
    @instrument
    def size(self) -> int:
        return self.lines

    async def load(self) -> int:
        return self.lines

    @instrument(span_name="own name")
    def named(self) -> None: ...

    @instrument(ignore=True)
    def left_out(self) -> None: ...

    def named_out(self) -> None: ...

    def _private(self) -> None: ...


@instrument(span_name="basket")
class Basket(Cart):
    def fill(self) -> None: ...


def test_a_call_is_a_span_with_its_function_file_and_line(ended: Ended) -> None:
    assert add(1) == 3
    (span,) = ended()
    assert span.name == "add"
    assert span.kind is trace.SpanKind.INTERNAL
    line = inspect.getsourcelines(inspect.unwrap(add))[1]
    assert dict(span.attributes or {}) == {
        "code.function.name": f"{HERE}.add",
        "code.file.path": __file__,
        "code.line.number": line,
    }


def test_what_the_function_says_of_itself_stays() -> None:
    assert (add.__name__, add.__doc__, str(inspect.signature(add))) == (
        "add",
        "Adds.",
        "(first: int, second: int = 2) -> int",
    )
    assert inspect.iscoroutinefunction(add_later)
    assert (Cart.__doc__, inspect.isclass(Cart)) == ("A cart.", True)


def test_a_coroutine_lasts_until_it_is_done_and_takes_name_and_attributes(ended: Ended) -> None:
    assert asyncio.run(add_later(1, second=2)) == 3
    (span,) = ended()
    assert span.name == "adding later"
    assert span.attributes is not None
    assert (span.attributes["shop.kind"], span.attributes["shop.parts"]) == ("sum", 2)
    assert span.attributes["code.function.name"] == f"{HERE}.add_later"


def test_an_exception_passes_and_is_the_error_of_the_span(ended: Ended) -> None:
    with pytest.raises(ValueError, match="no stock"):
        fail()
    (span,) = ended()
    assert (span.status.status_code, span.status.description) == (StatusCode.ERROR, "ValueError: no stock")
    assert [event.name for event in span.events] == ["exception"]


def test_without_recording_an_error_keeps_its_text_to_itself(ended: Ended) -> None:
    with pytest.raises(ValueError, match="card"):
        fail_silently()
    (span,) = ended()
    assert (span.status.status_code, span.status.description, span.events) == (StatusCode.ERROR, "ValueError", ())


def test_being_cancelled_is_no_error(ended: Ended) -> None:
    @instrument
    async def wait() -> None:
        await asyncio.sleep(10)

    async def cancel() -> None:
        task = asyncio.create_task(wait())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert ended()[0].status.status_code is StatusCode.UNSET


def test_a_decorated_function_is_the_one_inside(ended: Ended) -> None:
    assert price() == 6
    assert (ended()[0].attributes or {})["code.function.name"] == f"{HERE}.price"


def test_a_class_has_spans_of_its_public_methods(ended: Ended) -> None:
    cart = Cart.empty()
    cart.total()
    Cart.tax()
    assert cart.size == 0
    asyncio.run(cart.load())
    cart.named()
    cart.left_out()
    cart.named_out()
    cart._private()
    assert [span.name for span in ended()] == [
        "Cart.empty",
        "Cart.total",
        "Cart.tax",
        "Cart.size",
        "Cart.load",
        "own name",
    ]
    assert {(span.attributes or {})["code.function.name"] for span in ended()} == {
        f"{HERE}.Cart.{name}" for name in ("empty", "total", "tax", "size", "load", "named")
    }


def test_a_name_for_a_class_comes_before_its_methods(ended: Ended) -> None:
    Basket().fill()
    assert [span.name for span in ended()] == ["basket.fill"]


def test_calls_inside_become_children(ended: Ended) -> None:
    @instrument
    def outer() -> int:
        return add(1)

    before = trace.get_current_span()
    outer()
    assert trace.get_current_span() is before
    inner, around = ended()
    assert inner.parent is not None
    assert inner.parent.span_id == around.context.span_id
    own_name = "test_calls_inside_become_children.<locals>.outer"
    assert (around.attributes or {})["code.function.name"] == f"{HERE}.{own_name}"


def test_what_is_not_sampled_keeps_its_children_out(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    off = TracerProvider(sampler=ALWAYS_OFF, shutdown_on_exit=False)
    monkeypatch.setattr(active_span, "TRACER", off.get_tracer("off"))
    seen: list[trace.SpanContext] = []

    @instrument
    def unseen() -> None:
        seen.append(trace.get_current_span().get_span_context())

    unseen()
    assert seen[0].is_valid
    assert not seen[0].trace_flags.sampled
    assert ended() == ()


def test_a_provider_that_fails_does_no_harm(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken:
        def start_span(self, *_: object, **__: object) -> trace.Span:
            raise RuntimeError("broken")

    monkeypatch.setattr(active_span, "TRACER", Broken())
    assert add(1) == 3
    assert asyncio.run(add_later(1, 2)) == 3


def test_what_cannot_be_called_is_left_as_it_is_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert instrument(property(add)).fget is add
    assert instrument(5) == 5
    assert "put it below" in capsys.readouterr().err


def test_it_needs_no_provider_and_no_sdk() -> None:
    program = (
        "import sys\nfrom echoline_agent import instrument\n"
        "@instrument\ndef f(): return 1\n"
        "assert f() == 1\nassert 'opentelemetry.sdk.trace' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
