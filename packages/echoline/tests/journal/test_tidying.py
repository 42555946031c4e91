from pathlib import Path

from builders import request
from echoline.config import ReceiveConfig
from echoline.journal import tidying
from echoline.journal.hash_log import HashLog
from echoline.journal.reader import read
from echoline.journal.segment import digest, numbers
from echoline.journal.writer import Writer
from echoline.model.records import START, Position, Request, SegmentNumber

SEVERAL = [request(bytes([n]) * 100) for n in range(4)]
NOW_S = SEVERAL[0].received_ns // 10**9


def write(folder: Path, several: list[Request]) -> list[Position]:
    """A segment for each request; where each ends."""
    writer = Writer(folder, ReceiveConfig(segment_bytes=1), clock=lambda: NOW_S * 10**9)
    for each in several:
        writer.append(each).result(5)
    writer.close()
    return [record.end for record in read(folder, START, max_bytes=1 << 40)]


def test_only_what_is_wholly_committed_is_deleted_and_never_the_current_one(tmp_path: Path) -> None:
    ends = write(tmp_path, SEVERAL)
    log = HashLog(tmp_path / "hashes.log")
    for committed, current, left in [
        (START, 4, [1, 2, 3, 4]),
        (Position(SegmentNumber(2), 8), 4, [2, 3, 4]),
        (ends[1], 4, [3, 4]),
        (ends[3], 4, [4]),
        (ends[3], 5, []),
    ]:
        tidying.delete_committed(tmp_path, committed, SegmentNumber(current), log, NOW_S)
        assert numbers(tmp_path / "segments") == left


def test_what_is_deleted_is_remembered_for_the_window_only(tmp_path: Path) -> None:
    ends = write(tmp_path, SEVERAL)
    log = HashLog(tmp_path / "hashes.log")
    tidying.delete_committed(tmp_path, ends[1], SegmentNumber(9), log, NOW_S)
    everything = [(digest(each), NOW_S) for each in SEVERAL]
    assert list(tidying.remembered(tmp_path, log, NOW_S)) == everything
    assert list(tidying.remembered(tmp_path, log, NOW_S + 1)) == []


def test_a_damaged_request_is_not_remembered_so_its_retry_is_stored(tmp_path: Path) -> None:
    write(tmp_path, SEVERAL)
    path = tmp_path / "segments" / "000000000002.seg"
    path.write_bytes(path.read_bytes()[:-1] + b"\xff")
    known = {each for each, _ in tidying.remembered(tmp_path, HashLog(tmp_path / "none"), NOW_S)}
    assert known == {digest(each) for each in SEVERAL} - {digest(SEVERAL[1])}


def test_a_full_disk_does_not_keep_segments_from_going(tmp_path: Path) -> None:
    """Deleting is what makes room: then only the memory of them is lost at a restart."""
    ends = write(tmp_path, SEVERAL)
    log = HashLog(tmp_path / "none" / "hashes.log")
    tidying.delete_committed(tmp_path, ends[3], SegmentNumber(9), log, NOW_S)
    assert numbers(tmp_path / "segments") == []


def test_uncommitted_bytes_are_those_behind_the_position() -> None:
    sizes = {SegmentNumber(2): 100, SegmentNumber(3): 200, SegmentNumber(5): 400}
    positions = [START, Position(SegmentNumber(2), 30), Position(SegmentNumber(3), 200), Position(SegmentNumber(9), 0)]
    assert [tidying.uncommitted_bytes(sizes, each) for each in positions] == [700, 670, 400, 0]
