"""Requests with something wrong in them: what senders are told, and under which reason it is counted."""

import gzip
import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import builders
from builders import TRACE_ID, counter, gauge, histogram, histogram_point, log, logs, metrics, point, span
from echoline.model.records import Signal
from odd_wire import field as wire_field
from profile_builders import request_of, sample
from receiving import JSON, PROTOBUF

HOUR_NS = 3600 * 10**9
MIB = 1 << 20
MARK = "kanarek-7319"
"""Stands in every value: nothing received may turn up in what the processes print."""
NOW_NS = time.time_ns()


@dataclass(frozen=True)
class Bad:
    """A request, the status of the answer, and what it adds to the counts of health or why it is set aside."""

    body: bytes
    status: int = 200
    signal: Signal = "traces"
    headers: Mapping[str, str] = field(default_factory=dict)
    refused: str = ""
    rejected: Mapping[str, int] = field(default_factory=dict)
    cut: Mapping[str, int] = field(default_factory=dict)
    quarantined: str = ""


def trace_id(name: str) -> bytes:
    """Of the trace that belongs to a name."""
    return hashlib.sha256(name.encode()).digest()[:16]


def trace(*spans: Any, service: str = "gone wrong") -> bytes:
    """Under a service that nobody else sends as."""
    return builders.trace(*spans, service=service)


def of(name: str, **others: Any) -> Any:
    """A span in the trace of a name."""
    return span(f"{MARK} {name}", trace_id=trace_id(name), **others)


def healthy(name: str) -> bytes:
    """What is sent after each bad request, and must be there as it is."""
    return trace(of(f"after {name}", attributes={"after": name}, ms=12))


def _profile(change: Callable[[Any], object]) -> bytes:
    """Two samples of one stack, in a request whose tables are changed."""
    made = request_of(sample(MARK), sample(MARK), service="gone wrong", start_ns=NOW_NS)
    change(made.dictionary)
    return bytes(made.SerializeToString())


def _named_too_often() -> bytes:
    """Each of many samples has all attributes of its profile."""
    attributes = {f"{MARK} {number}": number for number in range(250)}
    made = request_of(*[sample("f")] * 1_000, attributes=attributes, service="gone wrong", start_ns=NOW_NS)
    return bytes(made.SerializeToString())


def encoded(encoding: str) -> dict[str, str]:
    return {"content-encoding": encoding}


def _json_span(name: str, **others: str) -> bytes:
    said = ",".join(f'"{key}":"{value}"' for key, value in others.items())
    return (
        f'{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{trace_id(name).hex()}",'
        f'"spanId":"00f067aa0ba902b7","name":"{MARK}",{said}}}]}}]}}]}}'
    ).encode()


def _nested(depth: int) -> Any:
    return MARK if depth == 0 else [_nested(depth - 1)]


_WHOLE = trace(span(MARK))
_DEEP = trace(of("too deep", attributes={"deep": _nested(20), "flat": 1}))

