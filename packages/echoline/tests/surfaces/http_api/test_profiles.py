"""What `/api/v1/profiles` answers, in its three formats."""

from typing import TYPE_CHECKING

import msgspec
import pytest

from asking import Api, problem
from batches import sample
from echoline.model.answers_profiles import Profile
from kept import keep
from pprof_messages import pprof, stacks

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

MAIN, TOTAL = "/a/main.py:main:3", "/a/cart.py:cart.total:7"


@pytest.fixture(scope="module", autouse=True)
def _sampled(opened: "Engine", filled: Api) -> None:
    found = {**sample(MAIN, TOTAL, ms=30), "trace_id": b"\1" * 16}
    keep(opened.another("filled_for_the_api"), "profiles", found, sample(MAIN, ms=10))


def test_functions_come_with_their_own_and_total(filled: Api) -> None:
    found = msgspec.json.decode(filled.get("profiles", params={"stacks": 1}).content, type=Profile)
    assert [(each.function, each.own, each.total) for each in found.functions] == [
        ("cart.total", 30_000_000, 30_000_000),
        ("main", 10_000_000, 40_000_000),
    ]
    assert [str(each) for each in found.stacks] == [f"{MAIN};{TOTAL}"]
    assert (found.functions_total, found.stacks_total) == (2, 2)


def test_what_is_asked_for_is_what_counts(filled: Api) -> None:
    assert filled.json("profiles", operation="GET /cart")["value"] == 30_000_000
    assert filled.json("profiles", function="total", trace="01010101", service="shop")["hits"] == 1
    assert filled.json("profiles", service="ledger")["functions"] == []


def test_folded_stacks_are_text(filled: Api) -> None:
    answer = filled.get("profiles", params={"format": "folded"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text == f"{MAIN};{TOTAL} 30000000\n{MAIN} 10000000\n"


def test_pprof_is_a_file(filled: Api) -> None:
    answer = filled.get("profiles", params={"format": "pprof"})
    assert answer.headers["content-disposition"] == 'attachment; filename="profile.pb.gz"'
    assert [values for _, values in stacks(pprof(answer.content))] == [[1, 30_000_000], [1, 10_000_000]]


@pytest.mark.parametrize("params", [{"sort": "name"}, {"format": "svg"}, {"trace": "xyz"}, {"stacks": 5000}])
def test_a_question_that_makes_no_sense_is_refused(filled: Api, params: dict[str, str | int]) -> None:
    assert next(iter(params)) in problem(filled.get("profiles", params=params), 400)
