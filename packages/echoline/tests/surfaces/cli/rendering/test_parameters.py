from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers_parameters import (
    NumberDifference,
    Parameter,
    Parameters,
    Separation,
    TypeShare,
    UsualValue,
)
from echoline.model.answers_traces import Difference
from echoline.surfaces.cli.rendering.parameters import parameters

COUPON = Parameter(
    *("code.argument.coupon", 96, 0.96, (TypeShare("string", 0.75), TypeShare("null", 0.25)), 0.25, None, None, 6, 6),
    *(2, (UsualValue("SUMMER", 48), UsualValue("WINTER", 24))),
)
LINES = Parameter(
    *("code.argument.lines.length", 100, 1.0, (TypeShare("int", 1.0),), 0.0, 0, 1250, None, None, 40),
    (UsualValue("3", 31), UsualValue("1", 12), UsualValue("907", 1)),
)
SLOW = Separation(
    *(5, 95, 5, 95, (Difference("tenant", "blue", 1.0, 0.1, 10.0, 5, 9),)),
    (NumberDifference("code.argument.lines.length", 950, 3, 0.98, 5, 95),),
)
FAILING = Separation(2, 98, 2, 98, (), ())
FOUND = Parameters("python:shop.cart:total", "", "", 250_000, 100, (COUPON, LINES), 420_000_000, SLOW, FAILING)


def test_a_table_has_shares_ranges_and_values_and_what_tells_calls_apart() -> None:
    assert drawn(parameters(FOUND, "last 24 h"), 100) == snapshot("""\

python:shop.cart:total · 100 of 250k calls · last 24 h

attribute                   given  None  type    range       values  most frequent
code.argument.coupon         96 %  25 %  string  length 6         2  SUMMER 50 %, WINTER 25 %
code.argument.lines.length  100 %        int     0 to 1,250      40  3 31 %, 1 12 %

slower than 420 ms · 5 calls beside 95 others
number                      median slow  rest
code.argument.lines.length          950     3  higher in 98 of 100 pairs
attribute  value  selected                rest
tenant     blue      100 %  ████████████  10 %  █▎

failing · 2 calls beside 98 others
Nothing that they are given tells them apart, beyond chance.
""")


def test_no_call_and_no_argument_are_told() -> None:
    none = Separation(0, 0, 0, 0, (), ())
    empty = Parameters("python:shop.cart:total", "", "", 0, 0, (), 0, none, none)
    assert "No call of python:shop.cart:total in the last 24 h" in drawn(parameters(empty, "last 24 h"), 100)
    bare = Parameters("python:shop.cart:total", "", "", 5, 5, (), 10, none, none)
    assert "ECHOLINE_AGENT_ARGUMENTS" in drawn(parameters(bare, "last 24 h"), 100)
