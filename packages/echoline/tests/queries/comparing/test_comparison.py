from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

from echoline.errors import BadInput
from echoline.model.answers_compare import Change, Comparison
from echoline.model.deployments import Told
from echoline.model.window import Window
from echoline.queries.comparing.comparison import comparison
from echoline.queries.comparing.sides import Names
from echoline.queries.deployments import deployments, seen
from traffic import START_NS, Calls, Release, send, settle_code

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

HOUR_S = 3600
DAY_NS = 24 * HOUR_S * 10**9
ALL = Window(START_NS - DAY_NS, START_NS + DAY_NS)
USUAL = tuple(Calls(f"GET /page/{n}", ms=10 + 5 * n) for n in range(10))
BEFORE = Release("1", 0, 2 * HOUR_S, revision="aaaa1111")
AFTER = Release("2", 2 * HOUR_S, 4 * HOUR_S, revision="bbbb2222")


def compare(engine: "Engine", before: str, after: str, told: Sequence[Told] = ()) -> Comparison:
    names = Names(seen(engine, ALL, told=told), deployments(engine, ALL, told=told), ALL, START_NS + 5 * HOUR_S * 10**9)
    return comparison(engine, names.side(before), names.side(after), None)


def of(found: Comparison, name: str) -> Change:
    (change,) = (each for each in found.items if each.name == name)
    return change


def measure(change: Change, name: str) -> str:
    (found,) = (each.verdict for each in change.measures if each.measure == name)
    return found


def test_a_slower_endpoint_comes_first_with_its_numbers(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL, Calls("POST /checkout", ms=50))
    send(engine, AFTER, *USUAL, Calls("POST /checkout", ms=70))
    found = compare(engine, "1", "2")
    first = found.items[0]
    assert (first.name, first.subject, first.verdict) == ("POST /checkout", "endpoint", "worse")
    (duration,) = (each for each in first.measures if each.measure == "duration")
    assert duration.change == pytest.approx(0.4, abs=0.06)
    assert (duration.low or 0) < 0.4 < (duration.high or 0)
    assert (duration.probability or 0) < 0.01
    assert first.before.p50_ns == pytest.approx(50e6, rel=0.05)
    assert first.after.p50_ns == pytest.approx(70e6, rel=0.05)
    assert (first.before.calls, duration.samples_before) == (720, 720)
    assert (found.method, found.worse, found.better, found.unchanged) == ("windows", 1, 0, 10)
    assert first.impact == pytest.approx(0.05, rel=0.2)


def test_nothing_changed_is_said_with_what_would_have_been_seen(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, AFTER, *USUAL)
    found = compare(engine, "1", "2")
    assert (found.worse, found.better, found.unchanged) == (0, 0, 10)
    for change in found.items:
        (duration,) = (each for each in change.measures if each.measure == "duration")
        assert 0 < (duration.smallest_visible or 1) < 0.2


def test_a_query_in_a_loop_is_seen_by_queries_per_request(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL, Calls("SELECT price FROM items", kind=3, ms=1, per_minute=60))
    send(engine, AFTER, *USUAL, Calls("SELECT price FROM items", kind=3, ms=1, per_minute=480))
    found = compare(engine, "1", "2")
    query = found.items[0]
    assert (query.subject, query.name, query.verdict) == ("query", "SELECT price FROM items", "worse")
    (queries,) = (each for each in query.measures if each.measure == "queries")
    assert [queries.before, queries.after] == pytest.approx([1.0, 8.0], rel=0.1)
    assert measure(query, "duration") == "unchanged"


def test_more_errors_are_worse_and_more_calls_are_neither(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL, Calls("GET /a", failing=0.02), Calls("GET /b", per_minute=6))
    send(engine, AFTER, *USUAL, Calls("GET /a", failing=0.2), Calls("GET /b", per_minute=20))
    found = compare(engine, "1", "2")
    assert (measure(of(found, "GET /a"), "errors"), of(found, "GET /a").verdict) == ("worse", "worse")
    assert (measure(of(found, "GET /b"), "calls"), of(found, "GET /b").verdict) == ("more", "unchanged")


def test_a_faster_endpoint_is_better(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL, Calls("GET /a", ms=50))
    send(engine, AFTER, *USUAL, Calls("GET /a", ms=25))
    first = compare(engine, "1", "2").items[0]
    assert (first.name, first.verdict, first.impact < 0) == ("GET /a", "better", True)


def test_what_is_new_and_what_is_gone_is_told(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL, Calls("GET /old"), Calls("GET /seldom", per_minute=0.02))
    send(engine, AFTER, *USUAL, Calls("SELECT new", kind=3))
    found = compare(engine, "1", "2")
    assert {each.name: each.presence for each in found.items if each.presence != "both"} == {
        "GET /old": "gone", "SELECT new": "new",
    }  # fmt: skip
    assert of(found, "SELECT new").before.p50_ns is None


