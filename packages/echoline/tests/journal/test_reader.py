from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import request
from echoline.config import ReceiveConfig
from echoline.errors import BadConfig
from echoline.journal import segment
from echoline.journal.reader import expanded_bytes, read
from echoline.journal.writer import Writer
from echoline.model.records import START, Encoding, Position, Request, SegmentNumber

EVERYTHING = 1 << 40
SEVERAL = [request(bytes([n]) * (n * 37 % 200), signal="logs" if n % 2 else "traces") for n in range(12)]


def write(folder: Path, requests: list[Request], segment_bytes: int = 1 << 20) -> None:
    """A journal written by one writer; its requests are on the disk."""
    writer = Writer(folder, ReceiveConfig(segment_bytes=segment_bytes))
    for each in [writer.append(each) for each in requests]:
        each.result(5)
    writer.close()


def everything(folder: Path) -> list[Request]:
    return [record.request for record in read(folder, START, max_bytes=EVERYTHING)]


def last_segment(folder: Path) -> Path:
    return segment.path_of(folder / "segments", segment.numbers(folder / "segments")[-1])


def test_no_journal_reads_as_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, START, max_bytes=EVERYTHING) == []


@settings(max_examples=60, deadline=None)
@given(cut=st.integers(min_value=0), extra=st.binary(max_size=60))
def test_any_cut_of_the_last_segment_yields_a_prefix(cut: int, extra: bytes) -> None:
    """Whatever stands behind the cut, and also in front of what a next writer adds."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, SEVERAL)
        torn = last_segment(folder)
        content = torn.read_bytes()
        kept = content[: cut % (len(content) + 1)]
        torn.write_bytes(kept + extra if len(kept) >= len(segment.MAGIC) else kept)
        (folder / "synced").unlink()
        found = everything(folder)
        assert found == SEVERAL[: len(found)]
        write(folder, [request(b"next")])
        assert everything(folder) == [*SEVERAL[: len(found)], request(b"next")]


@settings(max_examples=40, deadline=None)
@given(
    parts=st.lists(st.lists(st.binary(max_size=300), max_size=6, unique=True), max_size=4),
    segment_bytes=st.sampled_from([1, 200, 1 << 20]),
    step=st.integers(min_value=1, max_value=900),
)
def test_any_way_of_reading_gives_what_was_written_in_order(
    parts: list[list[bytes]], segment_bytes: int, step: int
) -> None:
    """One writer after another, segments of any size, reads of any size: the concatenation of all."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        written = [request(bytes([number]) + body) for number, part in enumerate(parts) for body in part]
        for number, part in enumerate(parts):
            write(folder, [request(bytes([number]) + body) for body in part], segment_bytes)
        found: list[Request] = []
        position = START
        while some := read(folder, position, max_bytes=step):
            found += [record.request for record in some]
            position = some[-1].end
        assert found == written


def test_a_changed_byte_ends_its_segment_only(tmp_path: Path) -> None:
    write(tmp_path, SEVERAL)
    damaged = last_segment(tmp_path)
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    write(tmp_path, [request(b"next")])
    found = everything(tmp_path)
    assert 0 < len(found) <= len(SEVERAL)
    assert found == [*SEVERAL[: len(found) - 1], request(b"next")]


def test_a_read_stops_before_its_bound_but_gives_one_record(tmp_path: Path) -> None:
    write(tmp_path, [request(b"x" * 100), request(b"y" * 100), request(b"z" * 5000)])
    assert len(read(tmp_path, START, max_bytes=1)) == 1
    assert len(read(tmp_path, START, max_bytes=250)) == 2
    last = read(tmp_path, START, max_bytes=250)[-1].end
    assert [len(each.request.body) for each in read(tmp_path, last, max_bytes=250)] == [5000]


def test_the_bound_counts_bytes_after_decompression(tmp_path: Path) -> None:
    several = [request(bytes([n]) * 100_000, encoding="gzip") for n in range(5)]
    write(tmp_path, several)
    assert len(read(tmp_path, START, max_bytes=250_000)) == 2


@pytest.mark.parametrize("encoding", ["identity", "gzip", "zstd"])
def test_sizes_after_decompression_come_from_the_body(encoding: Encoding) -> None:
    assert expanded_bytes(request(b"a" * 5000, encoding=encoding)) == 5000


def test_what_the_receiver_noted_is_the_size(tmp_path: Path) -> None:
    noted = Request("traces", "protobuf", "deflate", b"abc", 1, expanded_bytes=4711)
    write(tmp_path, [noted])
    assert expanded_bytes(everything(tmp_path)[0]) == 4711


def test_a_range_is_read_again_the_same(tmp_path: Path) -> None:
    write(tmp_path, SEVERAL, segment_bytes=300)
    ends = [record.end for record in read(tmp_path, START, max_bytes=EVERYTHING)]
    again = read(tmp_path, ends[2], max_bytes=EVERYTHING, until=ends[8])
    assert [record.request for record in again] == SEVERAL[3:9]
    assert again[-1].end == ends[8]


def test_a_segment_of_another_version_is_refused(tmp_path: Path) -> None:
    write(tmp_path, SEVERAL)
    path = last_segment(tmp_path)
    path.write_bytes(b"ECHOSEG\x02" + path.read_bytes()[8:])
    with pytest.raises(BadConfig, match="another version"):
        everything(tmp_path)
    with pytest.raises(BadConfig, match="another version"):
        Writer(tmp_path, ReceiveConfig())


@pytest.mark.parametrize("start", [b"", b"ECHO", bytes(8), bytes(4096)])
def test_a_segment_whose_start_never_reached_the_disk_is_empty(tmp_path: Path, start: bytes) -> None:
    write(tmp_path, SEVERAL)
    segment.path_of(tmp_path / "segments", SegmentNumber(2)).write_bytes(start)
    write(tmp_path, [request(b"next")])
    assert everything(tmp_path) == [*SEVERAL, request(b"next")]


def test_reading_beside_the_writer_gives_everything_once(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ReceiveConfig(segment_bytes=2000))
    position, found = START, []
    for n in range(300):
        writer.append(request(n.to_bytes(2, "big") * 50))
        for record in read(tmp_path, position, max_bytes=500):
            found.append(record.request.body)
            position = record.end
    writer.close()
    found += [record.request.body for record in read(tmp_path, position, max_bytes=EVERYTHING)]
    assert found == [n.to_bytes(2, "big") * 50 for n in range(300)]


def test_reading_needs_no_more_than_read_access(tmp_path: Path) -> None:
    write(tmp_path, SEVERAL)
    before = sorted(tmp_path.iterdir())
    read(tmp_path, Position(SegmentNumber(1), 8), max_bytes=EVERYTHING)
    assert sorted(tmp_path.iterdir()) == before
