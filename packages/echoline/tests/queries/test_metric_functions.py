import pytest

from echoline.errors import BadInput
from echoline.queries.metric_functions import Shape, percentile

GAUGE, COUNTER, LEVEL, CHANGE = (
    Shape(1, 0, False, "By"),
    Shape(2, 2, True, "1"),
    Shape(2, 2, False, "1"),
    Shape(2, 1, False, "1"),
)
HISTOGRAM, EXPONENTIAL, SUMMARY = (Shape(kind, 2, False, "s") for kind in (3, 4, 5))


@pytest.mark.parametrize(
    ("shape", "usual"),
    [
        (GAUGE, "avg"),
        (COUNTER, "rate"),
        (LEVEL, "sum"),
        (CHANGE, "rate"),
        (HISTOGRAM, "p95"),
        (EXPONENTIAL, "p95"),
        (SUMMARY, "p95"),
    ],
)
def test_each_type_has_a_usual_function(shape: Shape, usual: str) -> None:
    assert shape.function(None) == usual


@pytest.mark.parametrize(("shape", "function"), [(GAUGE, "rate"), (COUNTER, "avg"), (LEVEL, "p95"), (HISTOGRAM, "min")])
def test_what_does_not_fit_is_refused_with_what_does(shape: Shape, function: str) -> None:
    with pytest.raises(BadInput, match=f"{function!r} does not fit a {shape.kind}: ask for {shape.functions[0]}"):
        shape.function(function)


@pytest.mark.parametrize(
    ("text", "share"),
    [("p50", 0.5), ("p99.9", 0.999), ("p100", 1), ("p0", 0), ("p101", None), ("95", None), ("p", None)],
)
def test_percentiles_are_written_with_a_p(text: str, share: float | None) -> None:
    assert percentile(text) == (share if share is None else pytest.approx(share))


def test_the_unit_follows_the_function() -> None:
    assert (COUNTER.unit_of("rate"), COUNTER.unit_of("increase")) == ("1/s", "1")
    assert (HISTOGRAM.unit_of("rate"), HISTOGRAM.unit_of("p95")) == ("{count}/s", "s")


def test_numbers_that_opentelemetry_does_not_know_do_no_harm() -> None:
    assert (Shape(77, 9, False, "").kind, Shape(77, 9, False, "").temporality_name) == ("gauge", "unspecified")