def test_a_shift_of_the_whole_service_is_told_apart(engine: "Engine") -> None:
    """A slow neighbour makes everything slower: no single thing is to blame but the one that stands out."""
    send(engine, BEFORE, *USUAL, Calls("GET /a", ms=50))
    slower = [Calls(each.name, ms=each.ms * 1.3) for each in USUAL]
    send(engine, AFTER, *slower, Calls("GET /a", ms=50 * 1.3 * 1.5))
    found = compare(engine, "1", "2")
    (shift,) = found.shifts
    assert shift.service == "shop"
    assert shift.change == pytest.approx(0.3, abs=0.05)
    assert [each.name for each in found.items if each.verdict == "worse"] == ["GET /a"]


def test_a_rolling_deployment_is_compared_in_the_same_minutes(engine: "Engine") -> None:
    """Everything gets slower while both run: only what differs within the minutes counts."""
    old, new = Release("1", 0, 2 * HOUR_S), Release("2", HOUR_S, 3 * HOUR_S)
    send(engine, old, *USUAL, Calls("GET /a", ms=50))
    send(engine, new, *USUAL, Calls("GET /a", ms=75))
    found = compare(engine, "1", "2")
    assert found.method == "cohorts"
    assert found.before.since == found.after.since
    assert [each.name for each in found.items if each.verdict == "worse"] == ["GET /a"]


def test_environments_are_compared_in_the_same_minutes(engine: "Engine") -> None:
    send(engine, Release("1", 0, 2 * HOUR_S), *USUAL)
    send(engine, Release("1", 0, 2 * HOUR_S, environment="staging"), *USUAL[1:], Calls("GET /page/0", ms=20))
    found = compare(engine, "prod", "staging")
    assert (found.method, found.before.kind) == ("cohorts", "environment")
    assert [each.name for each in found.items if each.verdict == "worse"] == ["GET /page/0"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("aaaa", "bbbb2222"), ("previous", "current"), ("4h..3h", "2h..1h"), ("version:1", "revision:bbbb2222")],
)
def test_sides_have_many_names(engine: "Engine", before: str, after: str) -> None:
    send(engine, BEFORE, *USUAL, Calls("GET /a", ms=50))
    send(engine, AFTER, *USUAL, Calls("GET /a", ms=100))
    found = compare(engine, before, after)
    assert [each.name for each in found.items if each.verdict == "worse"] == ["GET /a"]


def test_a_deployment_can_be_named_by_its_id(engine: "Engine") -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, AFTER, *USUAL)
    newest, oldest = deployments(engine, ALL)
    found = compare(engine, oldest.id, newest.id[:8])
    assert (found.after.kind, found.after.releases) == ("deployment", ("shop 2 (bbbb2222)",))


def test_an_unknown_name_lists_what_there_is(engine: "Engine") -> None:
    send(engine, BEFORE, USUAL[0])
    with pytest.raises(BadInput, match=r"nothing is called '3'. There are the releases 1 \(aaaa1111\)"):
        compare(engine, "3", "1")
    with pytest.raises(BadInput, match="are the same data"):
        compare(engine, "1", "version:1")


def test_services_that_are_not_on_both_sides_are_told(engine: "Engine") -> None:
    send(engine, BEFORE, USUAL[0])
    send(engine, Release("9", 0, HOUR_S, service="cart"), USUAL[0])
    with pytest.raises(BadInput, match="'1' is of shop, '9' of cart: no service in common"):
        compare(engine, "1", "9")


def test_half_a_minute_on_a_side_is_compared_in_finer_slots(engine: "Engine") -> None:
    """As the demo does it."""
    before, after = Release("1", 10, 40), Release("2", 45, 75)
    send(engine, before, *(Calls(each.name, 300, each.ms) for each in USUAL), Calls("GET /a", 300, 20))
    send(engine, after, *(Calls(each.name, 300, each.ms) for each in USUAL), Calls("GET /a", 300, 40))
    found = compare(engine, "1", "2")
    assert [each.name for each in found.items if each.verdict == "worse"] == ["GET /a"]
    assert "only 30 s on a side" in found.notes[0]


def test_too_few_calls_say_nothing(engine: "Engine") -> None:
    send(engine, BEFORE, Calls("GET /a", per_minute=0.1))
    send(engine, AFTER, Calls("GET /a", per_minute=0.1, ms=200))
    found = compare(engine, "1", "2")
    assert (found.unknown, found.worse) == (1, 0)
    assert "30 are needed" in found.items[0].measures[0].note


def test_code_objects_are_compared_by_their_own_time(engine: "Engine") -> None:
    code = [Calls(f"python:shop.cart:step_{n}", kind=1, ms=2 + n) for n in range(8)]
    send(engine, BEFORE, *USUAL, *code, Calls("python:shop.cart:Cart.total", kind=1, ms=5))
    send(engine, AFTER, *USUAL, *code, Calls("python:shop.cart:Cart.total", kind=1, ms=9))
    settle_code(engine)
    found = compare(engine, "1", "2")
    own = {each.name: each for each in found.items if each.subject == "code_object"}
    slower = own["python:shop.cart:Cart.total"]
    assert (slower.verdict, slower.id, len(own)) == ("worse", "python:shop.cart:Cart.total", 9)
    assert measure(slower, "self_time") == "worse"
    assert slower.before.self_ns == pytest.approx(5e6, rel=0.1)
    assert slower.after.self_ns == pytest.approx(9e6, rel=0.1)
    assert {each.verdict for each in own.values() if each != slower} == {"unchanged"}
