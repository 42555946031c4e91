"""What patterns look like stands in tables/patterns.txt; here is what holds for all of them."""

import time
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.patterns import MAX_PATTERN, keys, patterns
from tables import lines

PATTERNS = lines(Path(__file__).parent / "tables" / "patterns.txt")


def pattern(body: str) -> str:
    return str(patterns(pa.array([body]))[0])


def test_patterns_are_as_the_table_says() -> None:
    sent, expected = zip(*PATTERNS, strict=True)
    assert dict(zip(sent, patterns(pa.array(sent)).to_pylist(), strict=True)) == dict(zip(sent, expected, strict=True))


def test_only_the_first_line_counts() -> None:
    assert pattern("\n  cannot save cart 7\nTraceback 1\n") == "cannot save cart <*>"


def test_colours_are_left_out() -> None:
    assert pattern("\x1b[32mINFO\x1b[0m started") == "INFO started"


def test_long_patterns_are_cut() -> None:
    assert len(pattern("word " * 1_000)) == MAX_PATTERN


def test_no_bodies_have_no_patterns() -> None:
    assert patterns(pa.array([], pa.string())).to_pylist() == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("{}", "{}"),
        ('{"event":"a","user":{"id":5,"name":"x"},"tags":["a","b","c"]}', "{event, user{id, name}, tags[]}"),
        (
            '{"at":1.5e-3,"ok":false,"none":null,"list":[1,2,3],"objects":[{"a":1}]}',
            "{at, ok, none, list[], objects[{a}]}",
        ),
        ('["a",1,null]', "[]"),
        ('{"quote":"a\\"b,c","true_color":1}', "{quote, true_color}"),
    ],
)
def test_structured_bodies_are_told_by_their_keys(body: str, expected: str) -> None:
    assert keys(pa.array([body])).to_pylist() == [expected]


@given(st.integers(0, 10**15), st.uuids(), st.ip_addresses(v=4), st.text(st.sampled_from("ab 1/"), max_size=9))
def test_lines_that_differ_in_values_have_one_pattern(number: int, uuid: object, address: object, text: str) -> None:
    said = pattern(f"order {number} of {uuid} from ({address}) for '{text}' took {number}ms")
    assert said == "order <*> of <*> from (<*>) for <*> took <*>"


@given(st.lists(st.text(max_size=60), max_size=5))
def test_each_body_has_a_pattern_of_its_own(bodies: list[str]) -> None:
    assert patterns(pa.array(bodies, pa.string())).to_pylist() == [pattern(body) for body in bodies]


@pytest.mark.parametrize("piece", ["1", "a1", "/a", "'", "a:", "a@", '{"', "\n", "[1,", "1.", "-", "\\"])
def test_hostile_bodies_are_read_in_bounded_time(piece: str) -> None:
    bodies = pa.array([piece * 60_000, '{"' + piece * 60_000])
    began = time.process_time()
    patterns(bodies)
    assert time.process_time() - began < 0.2
