from pathlib import Path

import pytest

from batches import batch, log, point, sample, span
from echoline.errors import BadConfig, BadInput
from echoline.stores.backups import back_up, finish_restoring, restore
from echoline.stores.engine import Engine
from echoline.stores.parameters import literal
from stores.filling import count, fill

TABLES = (
    *("spans", "logs", "metric_points", "profile_samples", "profile_stacks"),
    *("traces", "operations_1m", "metrics_1h", "resources"),
)
FULL = dict.fromkeys(TABLES, 1)


@pytest.fixture
def copy(engine: Engine, tmp_path: Path) -> Path:
    fill(engine, batch("traces", span()), batch("logs", log()), batch("metrics", point()))
    fill(engine, batch("profiles", sample("a.py:f:1")))
    engine.execute("OPTIMIZE TABLE resources FINAL")
    back_up(engine, tmp_path / "it's a copy")
    return tmp_path / "it's a copy"


def assert_works(engine: Engine) -> None:
    """New spans reach the rollups."""
    fill(engine, batch("traces", span("later")))
    assert engine.rows("SELECT sum(calls) AS n FROM operations_1m") == engine.rows("SELECT count() AS n FROM spans")
    assert engine.rows("SELECT sum(spans) AS n FROM traces") == engine.rows("SELECT count() AS n FROM spans")


def test_a_copy_brings_back_what_was_there(engine: Engine, copy: Path) -> None:
    fill(engine, batch("traces", span("after the copy"), span("too")))
    restore(engine, copy)
    assert count(engine, *TABLES) == FULL
    assert_works(engine)


def test_a_copy_can_be_restored_again(engine: Engine, copy: Path) -> None:
    for _ in range(2):
        restore(engine, copy)
    assert count(engine, *TABLES) == FULL
    assert_works(engine)


def test_a_copy_of_a_newer_version_leaves_the_store_alone(engine: Engine, tmp_path: Path) -> None:
    engine.execute("INSERT INTO migrations VALUES (9001, 'later', 'x', now())")
    back_up(engine, tmp_path / "copy")
    engine.execute("ALTER TABLE migrations DELETE WHERE number = 9001 SETTINGS mutations_sync = 1")
    fill(engine, batch("traces", span()))
    with pytest.raises(BadConfig, match="newer"):
        restore(engine, tmp_path / "copy")
    assert count(engine, "spans") == {"spans": 1}


def test_what_is_no_copy_leaves_the_store_alone(engine: Engine, tmp_path: Path) -> None:
    fill(engine, batch("traces", span()))
    with pytest.raises(BadInput):
        restore(engine, tmp_path / "nothing")
    assert count(engine, "spans") == {"spans": 1}
    finish_restoring(engine)
    assert count(engine, "spans") == {"spans": 1}


@pytest.mark.parametrize(("steps", "spans"), [(1, 2), (2, 1), (3, 1)])
def test_a_restoring_cut_short_ends_with_the_one_or_the_other(
    engine: Engine, copy: Path, steps: int, spans: int
) -> None:
    name = engine.database
    fill(engine, batch("traces", span("after the copy")))
    before_the_cut = [
        f"RESTORE DATABASE {name} AS {name}_being_restored FROM File({literal(str(copy))})",
        f"RENAME DATABASE {name} TO {name}_being_replaced",
        f"RENAME DATABASE {name}_being_restored TO {name}",
    ]
    for statement in before_the_cut[:steps]:
        engine.execute(statement)
    engine.execute(f"CREATE DATABASE IF NOT EXISTS {name} ENGINE = Atomic")  # as opening does
    finish_restoring(engine)
    assert count(engine, "spans") == {"spans": spans}
    assert_works(engine)
    assert len(engine.rows("SELECT name FROM system.databases WHERE name LIKE {x:String}", {"x": f"{name}%"})) == 1
