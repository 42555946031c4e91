import pytest

from builders import compressed, span, trace
from echoline.compression import expand
from echoline.errors import BadInput
from echoline.model.records import ENCODINGS, Encoding
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
