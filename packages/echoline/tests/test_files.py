from pathlib import Path

import pytest

from echoline import files


def test_a_file_is_replaced_whole_and_private(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for content in (b"first", b"second"):
        files.replace(path, content)
    assert path.read_bytes() == b"second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    files.replace(path, b"first")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "sync_data", full)
    with pytest.raises(OSError, match="No space"):
        files.replace(path, b"second")
    assert path.read_bytes() == b"first"
