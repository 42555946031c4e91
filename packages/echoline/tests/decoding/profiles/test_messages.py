import json
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict

from builders import TRACE_ID, request
from decoding_checks import LIMITS, NOW_NS, decoded, rows
from echoline.decoding import decode
from echoline.decoding.compare import difference
from echoline.model.records import ENCODINGS, Encoding
from profile_builders import profiles, request_of, sample

MADE = request_of(sample("main", "f", trace_id=TRACE_ID, span_id=b"\2" * 8, attributes={"n": 5, "blob": b"\0\1"}))


def as_json(message: Any) -> Any:
    """As OTLP/JSON writes it: protobuf's JSON with ids in hexadecimal."""
    found = MessageToDict(message)
    for link in found["dictionary"]["linkTable"]:
        if link:
            link.update(traceId=TRACE_ID.hex(), spanId="02" * 8)
    return found


def test_json_says_the_same_as_protobuf() -> None:
    from_json = decoded("profiles", json.dumps(as_json(MADE)).encode(), wire_format="json")
    from_protobuf = decoded("profiles", MADE.SerializeToString())
    assert difference(from_json.batch, from_protobuf.batch) == ""
    assert len(from_json.batch) == 1


def test_profile_ids_need_no_base64_in_json() -> None:
    found = as_json(MADE)
    found["resourceProfiles"][0]["scopeProfiles"][0]["profiles"][0] |= {"profileId": "0f!", "originalPayload": "?"}
    assert decoded("profiles", json.dumps(found).encode(), wire_format="json").bad == ()


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_undone(encoding: Encoding) -> None:
    sent = request(MADE.SerializeToString(), signal="profiles", encoding=encoding)
    assert len(decode("profiles", [sent], LIMITS, NOW_NS).batch) == 1


@pytest.mark.parametrize("link", [{"traceId": 5}, {"traceId": "xyz"}, {"spanId": "0102"}])
def test_ids_in_json_that_are_no_ids_are_left_out_and_counted(link: dict[str, Any]) -> None:
    found = as_json(MADE)
    found["dictionary"]["linkTable"][1].update(link)
    told = decoded("profiles", json.dumps(found).encode(), wire_format="json")
    (name,) = link
    assert told.cut == {{"traceId": "invalid_trace_id", "spanId": "invalid_span_id"}[name]: 1}


def test_text_that_is_no_utf8_is_mended_and_counted() -> None:
    body = profiles(sample("caf\u00e9")).replace("caf\u00e9".encode(), b"caf\xe9!")
    found = decoded("profiles", body)
    assert (rows(found, "frames")[0]["function"], found.cut) == ("caf\ufffd!", {"invalid_utf8": 1})
    text = json.dumps(as_json(MADE)).replace('"main"', '"ma\\ud800in"').encode()
    found = decoded("profiles", text, wire_format="json")
    assert (rows(found, "frames")[0]["function"], found.cut) == ("ma\ufffdin", {"invalid_utf8": 1})


@pytest.mark.parametrize(
    ("body", "wire_format", "reason"),
    [
        (b"\xff\xff", "protobuf", "malformed"),
        (b"{", "json", "malformed"),
        (b"[]", "json", "wrong_type"),
        (b'{"resourceProfiles": 5}', "json", "wrong_type"),
        (b'{"dictionary": {"stringTable": [5]}}', "json", "wrong_type"),
    ],
)
def test_what_is_no_request_is_bad_and_takes_no_other_with_it(body: bytes, wire_format: Any, reason: str) -> None:
    sent = [request(body, signal="profiles", format=wire_format), request(profiles(sample("f")), signal="profiles")]
    found = decode("profiles", sent, LIMITS, NOW_NS)
    assert ([(each.request, each.reason) for each in found.bad], len(found.batch)) == ([(0, reason)], 1)
