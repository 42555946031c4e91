import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from batches import NOW_NS
from echoline.errors import BadInput, Busy, Unavailable
from echoline.pipeline.backups import Backups
from echoline.stores.backups import back_up, restore
from echoline.stores.contents import contents
from pipeline.conftest import Bench


class Store:
    """The store of a bench, as backups see it."""

    def __init__(self, bench: Bench) -> None:
        self.engine = bench.engine

    def back_up(self, folder: Path) -> None:
        back_up(self.engine, folder)

    def restore(self, folder: Path) -> None:
        restore(self.engine, folder)

    def stored(self) -> dict[str, int]:
        return contents(self.engine).stored


@pytest.fixture
def backups(bench: Bench, tmp_path: Path) -> Backups:
    return Backups(tmp_path, Store(bench), bench.load.between_batches, bench.load.paused, lambda: NOW_NS)


def write_state(folder: Path, word: str) -> None:
    with closing(sqlite3.connect(folder / "state.sqlite")) as state:
        state.execute("CREATE TABLE IF NOT EXISTS words (word TEXT)")
        state.execute("INSERT INTO words VALUES (?)", (word,))
        state.commit()


def words(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "state.sqlite")) as state:
        return [word for (word,) in state.execute("SELECT word FROM words")]


def test_store_state_and_key_come_back(bench: Bench, backups: Backups, tmp_path: Path, go: threading.Event) -> None:
    bench.send("carts")
    bench.load.step(go)
    write_state(tmp_path, "before")
    (tmp_path / "redaction.key").write_bytes(b"secret")
    made = backups.back_up(Path("monday"))
    bench.send("users")
    bench.load.step(go)
    write_state(tmp_path, "after")
    (tmp_path / "redaction.key").write_bytes(b"other")
    assert backups.restore(Path("monday"), replace=True) == made
    assert (bench.names(), words(tmp_path), (tmp_path / "redaction.key").read_bytes()) == (
        ["carts"],
        ["before"],
        b"secret",
    )
    assert made.stored == {"spans": 1, "logs": 0, "metric_points": 0, "profile_samples": 0}


def test_what_is_in_the_journal_comes_on_top(bench: Bench, backups: Backups, go: threading.Event) -> None:
    bench.send("carts")
    bench.load.step(go)
    backups.back_up(Path("monday"))
    bench.send("users")
    backups.restore(Path("monday"), replace=True)
    bench.load.step(go)
    assert (bench.names(), bench.calls(), len(bench.names("resources", "service"))) == (["carts", "users"], 2, 2)


def test_restoring_over_something_must_be_said(bench: Bench, backups: Backups, go: threading.Event) -> None:
    bench.send("carts")
    bench.load.step(go)
    backups.back_up(Path("monday"))
    with pytest.raises(BadInput, match=r"holds 1 items.*--replace"):
        backups.restore(Path("monday"))


def test_a_backup_needs_a_folder_of_its_own(backups: Backups, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not empty"):
        backups.back_up(tmp_path)


def test_what_is_no_backup_is_refused(backups: Backups, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no backup"):
        backups.restore(tmp_path / "nothing")


def test_a_batch_that_is_half_loaded_is_not_copied(bench: Bench, backups: Backups, go: threading.Event) -> None:
    bench.tables.fail = lambda table, rows: Unavailable("disk full") if table == "resources" else None
    bench.send("carts")
    with pytest.raises(Unavailable):
        bench.load.step(go)
    with pytest.raises(Busy):
        backups.back_up(Path("monday"))
    assert not (backups.data_dir / "backups" / "monday").exists()
