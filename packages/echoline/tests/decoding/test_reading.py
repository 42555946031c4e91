from collections.abc import Iterable, Sequence

import pytest

from builders import key_values, request, span, trace
from decoding_checks import LIMITS, decoded, read_alike, rows, texts
from echoline.decoding import decode, fast
from echoline.decoding.wire import Wire
from echoline.model.records import PlainSignal


def test_what_fails_is_found_by_halves(monkeypatch: pytest.MonkeyPatch) -> None:
    """One bad request among many costs a few more calls, not one for each request."""
    sizes = []
    right = fast.read

    def counting(signal: PlainSignal, bodies: Iterable[bytes], numbers: Sequence[int], max_depth: int) -> Wire:
        sizes.append(len(numbers))
        return right(signal, bodies, numbers, max_depth)

    monkeypatch.setattr(fast, "read", counting)
    bodies = [trace(span(str(number))) for number in range(64)]
    found = decoded("traces", *bodies[:40], b"\xff", *bodies[41:])
    assert [row["request"] for row in rows(found)] == [*range(40), *range(41, 64)]
    assert len(sizes) == 13


def test_only_bad_requests_give_an_empty_batch() -> None:
    found = read_alike("metrics", b"\xff", b"\xfe")
    assert (len(found.batch), [bad.request for bad in found.bad]) == (0, [0, 1])


def test_pools_are_joined_without_doubles() -> None:
    """The second request has to be read alone, so two pools meet."""
    odd = span(attributes={"only": "here", "both": 1})
    odd.attributes[0].MergeFrom(key_values({"only": 5})[0])
    strange = trace(odd).replace(b"here", b"\xff\xfe\xfd\xfc")
    found = read_alike("traces", trace(span(attributes={"both": 1})), strange, trace(span(attributes={"both": 1})))
    entries = list(zip(found.batch.pool.keys.to_pylist(), found.batch.pool.values.to_pylist(), strict=True))
    assert len(entries) == len(set(entries)) == 3
    assert [each["both"] for each in texts(found)] == ["1", "1", "1"]


def test_formats_and_encodings_mix_in_one_call() -> None:
    empty = [
        request(b"{}", format="json", encoding="zstd"),
        request(b"", encoding="gzip"),
        request(b"{}", format="json"),
    ]
    found = decode("traces", [*empty, request(trace(span()), encoding="deflate")], LIMITS, 1)
    assert [row["request"] for row in rows(found)] == [3]
