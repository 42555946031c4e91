import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from echoline.errors import BadConfig, Unavailable
from echoline.state import database
from echoline.state.database import Database, schema_version


def test_a_new_state_is_private_and_has_this_schema(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    opened = Database(path)
    with opened.transaction() as connection:
        assert connection.execute(sqlalchemy.text("PRAGMA user_version")).scalar() == schema_version()
        assert connection.execute(sqlalchemy.text("PRAGMA journal_mode")).scalar() == "wal"
        modes = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    opened.close()


def test_a_block_that_raises_changes_nothing(tmp_path: Path) -> None:
    opened = Database(tmp_path / "state.sqlite")
    insert = "INSERT INTO tokens VALUES ('a', 'a', 'read', 'h', 1, NULL)"
    with pytest.raises(ZeroDivisionError), opened.transaction() as connection:  # noqa: PT012
        connection.execute(sqlalchemy.text(insert))
        raise ZeroDivisionError
    with opened.transaction() as connection:
        assert connection.execute(sqlalchemy.text("SELECT count(*) FROM tokens")).scalar() == 0
    opened.close()


def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    for count in range(3):
        opened = Database(tmp_path / "state.sqlite")
        with opened.transaction() as connection:
            assert connection.execute(sqlalchemy.text("SELECT count(*) FROM tokens")).scalar() == count
            insert = f"INSERT INTO tokens VALUES ('{count}', 'a', 'read', 'h{count}', 1, NULL)"
            connection.execute(sqlalchemy.text(insert))
        opened.close()


def test_a_state_of_a_newer_version_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    with pytest.raises(BadConfig, match="newer Echoline"):
        Database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (999,)
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite"
    path.write_bytes(b"no database " * 1000)
    with pytest.raises(BadConfig, match=r"state\.sqlite"):
        Database(path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="data_dir"):
        Database(tmp_path / "none" / "state.sqlite")


def test_a_state_that_stays_locked_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_LOCK_TIMEOUT_S", 0.1)
    first, second = Database(tmp_path / "state.sqlite"), Database(tmp_path / "state.sqlite")
    with first.transaction(), pytest.raises(Unavailable, match="locked"), second.transaction():
        pass
    first.close()
    second.close()
