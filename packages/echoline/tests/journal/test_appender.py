import os
from pathlib import Path

import pytest

from echoline.journal.appender import Appender
from echoline.journal.segment import MAGIC, numbers
from echoline.journal.synced import read_synced
from echoline.model.records import Position, SegmentNumber


def appender(folder: Path, segment_bytes: int = 1000) -> Appender:
    (folder / "segments").mkdir()
    return Appender(folder, segment_bytes, SegmentNumber(6))


def contents(folder: Path) -> dict[int, bytes]:
    return {
        number: (folder / "segments" / f"{number:012d}.seg").read_bytes() for number in numbers(folder / "segments")
    }


def test_the_first_append_starts_the_segment_behind_the_newest(tmp_path: Path) -> None:
    end = appender(tmp_path)
    assert end.append([(b"head", b"body"), (b"head", b"")]) == 12
    end.close()
    assert contents(tmp_path) == {7: MAGIC + b"headbodyhead"}
    assert read_synced(tmp_path) == Position(SegmentNumber(7), len(MAGIC) + 12)


def test_a_write_that_takes_only_a_part_is_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "writev", lambda file, buffers: os.write(file, b"".join(buffers)[:3]))
    end = appender(tmp_path)
    end.append([(b"head%d" % n, b"body" * n) for n in range(9)])
    end.close()
    assert contents(tmp_path)[7] == MAGIC + b"".join(b"head%d" % n + b"body" * n for n in range(9))


def test_more_buffers_than_the_system_takes_at_once_are_written(tmp_path: Path) -> None:
    end = appender(tmp_path, segment_bytes=1 << 20)
    assert end.append([(b"h", b"b")] * 5000) == 10_000
    end.close()


def test_what_could_not_be_cut_off_is_cut_before_anything_else_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails for the sync and for the mending too; nobody reads what was refused meanwhile."""
    end = appender(tmp_path)
    end.append([(b"head", b"kept")])

    def broken(*arguments: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fdatasync", broken)
        patch.setattr(os, "ftruncate", broken)
        for _ in range(2):
            with pytest.raises(OSError, match="Input/output"):
                end.append([(b"head", b"lost")])
        assert read_synced(tmp_path) == Position(SegmentNumber(7), len(MAGIC) + 8)
    end.append([(b"head", b"next")])
    end.close()
    assert contents(tmp_path)[7] == MAGIC + b"headkept"
    assert list(contents(tmp_path).values())[-1] == MAGIC + b"headnext"


def test_a_segment_that_cannot_be_started_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end = appender(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, "writev", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        with pytest.raises(OSError, match="No space"):
            end.append([(b"head", b"body")])
    assert contents(tmp_path) == {}
    end.append([(b"head", b"body")])
    end.close()
    assert list(contents(tmp_path)) == [8]


def test_a_folder_that_is_removed_fails_and_serves_again_when_it_is_back(tmp_path: Path) -> None:
    end = appender(tmp_path)
    (tmp_path / "segments").rmdir()
    with pytest.raises(FileNotFoundError):
        end.append([(b"head", b"body")])
    (tmp_path / "segments").mkdir()
    end.append([(b"head", b"body")])
    end.close()
