from pathlib import Path

import pytest

from echoline.errors import BadConfig
from echoline.journal.committed import read_committed, write_committed
from echoline.model.records import START, Position, SegmentNumber


def test_nothing_is_committed_at_first(tmp_path: Path) -> None:
    assert read_committed(tmp_path) == START


def test_the_last_position_written_is_the_one_read(tmp_path: Path) -> None:
    for segment in (1, 7):
        write_committed(tmp_path, Position(SegmentNumber(segment), 4711))
    assert read_committed(tmp_path) == Position(SegmentNumber(7), 4711)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"segment": 1}', '{"segment": "x", "offset": 1}'])
def test_a_file_that_is_no_position_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "committed.json").write_text(content)
    with pytest.raises(BadConfig, match=r"committed\.json"):
        read_committed(tmp_path)
