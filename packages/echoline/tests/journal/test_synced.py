import threading
from pathlib import Path

from echoline.journal.synced import Synced, read_synced
from echoline.model.records import Position, SegmentNumber


def test_there_is_no_mark_without_a_writer(tmp_path: Path) -> None:
    assert read_synced(tmp_path) is None
    (tmp_path / "synced").write_bytes(b"")
    assert read_synced(tmp_path) is None


def test_a_mark_is_never_seen_half_written(tmp_path: Path) -> None:
    synced = Synced(tmp_path)
    published = [Position(SegmentNumber(n * 0x01010101), n * 0x01010101) for n in range(1, 250)]
    synced.publish(published[0])

    def publish() -> None:
        for _ in range(20):
            for each in published:
                synced.publish(each)

    thread = threading.Thread(target=publish)
    thread.start()
    while thread.is_alive():
        assert read_synced(tmp_path) in published
    synced.close()


def test_a_damaged_mark_bounds_nothing(tmp_path: Path) -> None:
    (tmp_path / "synced").write_bytes(b"\1" * 20)
    assert read_synced(tmp_path) is None
