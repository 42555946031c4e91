import pytest

from builders import START_NS, TRACE_ID, event, exemplar, gauge, link, log, logs, metrics, point, request, span, trace
from decoding_checks import LIMITS, NOW_NS, read_alike, rows
from echoline.decoding import decode, decode_slowly

LATE = 2**63


def test_an_end_before_the_start_becomes_the_start() -> None:
    found = read_alike("traces", trace(span(ms=-5), span(ms=0)))
    assert found.cut == {"end_before_start": 1}
    assert [row["end_ns"] - row["start_ns"] for row in rows(found)] == [0, 0]


def test_a_parent_of_the_wrong_length_is_none() -> None:
    found = read_alike("traces", trace(span(parent=b"\1" * 7), span("b", parent=b"\1" * 8), span("c")))
    assert found.cut == {"invalid_parent_span_id": 1}
    assert [row["parent_span_id"] for row in rows(found)] == [bytes(8), b"\1" * 8, bytes(8)]


def test_ids_of_links_logs_and_exemplars_are_cleared_and_the_item_kept() -> None:
    linked = read_alike("traces", trace(span(links=[link(b"\1" * 15), link(span_id=b"\1" * 9)])))
    assert linked.cut == {"invalid_trace_id": 1, "invalid_span_id": 1}
    assert [row["trace_id"] for row in rows(linked, "links")] == [bytes(16), TRACE_ID]
    logged = read_alike("logs", logs(log(trace_id=b"\1" * 32, span_id=b"\2" * 8), log()))
    assert logged.cut == {"invalid_trace_id": 1}
    assert rows(logged)[0]["span_id"] == b"\2" * 8
    pointed = read_alike("metrics", metrics(gauge("g", point(1, exemplars=[exemplar(span_id=b"\1"), exemplar()]))))
    assert pointed.cut == {"invalid_span_id": 1}


def test_an_event_or_exemplar_with_an_invalid_time_takes_that_of_its_row() -> None:
    found = read_alike(
        "traces", trace(span("a"), span("b", start_ns=START_NS + 5, events=[event(at_ns=LATE), event()]))
    )
    assert found.cut == {"invalid_time": 1}
    assert [row["time_ns"] for row in rows(found, "events")] == [START_NS + 5, START_NS]
    measured = metrics(gauge("g", point(1, time_ns=7, start_ns=3, exemplars=[exemplar(time_ns=LATE)])))
    assert rows(read_alike("metrics", measured), "exemplars")[0]["time_ns"] == 7


@pytest.mark.parametrize("number", [-1, 128, 2**31 - 1])
def test_a_number_that_no_enum_can_have_is_0(number: int) -> None:
    strange, ordinary = span(), span("b")
    strange.kind = strange.status.code = number
    found = read_alike("traces", trace(strange, ordinary))
    assert found.cut == {"invalid_enum": 2}
    assert [(row["kind"], row["status_code"]) for row in rows(found)] == [(0, 0), (2, 0)]
    assert read_alike("logs", logs(log(severity=number))).cut == {"invalid_enum": 1}


def test_an_enum_of_tomorrow_stays() -> None:
    newer = span()
    newer.kind = 99
    assert rows(read_alike("traces", trace(newer)))[0]["kind"] == 99


def test_a_log_without_a_time_has_that_of_its_observation_else_of_its_receipt() -> None:
    records = [log(), log(observed_ns=0), log(time_ns=0, observed_ns=5), log(time_ns=0, observed_ns=0)]
    requests = [
        request(logs(*records), signal="logs", received_ns=9),
        request(logs(records[3]), signal="logs", received_ns=0),
    ]
    for way in (decode, decode_slowly):
        found = rows(way("logs", requests, LIMITS, NOW_NS))
        assert [(row["time_ns"], row["observed_ns"]) for row in found] == [
            (START_NS, START_NS),
            (START_NS, 9),
            (5, 5),
            (9, 9),
            (NOW_NS, NOW_NS),
        ]
