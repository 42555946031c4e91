import io
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from builders import request
from echoline.errors import BadConfig
from echoline.journal.segment import HEAD, MAGIC, digest, framed, frames, identities, numbers, path_of
from echoline.model.records import ENCODINGS, SIGNALS, WIRE_FORMATS, Request, SegmentNumber

SEVERAL = [
    Request(signal, wire_format, encoding, bytes([number]) * number, 7 + number, number or None)
    for number, (signal, wire_format, encoding) in enumerate(
        (signal, wire_format, encoding) for signal in SIGNALS for wire_format in WIRE_FORMATS for encoding in ENCODINGS
    )
]


def written(several: list[Request]) -> bytes:
    return MAGIC + b"".join(part for each in several for part in framed(each, digest(each)))


def test_every_field_comes_back() -> None:
    content = written(SEVERAL)
    found = list(frames(io.BytesIO(content), 0, len(content)))
    assert [each.request for each in found] == SEVERAL
    assert [each.request.expanded_bytes for each in found] == [each.expanded_bytes for each in SEVERAL]
    assert [each.digest for each in found] == [digest(each) for each in SEVERAL]
    assert found[-1].end == len(content)


def test_frames_between_two_offsets_are_those_that_lie_whole_between_them() -> None:
    content = written(SEVERAL[:5])
    ends = [each.end for each in frames(io.BytesIO(content), 0, len(content))]
    found = list(frames(io.BytesIO(content), ends[0], ends[3] - 1))
    assert [each.request for each in found] == SEVERAL[1:3]


def test_identities_are_read_without_the_bodies() -> None:
    content = written(SEVERAL)
    expected = [(digest(each), each.received_ns) for each in SEVERAL]
    assert list(identities(io.BytesIO(content), len(content))) == expected


@pytest.mark.parametrize("at", range(8, 8 + 40 + 20, 3))
def test_a_changed_bit_is_noticed_wherever_it_is(at: int) -> None:
    content = bytearray(written([request(b"a body of twenty byt")]))
    content[at] ^= 0x10
    found = list(frames(io.BytesIO(content), 0, len(content)))
    assert found == []


def test_a_request_of_a_kind_that_a_newer_version_knows_is_named() -> None:
    head = HEAD.pack(0, bytes(16), 1, 0, 0, 77, 0, 0)[4:]
    content = MAGIC + zlib.crc32(head).to_bytes(4, "big") + head
    with pytest.raises(BadConfig, match="newer version"):
        list(frames(io.BytesIO(content), 0, len(content)))


def test_a_digest_does_not_depend_on_when_a_body_came() -> None:
    one = request(b"body")
    assert digest(one) == digest(replace(one, received_ns=1, expanded_bytes=9))
    assert len({digest(each) for each in SEVERAL}) == len(SEVERAL)


def test_segments_are_found_by_their_numbers_and_nothing_else_is(tmp_path: Path) -> None:
    for name in ("000000000010.seg", "000000000009.seg", "x.seg", "000000000011.seg.old", "notes"):
        (tmp_path / name).touch()
    assert numbers(tmp_path) == [9, 10]
    assert path_of(tmp_path, SegmentNumber(9)).name == "000000000009.seg"
    assert numbers(tmp_path / "none") == []
