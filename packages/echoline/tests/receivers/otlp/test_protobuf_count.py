from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import span, trace
from echoline.errors import BadInput
from echoline.model.records import SIGNALS, Signal
from echoline.receivers.otlp import protobuf_count
from echoline.receivers.otlp.protobuf_count import WAY, check_count
from echoline.receivers.otlp.protobuf_structure import field_numbers


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_way_to_the_items_is_that_of_the_messages(signal: Signal) -> None:
    assert field_numbers(signal) == WAY


@pytest.mark.parametrize(("allowed", "passes"), [(5, False), (6, True)])
def test_resources_scopes_and_items_count(monkeypatch: pytest.MonkeyPatch, allowed: int, passes: bool) -> None:
    monkeypatch.setattr(protobuf_count, "MAX_ITEMS", allowed)
    body = trace(span("a")) + trace(span("b"))
    if passes:
        check_count(body)
    else:
        with pytest.raises(BadInput, match="more than"):
            check_count(body)


@given(st.binary(max_size=200))
def test_any_bytes_are_counted_or_refused(body: bytes) -> None:
    with suppress(BadInput):
        check_count(body)


@pytest.mark.parametrize("odd", [b"\x0b", b"\n\x80", b"\n\5abc", b"\x80" * 20, b"\x0f\0"])
def test_what_a_parser_could_read_in_another_way_is_refused(odd: bytes) -> None:
    with pytest.raises(BadInput):
        check_count(odd)
