import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.receivers.otlp import json_structure
from echoline.receivers.otlp.json_structure import check
from echoline.receivers.otlp.structure import LARGE_BYTES

SPAN = {"traceId": "5b8efff798038103d269b633813fc60c", "spanId": "eee19b7ec3c1b174", "name": "a", "attributes": [{}]}
BODIES: dict[Signal, object] = {
    "traces": {"resourceSpans": [{"resource": {}, "scopeSpans": [{"spans": [SPAN, SPAN]}, {}]}, {"scopeSpans": None}]},
    "logs": {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"kvlistValue": {}}}, {}]}]}]},
    "metrics": {"resourceMetrics": [{"scopeMetrics": [{"metrics": [{"name": "a"}, {"gauge": {}}]}]}]},
    "profiles": {"resourceProfiles": [{"scopeProfiles": [{"profiles": [{"samples": [{}]}, {}]}]}], "dictionary": {}},
}


def written(body: object) -> bytes:
    return json.dumps(body).encode()


@pytest.mark.parametrize("signal", BODIES)
def test_items_are_counted_over_all_resources_and_scopes(signal: Signal) -> None:
    assert check(signal, written(BODIES[signal])).items == 2
    assert check(signal, b"{}").items == 0
    assert check(signal, b' {"resourceSpans":null} ').items == 0


@pytest.mark.parametrize("signal", BODIES)
def test_every_cut_is_refused(signal: Signal) -> None:
    body = written(BODIES[signal])
    for end in range(len(body)):
        with pytest.raises(BadInput):
            check(signal, body[:end])


@given(signal=st.sampled_from(list(BODIES)), at=st.integers(min_value=0), more=st.binary(max_size=4))
def test_changed_bytes_pass_or_are_refused_but_never_crash(signal: Signal, at: int, more: bytes) -> None:
    body = written(BODIES[signal])
    at %= len(body)
    with suppress(BadInput):
        assert check(signal, body[:at] + more + body[at + len(more) :]).items >= 0


@pytest.mark.parametrize(
    "ids", [{"traceId": "5b8e"}, {"traceId": "0" * 32}, {"spanId": "eee19b7ec3c1b17g"}, {"spanId": None}]
)
def test_spans_without_usable_ids_are_counted(ids: dict[str, object]) -> None:
    found = check("traces", written({"resourceSpans": [{"scopeSpans": [{"spans": [SPAN, {**SPAN, **ids}]}]}]}))
    assert (found.items, found.rejected) == (2, 1)


def test_ids_in_capitals_are_usable() -> None:
    capital = {**SPAN, "traceId": "5B8EFFF798038103D269B633813FC60C"}
    assert check("traces", written({"resourceSpans": [{"scopeSpans": [{"spans": [capital]}]}]})).rejected == 0


@pytest.mark.parametrize("items", ["spans", "attributes"])
def test_more_items_than_memory_is_worth_are_refused(monkeypatch: pytest.MonkeyPatch, items: str) -> None:
    monkeypatch.setattr(json_structure, "MAX_ITEMS", 1000)
    many = b"{}," * 11_000 + b"{}"
    body = b'{"resourceSpans":[{"scopeSpans":[{"%s":[' % items.encode() + many + b" " * LARGE_BYTES + b"]}]}]}"
    with pytest.raises(BadInput, match="more than"):
        check("traces", body)
