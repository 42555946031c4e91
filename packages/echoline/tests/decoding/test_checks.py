from typing import Any

import pytest

from builders import (
    TRACE_ID,
    event,
    exemplar,
    exponential_histogram,
    exponential_point,
    gauge,
    histogram,
    histogram_point,
    link,
    log,
    logs,
    metrics,
    point,
    span,
    trace,
)
from decoding_checks import read_alike, rows, texts

LATE = 2**63
BEFORE_1970 = 2**64 - 1_000_000_000


@pytest.mark.parametrize("trace_id", [b"", b"\1" * 15, b"\1" * 17, bytes(16)])
def test_a_span_goes_for_its_trace_id(trace_id: bytes) -> None:
    found = read_alike("traces", trace(span("a"), span("b", trace_id=trace_id), span("c")))
    assert found.rejected == {"invalid_trace_id": 1}
    assert [row["name"] for row in rows(found)] == ["a", "c"]


@pytest.mark.parametrize("span_id", [b"", b"\1" * 7, b"\1" * 16, bytes(8)])
def test_a_span_goes_for_its_span_id(span_id: bytes) -> None:
    found = read_alike("traces", trace(span("a"), span("b", span_id=span_id)))
    assert found.rejected == {"invalid_span_id": 1}


def test_a_span_is_counted_once_for_its_first_reason() -> None:
    found = read_alike("traces", trace(span(trace_id=b"", span_id=b"", start_ns=LATE)))
    assert (found.rejected, len(found.batch)) == ({"invalid_trace_id": 1}, 0)


@pytest.mark.parametrize("time_ns", [LATE, BEFORE_1970, 2**64 - 1])
def test_items_go_for_times_that_no_clock_shows(time_ns: int) -> None:
    spans = trace(span("a"), span(start_ns=time_ns, ms=0), span(end_time_unix_nano=time_ns))
    assert read_alike("traces", spans).rejected == {"invalid_time": 2}
    records = logs(log("a"), log("b", time_ns=time_ns), log("c", observed_ns=time_ns))
    assert read_alike("logs", records).rejected == {"invalid_time": 2}
    points = metrics(gauge("g", point(1), point(2, time_ns=time_ns), point(3, start_ns=time_ns)))
    assert read_alike("metrics", points).rejected == {"invalid_time": 2}


def test_the_last_nanosecond_stays() -> None:
    found = read_alike("traces", trace(span(start_ns=LATE - 1, ms=0)))
    assert rows(found)[0]["start_ns"] == LATE - 1


@pytest.mark.parametrize(("counts", "bounds"), [([1], [1.0]), ([], [1.0]), ([1, 2, 3], [1.0]), ([1, 2], [])])
def test_a_point_goes_for_bounds_that_do_not_fit(counts: list[int], bounds: list[float]) -> None:
    found = read_alike("metrics", metrics(histogram("h", histogram_point(counts, bounds), histogram_point())))
    assert (found.rejected, len(found.batch)) == ({"invalid_histogram": 1}, 1)


@pytest.mark.parametrize(("counts", "bounds"), [([], []), ([1], []), ([1, 2], [1.0])])
def test_a_histogram_may_have_one_bucket_or_none(counts: list[int], bounds: list[float]) -> None:
    assert len(read_alike("metrics", metrics(histogram("h", histogram_point(counts, bounds)))).batch) == 1


def test_what_hangs_on_a_refused_span_goes_too_and_the_rest_keeps_its_own() -> None:
    def busy(name: str, **others: Any) -> Any:
        of = {"of": name}
        return span(name, attributes=of, events=[event(name), event(name)], links=[link(attributes=of)], **others)

    found = read_alike(
        "traces", trace(busy("a"), busy("b", trace_id=b""), busy("c"), busy("d", start_ns=LATE), busy("e"))
    )
    assert texts(found) == texts(found, "links") == [{"of": "a"}, {"of": "c"}, {"of": "e"}]
    names = [row["name"] for row in rows(found)]
    assert [names[row["row"]] for row in rows(found, "events")] == [row["name"] for row in rows(found, "events")]
    assert len(found.batch.parts["events"]) == 6


def test_what_hangs_on_a_refused_point_goes_too() -> None:
    seen = [exemplar(1.0, trace_id=TRACE_ID)]
    bad = histogram_point([1], [1.0], exemplars=seen)
    good = exponential_point(exemplars=[exemplar(2.0)])
    found = read_alike("metrics", metrics(histogram("h", bad), exponential_histogram("e", good)))
    assert [(row["row"], row["value_double"]) for row in rows(found, "exemplars")] == [(0, 2.0)]
    assert [row["metric"] for row in rows(found)] == [1]
