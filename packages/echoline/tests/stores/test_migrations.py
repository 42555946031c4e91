import pytest

from echoline.errors import BadConfig
from echoline.stores.engine import Engine
from echoline.stores.migrations import Migration, migrate, shipped, statements

EXTRA_SQL = "CREATE TABLE IF NOT EXISTS extra (a Int8) ENGINE = MergeTree ORDER BY a; -- x;\n;"
EXTRA = Migration(9001, "9001_extra", EXTRA_SQL)


def test_comments_go_and_texts_stay() -> None:
    sql = """-- a comment; with a semicolon
    SELECT '--no; comment', "a;b", `c--d` /* over
    two; lines */ FROM x; SELECT 'it''s \\' ; fine' - -1; -- end"""
    assert [" ".join(each.split()) for each in statements(sql)] == [
        "SELECT '--no; comment', \"a;b\", `c--d` FROM x",
        "SELECT 'it''s \\' ; fine' - -1",
    ]


def test_the_shipped_files_are_numbered_without_gaps() -> None:
    assert [each.number for each in shipped()] == list(range(1, len(shipped()) + 1))


def test_a_store_is_brought_up_to_date_once(engine: Engine) -> None:
    assert migrate(engine, shipped(), exists=True) == []
    assert migrate(engine, [*shipped(), EXTRA], exists=True) == [9001]
    assert migrate(engine, [*shipped(), EXTRA], exists=True) == []
    assert len(engine.rows("SELECT * FROM migrations")) == len(shipped()) + 1


def test_a_migration_cut_short_is_finished_at_the_next_start(engine: Engine) -> None:
    engine.execute(statements(EXTRA.sql)[0])
    assert migrate(engine, [*shipped(), EXTRA], exists=True) == [9001]


def test_a_newer_store_is_refused_untouched(engine: Engine) -> None:
    migrate(engine, [*shipped(), EXTRA], exists=True)
    tables = engine.rows("SHOW TABLES")
    with pytest.raises(BadConfig, match=rf"version 9001, this program knows {len(shipped())}"):
        migrate(engine, shipped(), exists=True)
    assert engine.rows("SHOW TABLES") == tables


def test_a_store_of_another_build_is_refused(engine: Engine) -> None:
    changed = [Migration(1, "0001_tables", "SELECT 1"), *shipped()[1:]]
    with pytest.raises(BadConfig, match="0001_tables differs"):
        migrate(engine, changed, exists=True)


def test_a_change_of_comments_is_no_change() -> None:
    assert Migration(1, "x", "SELECT 1;\n\n-- two\n").checksum == Migration(1, "x", "-- one\nSELECT\n 1;").checksum
