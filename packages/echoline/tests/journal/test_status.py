from pathlib import Path

from builders import request
from echoline.config import ReceiveConfig
from echoline.journal.status import ReceiveStatus, read_status, write_status
from echoline.journal.writer import Writer


def test_a_status_comes_back_as_it_was_written(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(request(b"a" * 10, signal="logs")).result(5)
    writer.close()
    status = ReceiveStatus(1, 2, 3, {"malformed": 4}, 5, writer.status())
    write_status(tmp_path, status)
    assert read_status(tmp_path) == status
    assert (status.journal.accepted_requests, status.journal.accepted_bytes) == ({"logs": 1}, {"logs": 10})


def test_no_status_or_one_of_another_version_is_none(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    (tmp_path / "receive-status.json").write_text('{"pid": 1}')
    assert read_status(tmp_path) is None
