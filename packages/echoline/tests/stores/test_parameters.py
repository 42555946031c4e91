import math

import pytest

from echoline.errors import BadInput
from echoline.kinds import Param
from echoline.stores.engine import Engine

AWKWARD = [
    "",
    "plain",
    "it's",
    '"',
    "`",
    "\\",
    "\\\\",
    "\\n",
    "\\N",
    "NULL",
    "tab\there",
    "new\nline",
    "\r\n",
    "nul\0byte",
    "\b\f\x07\x1b\x7f",
    "]",
    "[1",
    "',",
    "{x:String}",
    "snow \N{SNOWMAN} \N{PILE OF POO}",
    "' OR 1 = 1 --",
    "%_",
]


@pytest.mark.parametrize("value", AWKWARD)
def test_a_text_arrives_as_it_is(opened: Engine, value: str) -> None:
    assert opened.rows("SELECT {x:String} AS x", {"x": value}) == [{"x": value}]


def test_texts_in_a_list_arrive_as_they_are(opened: Engine) -> None:
    assert opened.rows("SELECT {x:Array(String)} AS x", {"x": AWKWARD}) == [{"x": AWKWARD}]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("Int64", -(2**63)),
        ("UInt64", 2**64 - 1),
        ("Float64", 0.1),
        ("Float64", -1e300),
        ("Float64", math.inf),
        ("Bool", True),
        ("Bool", False),
        ("Nullable(String)", None),
        ("Nullable(Int64)", None),
        ("Array(UInt64)", [1, 2**64 - 1]),
        ("Array(String)", []),
    ],
)
def test_other_values_arrive_as_they_are(opened: Engine, kind: str, value: Param) -> None:
    assert opened.rows(f"SELECT {{x:{kind}}} AS x", {"x": value}) == [{"x": value}]


@pytest.mark.parametrize(("name", "value"), [("x", "\ud800"), ("x", ["\udfff"]), ("x y", "a"), ("", "a")])
def test_what_is_no_text_or_name_is_refused(opened: Engine, name: str, value: Param) -> None:
    with pytest.raises(BadInput):
        opened.query("SELECT 1", {name: value})
