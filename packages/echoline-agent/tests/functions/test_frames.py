"""A stack leads to the first function of the program."""

import asyncio
import concurrent.futures
import functools
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from echoline_agent.functions import frames as frames_module
from echoline_agent.functions.frames import Frames
from echoline_agent.functions.program import Program
from functions.libraries import call, deep, library

HERE = __name__
FRAMES = Frames(Program())


def name_from(frame: Any) -> str | None:
    found = FRAMES.function(frame)
    return str(found["code.function.name"]).removeprefix(f"{HERE}.") if found else None


LOOK = library("def look(find):\n    import sys\n    return find(sys._getframe())\n")["look"]
look: Callable[[], str | None] = functools.partial(LOOK, name_from)


class Cart:
    def total(self) -> Any:
        return call(look)

    @property
    def size(self) -> Any:
        return deep(30, look)


class Basket(Cart):
    pass


def traced(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any) -> tuple[str | None, Any]:
        return look(), function(*args)

    return wrapper


def traced_named(name: str, told: Callable[[], None]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def wrapper(*args: Any) -> tuple[str, str | None, Any]:
            told()
            return name, look(), function(*args)

        return wrapper

    return around


def untold(function: Callable[..., Any]) -> Callable[..., Any]:
    def wrapper(*args: Any) -> tuple[str | None, Any]:
        return look(), function(*args)

    return wrapper


def nothing() -> None: ...


@traced
def first() -> str | None:
    return look()


@traced
def second() -> str | None:
    return look()


@traced_named("x", nothing)
@traced
def third() -> str | None:
    return look()


@traced_named("y", nothing)
def fourth() -> str | None:
    return look()


@untold
def fifth() -> str | None:
    return look()


class Store:
    @traced
    def load(self) -> str | None:
        return look()

    @staticmethod
    @traced
    def save() -> str | None:
        return look()


def test_frames_of_libraries_are_passed() -> None:
    assert call(look) == "test_frames_of_libraries_are_passed"


def test_a_method_belongs_to_the_class_that_defines_it() -> None:
    assert (Cart().total(), Basket().total(), Basket().size) == ("Cart.total", "Cart.total", "Cart.size")


def test_comprehensions_and_generator_expressions_count_for_the_function_around() -> None:
    own = "test_comprehensions_and_generator_expressions_count_for_the_function_around"
    names = [look() for _ in range(1)]
    names += {look() for _ in range(1)}
    names += {number: look() for number in range(1)}.values()
    names += list(look() for _ in range(1))  # noqa: C400
    names += [call(lambda: [look() for _ in range(1)][0])]  # noqa: RUF015
    assert names == [own, own, own, own, f"{own}.<locals>.<lambda>"]


def test_local_functions_and_generators_are_code_objects_of_their_own() -> None:
    def rows() -> Iterator[str | None]:
        yield look()

    own = "test_local_functions_and_generators_are_code_objects_of_their_own"
    assert list(rows()) == [f"{own}.<locals>.rows"]
    assert call(lambda: call(look)) == f"{own}.<locals>.<lambda>"


def test_a_wrapper_counts_for_the_function_inside() -> None:
    """The code of the wrapper is one, the functions are two."""
    assert first() == ("first", "first")
    assert second() == ("second", "second")
    assert first() == ("first", "first")
    assert third() == ("x", "third", ("third", "third"))
    assert fourth() == ("y", "fourth", "fourth")
    assert Store().load() == ("Store.load", "Store.load")
    assert Store.save() == ("Store.save", "Store.save")


def test_a_wrapper_that_does_not_say_so_counts_for_itself() -> None:
    assert fifth() == ("untold.<locals>.wrapper", "fifth")


def test_it_looks_no_further_than_forty_frames() -> None:
    assert deep(35, look) == "test_it_looks_no_further_than_forty_frames"
    assert deep(45, look) is None


def test_who_runs_the_loop_did_not_cause_what_its_tasks_do() -> None:
    async def of_a_library(coroutine: Any) -> Any:
        return await asyncio.create_task(coroutine(name_from))

    made = library("import sys\nasync def look(find): return find(sys._getframe())")
    assert asyncio.run(of_a_library(made["look"])) is None


def test_a_coroutine_of_the_program_is_found_in_its_task() -> None:
    async def work() -> Any:
        await asyncio.sleep(0)
        return call(look)

    own = "test_a_coroutine_of_the_program_is_found_in_its_task.<locals>.work"
    assert asyncio.run(work()) == own


def test_a_thread_without_the_program_has_no_function() -> None:
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(look).result() is None


def test_a_module_is_named_when_its_own_code_runs() -> None:
    made: dict[str, Any] = {"look": look, "__name__": "shop.start"}
    exec(compile("found = look()", "/srv/shop/start.py", "exec"), made)
    assert made["found"] == "shop.start.<module>"


def test_what_is_remembered_is_bounded_and_stays_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames_module, "BOUND", 5)
    own = Frames(Program())
    for number in range(20):
        made: dict[str, Any] = {"own": own, "sys": sys, "__name__": "made"}
        exec(compile(f"def f{number}(): return own.function(sys._getframe())", "/srv/made.py", "exec"), made)
        assert made[f"f{number}"]()["code.function.name"] == f"made.f{number}"
    assert len(own._known) <= 5


def test_only_who_started_it_counts_for_a_span_that_serves() -> None:
    def starter() -> str | None:
        found = FRAMES.starter(sys._getframe())
        return str(found["code.function.name"]) if found else None

    assert starter() == f"{HERE}.test_only_who_started_it_counts_for_a_span_that_serves.<locals>.starter"
    by_library = library("import sys\ndef start(find): return find(sys._getframe())")["start"]
    assert by_library(FRAMES.starter) is None
