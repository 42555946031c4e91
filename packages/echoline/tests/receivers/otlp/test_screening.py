import json

import pytest

from builders import START_NS, compressed, request, span, trace
from echoline.compression import expand
from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.errors import BadInput
from echoline.model.records import ENCODINGS, WIRE_FORMATS, Encoding, WireFormat
from echoline.receivers.otlp.screening import screen, screen_small

BODY = trace(*[span(f"{n}" * 300) for n in range(40)])
MIB = 1 << 20


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_what_is_acknowledged_can_be_expanded_later(encoding: Encoding) -> None:
    body = compressed(BODY, encoding)
    screened = screen("traces", "protobuf", encoding, body, MIB)
    assert (screened.expanded_bytes, screened.structure.items) == (len(BODY), 40)
    assert len(expand(body, encoding, screened.expanded_bytes)) == screened.expanded_bytes


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_small_requests_are_screened_at_once_and_large_ones_left_for_later(encoding: Encoding) -> None:
    assert screen_small("traces", "protobuf", encoding, compressed(BODY, encoding), 64 * MIB) is not None
    large = compressed(bytes(2 * MIB), encoding)
    assert screen_small("traces", "protobuf", encoding, large, 64 * MIB) is None


def test_a_bound_below_what_is_small_is_kept() -> None:
    with pytest.raises(BadInput, match="1000 bytes"):
        screen_small("traces", "protobuf", "gzip", compressed(BODY, "gzip"), 1000)
    with pytest.raises(BadInput, match="1000 bytes"):
        screen_small("traces", "protobuf", "identity", BODY, 1000)


TRACE_IDS = [b"", b"a" * 15, b"a" * 16, b"a" * 17, bytes(16)]
SPAN_IDS = [b"", b"a" * 7, b"a" * 8, b"a" * 9, bytes(8)]


@pytest.mark.parametrize("wire_format", WIRE_FORMATS)
@pytest.mark.parametrize("trace_id", TRACE_IDS, ids=repr)
@pytest.mark.parametrize("span_id", SPAN_IDS, ids=repr)
def test_what_senders_are_told_is_what_decoding_rejects(
    wire_format: WireFormat, trace_id: bytes, span_id: bytes
) -> None:
    body = trace(span("a", trace_id=trace_id, span_id=span_id))
    if wire_format == "json":
        ids = {"traceId": trace_id.hex(), "spanId": span_id.hex(), "startTimeUnixNano": str(START_NS)}
        body = json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [ids]}]}]}).encode()
    told = screen("traces", wire_format, "identity", body, MIB).structure.rejected
    decoded = decode("traces", [request(body, format=wire_format)], LimitsConfig(), START_NS)
    assert told == min(sum(decoded.rejected.values()), 1)