REFUSED: dict[str, Bad] = {
    "garbage": Bad(b"\xff\xfe" + MARK.encode() * 20, 400, refused="malformed"),
    "garbage as JSON": Bad(b"{" + MARK.encode(), 400, headers=JSON, refused="malformed"),
    "a cut body": Bad(_WHOLE[:-3], 400, refused="malformed"),
    "a cut JSON body": Bad(_json_span("a", kind="2")[:-3], 400, headers=JSON, refused="malformed"),
    "another signal": Bad(_WHOLE, 400, signal="logs", refused="malformed"),
    "a wrong content type": Bad(_WHOLE, 415, headers={"content-type": "text/plain"}, refused="content_type"),
    "an unknown encoding": Bad(_WHOLE, 415, headers=encoded("br"), refused="content_encoding"),
    "an encoding that it is not": Bad(_WHOLE, 400, headers=encoded("gzip"), refused="bad_encoding"),
    "a cut encoding": Bad(gzip.compress(_WHOLE)[:-9], 400, headers=encoded("gzip"), refused="bad_encoding"),
    "a bomb": Bad(gzip.compress(bytes(128 * MIB), 1), 413, headers=encoded("gzip"), refused="too_large"),
    "a body beyond the bound": Bad(_WHOLE * (17 * MIB // len(_WHOLE)), 413, refused="too_large"),
}
"""Turned away at the door."""

REJECTED: dict[str, Bad] = {
    "ids of wrong length": Bad(
        trace(
            of("ids of wrong length"),
            span(MARK, trace_id=TRACE_ID[:15]),
            span(MARK, trace_id=TRACE_ID + b"\1"),
            span(MARK, span_id=b"\1" * 7),
            span(MARK, trace_id=bytes(16)),
        ),
        rejected={"invalid_trace_id": 3, "invalid_span_id": 1},
    ),
    "a time before 1970": Bad(
        trace(of("a time before 1970"), span(MARK, start_ns=2**64 - 10**9, end_time_unix_nano=1)),
        rejected={"invalid_time": 1},
    ),
    "a time after 2262": Bad(
        trace(of("a time after 2262"), span(MARK, start_ns=2**63)),
        rejected={"invalid_time": 1},
    ),
    "a log record after 2262": Bad(
        logs(log(MARK, time_ns=2**63), service="gone wrong"), signal="logs", rejected={"invalid_time": 1}
    ),
    "a clock 25 hours ahead": Bad(
        trace(of("a clock 25 hours ahead"), span(MARK, start_ns=NOW_NS + 25 * HOUR_NS)),
        rejected={"too_new": 1},
    ),
    "an item beyond its retention": Bad(
        trace(span(MARK, start_ns=NOW_NS - 15 * 24 * HOUR_NS), service="kept for 14 days"),
        rejected={"too_old": 1},
    ),
    "bounds that do not fit": Bad(
        metrics(histogram("h", histogram_point((1, 2), (1.0, 2.0))), service="gone wrong"),
        signal="metrics",
        rejected={"invalid_histogram": 1},
    ),
    "a stack that points nowhere": Bad(
        _profile(lambda made: made.stack_table[1].location_indices.append(99)),
        signal="profiles",
        rejected={"invalid_index": 2},
    ),
}
"""Items that are left out; the rest of their request is kept."""

CUT: dict[str, Bad] = {
    "an end before its start": Bad(trace(of("an end before its start", ms=-5)), cut={"end_before_start": 1}),
    "10,000 attributes": Bad(
        trace(of("10,000 attributes", attributes={f"key.{n}": n for n in range(10_000)})),
        cut={"attribute_count": 10_000 - 256},
    ),
    "a value of 1 MB": Bad(
        trace(of("a value of 1 MB", attributes={"long": f"{MARK} ".ljust(10**6, "é")})), cut={"value_length": 1}
    ),
    "invalid UTF-8": Bad(
        trace(of("invalid UTF-8", attributes={"odd": "caf??"})).replace(b"caf??", b"caf\xff\xc3"),
        cut={"invalid_utf8": 1},
    ),
    "duplicate keys": Bad(
        trace(of("duplicate keys", attributes=[("k", 1), ("k", 2), ("j", 0), ("k", MARK)])), cut={"duplicate_key": 2}
    ),
    "too deep a value": Bad(_DEEP, cut={"value_depth": 1}),
    "a stack of 600 calls": Bad(
        _profile(lambda made: made.stack_table[1].location_indices.extend([1] * 599)),
        signal="profiles",
        cut={"stack_depth": 1},
    ),
}
"""Items that are kept in part."""

KEPT: dict[str, Bad] = {
    "a NUL": Bad(trace(of("a NUL", attributes={"nul": "a\0b"}))),
    "a clock an hour ahead": Bad(
        trace(of("a clock an hour ahead", start_ns=NOW_NS + HOUR_NS), service="an hour ahead")
    ),
    "a metric with conflicting types": Bad(
        metrics(
            gauge("conflicting", point(1.5, time_ns=NOW_NS)),
            counter("conflicting", point(3, time_ns=NOW_NS)),
            histogram("conflicting", histogram_point(time_ns=NOW_NS)),
            service="of two minds",
        ),
        signal="metrics",
    ),
    "fields that nobody knows": Bad(trace(of("fields that nobody knows")) + wire_field(99, MARK.encode())),
    "nothing": Bad(b""),
}
"""Odd, but nothing that has to be left out."""

QUARANTINED: dict[str, Bad] = {
    "more items than bytes could mean": Bad(
        b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + b",".join([b"{}"] * 20_000) + b"]}]}]}",
        headers=JSON,
        quarantined="too_many_items",
    ),
    "tables that are named too often": Bad(_named_too_often(), signal="profiles", quarantined="too_many_items"),
    "a JSON time before 1970": Bad(_json_span("j", startTimeUnixNano="-5"), headers=JSON, quarantined="malformed"),
    "a JSON number that is none": Bad(_json_span("n", startTimeUnixNano=MARK), headers=JSON, quarantined="wrong_type"),
}
"""Acknowledged before anybody could know."""

ALL = {**REFUSED, **REJECTED, **CUT, **KEPT, **QUARANTINED}


def headers_of(bad: Bad) -> dict[str, str]:
    return {**PROTOBUF, **bad.headers}
