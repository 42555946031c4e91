"""Times in answers: exact, sortable, and read back in the usual spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.model.instants import nanoseconds, rfc3339


@given(st.integers(0, 2**63 - 1))
def test_a_time_reads_back_to_the_nanosecond(time_ns: int) -> None:
    assert nanoseconds(rfc3339(time_ns)) == time_ns


@given(st.integers(0, 2**63 - 1), st.integers(0, 2**63 - 1))
def test_times_sort_as_text(one: int, other: int) -> None:
    assert (rfc3339(one) < rfc3339(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01T00:00:01.5z", 1_500_000_000),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:00:00-0100", 0),
        ("1970-01-01 00:00:00.123456789123", 123_456_789),
        ("1970-01-02", 86_400 * 10**9),
        ("1970-01-01T00:01", 60 * 10**9),
    ],
)
def test_the_usual_spellings_are_read(text: str, expected: int) -> None:
    assert nanoseconds(text) == expected


@pytest.mark.parametrize("text", ["", "now", "2026-13-01", "2026-02-30T00:00:00Z", "12:00", "2026-01-01T25:00:00Z"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|range|must be"):
        nanoseconds(text)
