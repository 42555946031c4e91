from pathlib import Path

import pytest

from echoline.errors import BadConfig
from echoline.privacy.hash_key import hash_key


def test_the_key_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    key = hash_key(tmp_path)
    assert len(key) == 32
    assert hash_key(tmp_path) == key
    assert (tmp_path / "redaction.key").stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "redaction.key").write_bytes(b"short")
    with pytest.raises(BadConfig, match=r"redaction\.key has 5 bytes"):
        hash_key(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="cannot be kept"):
        hash_key(tmp_path / "missing")
