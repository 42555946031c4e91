"""Arguments are told only where the user names the function, and nothing of the program runs for it."""

import enum
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from echoline_agent import instrument
from echoline_agent.functions.arguments import MOST, arguments_of
from echoline_agent.guard import failures
from echoline_agent.settings import AgentSettings
from functions.conftest import Ended

HERE = __name__
ALL = AgentSettings(arguments=(f"{HERE}.*",))
BEFORE = "code.argument."


def told(function: Callable[..., object], *args: Any, settings: AgentSettings = ALL, **kwargs: Any) -> dict[str, Any]:
    found = arguments_of(function, settings)
    assert found is not None
    attributes = found(args, kwargs)
    assert all(key.startswith(BEFORE) for key in attributes)
    return {key.removeprefix(BEFORE): value for key, value in attributes.items()}


def order(
    lines: Any, /, coupon: Any = None, *rest: Any, price: Any = 2.5, is_gift: Any = False, **more: Any
) -> None: ...


def no_touching(self: object, *_: object) -> object:
    raise AssertionError("the program's code ran")


def test_numbers_and_truths_are_told_as_they_are_defaults_too() -> None:
    assert told(order, 3) == {"lines": 3, "coupon.type": "None", "price": 2.5, "is_gift": False}
    assert told(order, -1.5, True, price=None, is_gift=2**63) == {
        "lines": -1.5,
        "coupon": True,
        "price.type": "None",
        "is_gift.type": "int",
    }


def test_of_texts_and_collections_only_type_and_length_are_told() -> None:
    found = told(order, [1, 2], "SUMMER", "left out", price={"a": 1}, is_gift=b"abc", card="4111")
    assert found == {
        "lines.type": "list",
        "lines.length": 2,
        "coupon.type": "str",
        "coupon.length": 6,
        "price.type": "dict",
        "price.length": 1,
        "is_gift.type": "bytes",
        "is_gift.length": 3,
    }


def test_a_text_is_told_where_a_second_list_names_it() -> None:
    settings = AgentSettings(arguments=ALL.arguments, argument_texts=(f"{HERE}.order.coupon",))
    found = told(order, "plain", "S" * 500, settings=settings)
    assert told(order, 1, "half \ud800", settings=settings)["coupon"] == "half ?"
    assert (found["coupon"], found["coupon.length"]) == ("S" * 200, 500)
    assert "lines" not in found


def test_nothing_of_the_program_runs() -> None:
    class Touchy(type):
        __getattribute__ = no_touching

    class Odd(metaclass=Touchy):
        __class__ = property(no_touching)

    class Lines(list[int]):
        __len__ = __repr__ = __str__ = __iter__ = __bool__ = __getattribute__ = no_touching  # type: ignore[assignment]

    class Colour(enum.IntEnum):
        RED = 1

    before, inner = failures.total(), "test_nothing_of_the_program_runs.<locals>"
    found = told(order, Lines([1]), Odd(), price=Colour.RED)
    assert found == {
        "lines.type": f"{inner}.Lines",
        "coupon.type": f"{inner}.Odd",
        "price.type": f"{inner}.Colour",
        "is_gift": False,
    }
    assert failures.total() == before


def test_a_call_with_the_wrong_arguments_still_raises_by_itself(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHOLINE_AGENT_ARGUMENTS", "*")

    @instrument
    def one(number: int) -> int:
        return number

    with pytest.raises(TypeError, match="missing 1 required"):
        one()  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="takes 1 positional"):
        one(1, 2)  # type: ignore[call-arg]
    assert argument(ended()[-1]) == {"number": 1}


def test_there_are_so_many_at_most() -> None:
    names = [f"n{number}" for number in range(40)]
    scope: dict[str, Any] = {"__name__": HERE}
    exec(f"def wide({', '.join(names)}): ...", scope)
    assert list(told(scope["wide"], *range(40))) == names[:MOST]


@pytest.mark.parametrize("patterns", [(), ("shop.*",), (f"{HERE}.other",)])
def test_without_a_pattern_that_names_it_nothing_is_told(patterns: tuple[str, ...]) -> None:
    assert arguments_of(order, AgentSettings(arguments=patterns)) is None


def argument(span: ReadableSpan) -> dict[str, Any]:
    found = span.attributes or {}
    return {key.removeprefix(BEFORE): value for key, value in found.items() if key.startswith(BEFORE)}


def test_spans_of_all_kinds_of_functions_carry_them(ended: Ended, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECHOLINE_AGENT_ARGUMENTS", f"{HERE}.test_spans*")

    @instrument
    class Cart:
        def add(self, item: str, count: int = 1) -> int:
            return count

        @classmethod
        def of(cls, size: int) -> "Cart":
            return cls()

        def each(self, limit: int) -> Iterator[int]:
            yield from range(limit)

    assert Cart.of(7).add("book") == 1
    assert list(Cart().each(2)) == [0, 1]
    assert [argument(span) for span in ended()] == [
        {"size": 7},
        {"item.type": "str", "item.length": 4, "count": 1},
        {"limit": 2},
    ]


def test_they_are_off_unless_asked_for(ended: Ended) -> None:
    @instrument
    def quiet(number: int) -> int:
        return number

    assert quiet(5) == 5
    assert argument(ended()[0]) == {}
