"""What routes look like stands in tables/routes.txt; here is what holds for all of them."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.routes import MAX_ROUTE, route
from tables import lines

ROUTES = lines(Path(__file__).parent / "tables" / "routes.txt")
PIECES = str.split(
    r"/ a {b} <int:c> :d (?P<e>\w+) (\d+) [\w-]+ .* * ** $ ^ ? + | \d \. ( ) [ ] { } < > : . \ é % {f: g} (.:format)"
)


@pytest.mark.parametrize(("sent", "expected"), ROUTES, ids=[sent for sent, _ in ROUTES])
def test_route_is_spelled_as_the_table_says(sent: str, expected: str) -> None:
    assert route(sent) == expected
    assert route(expected) == expected


def test_three_spellings_of_one_route_are_one() -> None:
    spellings = {"^api/recipes/(?P<slug>[-\\w]+)$", "api/recipes/<slug:slug>", "/api/recipes/{slug}"}
    assert {route(sent) for sent in spellings} == {"/api/recipes/{slug}"}


def test_a_trailing_slash_tells_two_routes_apart() -> None:
    assert route("<int:pk>/") != route("<int:pk>")


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_spelling_a_route_twice_changes_nothing(sent: str) -> None:
    assert route(route(sent)) == route(sent)


@given(st.text(min_size=1))
def test_any_text_becomes_a_path(sent: str) -> None:
    assert route(sent).startswith("/")


@pytest.mark.parametrize("piece", ["(", "(?:", "[", "{", "<", "(?P<a>", "\\", "*", "(/", "{/:a}"])
def test_hostile_routes_are_read_in_bounded_time(piece: str) -> None:
    began = time.process_time()
    route(piece * MAX_ROUTE)
    assert time.process_time() - began < 0.4
