from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, of, sample, span
from echoline.model.answers_profiles import FoldedStack, Profile, ProfiledFunction, ProfileType, StackFrame
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.profiles import ProfileFilter, profile
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

MAIN, CART, TAX, TAX_LATER = "/a/main.py:main:3", "/a/cart.py:cart.total:7", "/a/tax.py:tax.of:2", "/a/tax.py:tax.of:9"
MS = 1_000_000
ALL = ProfileFilter()


def frames(*texts: str) -> tuple[StackFrame, ...]:
    split = [text.split(":") for text in texts]
    return tuple(StackFrame(function, file, int(line)) for file, function, line in split)


def told(found: Profile) -> dict[str, tuple[int, int]]:
    """Own and total milliseconds by function."""
    return {each.function: (each.own // MS, each.total // MS) for each in found.functions}


def test_functions_have_what_they_cost_themselves_and_with_what_they_called(engine: "Engine") -> None:
    keep(engine, "profiles", sample(MAIN, CART, TAX, ms=30), sample(MAIN, CART, TAX_LATER, ms=50), sample(MAIN, CART))
    keep(engine, "profiles", sample(MAIN, CART, TAX, ms=10, hits=4, is_approximate=True))
    found = profile(engine, LAST_DAY, ALL, most_stacks=2)
    costliest = [(TAX_LATER, 50, 1), (TAX, 40, 5)]
    assert found == Profile(
        type="cpu", unit="nanoseconds", value=110 * MS, hits=7, approximate=10 * MS,
        functions=(
            ProfiledFunction("python:tax:of", "tax.of", "/a/tax.py", 9, 90 * MS, 90 * MS, 6, False, 10 * MS),
            ProfiledFunction("python:cart:total", "cart.total", "/a/cart.py", 7, 20 * MS, 110 * MS, 1, False, 0),
            ProfiledFunction("python:?:main", "main", "/a/main.py", 0, 0, 110 * MS, 0, False, 0),
        ),
        functions_total=3,
        stacks=tuple(FoldedStack(frames(MAIN, CART, leaf), ms * MS, n) for leaf, ms, n in costliest),
        stacks_total=3, types=(ProfileType("cpu", "nanoseconds", 110 * MS, 7),),
        since=rfc3339(LAST_DAY.since_ns), until=rfc3339(LAST_DAY.until_ns), newest=None,
    )  # fmt: skip


def test_a_function_that_calls_itself_counts_once(engine: "Engine") -> None:
    keep(engine, "profiles", sample(MAIN, CART, TAX, CART, TAX, ms=10))
    assert told(profile(engine, LAST_DAY, ALL)) == {"tax.of": (10, 10), "cart.total": (0, 10), "main": (0, 10)}


def test_the_costliest_come_first_and_the_limit_says_how_many(engine: "Engine") -> None:
    keep(engine, "profiles", sample(MAIN, CART, TAX, ms=3), sample(MAIN, ms=2), sample(MAIN, CART, ms=1))
    by_total = profile(engine, LAST_DAY, ALL, sort="total", limit=2)
    assert ([each.function for each in by_total.functions], by_total.functions_total) == (["main", "cart.total"], 3)
    assert [each.function for each in profile(engine, LAST_DAY, ALL, limit=1).functions] == ["tax.of"]


SHOP = of(service="shop", environment="prod", version="1", revision="aa")
LEDGER = of(service="ledger", environment="dev", version="2", revision="bb")
IDS = of(trace_id=b"\1" * 16, span_id=b"\2" * 8)


@pytest.mark.parametrize(
    ("wanted", "functions"),
    [
        (ProfileFilter(service="ledger"), {"tax.of", "main"}),
        (ProfileFilter(environment="prod"), {"cart.total", "main"}),
        (ProfileFilter(version="2"), {"tax.of", "main"}),
        (ProfileFilter(revision="aa"), {"cart.total", "main"}),
        (ProfileFilter(trace_id="01" * 16), {"cart.total", "main"}),
        (ProfileFilter(trace_id="01010101"), {"cart.total", "main"}),
        (ProfileFilter(span_id="02" * 8), {"cart.total", "main"}),
        (ProfileFilter(operation="GET /cart"), {"cart.total", "main"}),
        (ProfileFilter(operation="GET /cart", service="ledger"), set()),
        (ProfileFilter(function="tax.of"), {"tax.of", "main"}),
        (ProfileFilter(function="of"), {"tax.of", "main"}),
        (ProfileFilter(function="ax.of"), set()),
    ],
    ids=lambda value: str(sorted(value)) if isinstance(value, set) else str(value),
)
def test_what_is_asked_for_is_what_counts(engine: "Engine", wanted: ProfileFilter, functions: set[str]) -> None:
    keep(engine, "traces", span("GET /cart", resource=SHOP, trace_id=b"\1" * 16))
    keep(engine, "profiles", {**sample(MAIN, CART, resource=SHOP), **IDS}, sample(MAIN, TAX, resource=LEDGER))
    assert set(told(profile(engine, LAST_DAY, wanted))) == functions


def test_samples_outside_of_the_window_do_not_count(engine: "Engine") -> None:
    keep(engine, "profiles", *(sample(MAIN, ms=ms, time_ns=NOW_NS - ms * SECOND_NS) for ms in (1, 5, 10)))
    found = profile(engine, Window(NOW_NS - 10 * SECOND_NS, NOW_NS - SECOND_NS), ALL)
    assert (found.value, found.newest) == (15 * MS, None)
    empty = profile(engine, Window(NOW_NS - 9 * SECOND_NS, NOW_NS - 6 * SECOND_NS), ALL)
    assert (empty.functions, empty.value, empty.newest) == ((), 0, rfc3339(NOW_NS - SECOND_NS))


def test_each_type_is_told_by_itself(engine: "Engine") -> None:
    wall = of(type="wall", unit="nanoseconds")
    memory = [of(type="alloc_space", unit="bytes", value=4096, hits=n) for n in (5, 6)]
    keep(engine, "profiles", {**sample(MAIN), **wall}, *({**sample(MAIN, CART), **each} for each in memory))
    found = profile(engine, LAST_DAY, ALL)
    assert (found.type, found.unit, found.value, found.hits) == ("alloc_space", "bytes", 8192, 11)
    assert profile(engine, LAST_DAY, ProfileFilter(type="wall")).value == 20 * MS
    assert [(each.type, each.hits) for each in found.types] == [("alloc_space", 11), ("wall", 1)]
    nothing = profile(engine, LAST_DAY, ProfileFilter(type="cpu"))
    assert (nothing.type, nothing.functions, len(nothing.types)) == ("cpu", (), 2)


def test_samples_without_a_stack_count_for_the_whole(engine: "Engine") -> None:
    keep(engine, "profiles", sample(ms=5), sample(MAIN, ms=2))
    found = profile(engine, LAST_DAY, ALL, most_stacks=5)
    assert (found.value, told(found)) == (7 * MS, {"main": (2, 2)})
    assert [str(each) for each in found.stacks] == ["(no stack)", MAIN]
