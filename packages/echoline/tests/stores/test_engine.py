import threading
import time
from pathlib import Path

import pyarrow as pa
import pytest

from echoline.config import StoreConfig
from echoline.errors import BadConfig, BadInput, Busy, EcholineError, Unavailable
from echoline.stores.engine import Engine

SLOW = "SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1"


def scope(name: str) -> pa.Table:
    return pa.table({"scope_id": pa.array([1], pa.uint64()), "name": [name], "day": pa.array([1], pa.date32())})


def test_a_second_insert_with_a_token_adds_nothing(engine: Engine) -> None:
    for token in ("a", "a", "b"):
        engine.insert("scopes", scope("web"), token)
    assert engine.rows("SELECT count() AS n FROM scopes") == [{"n": 2}]


def test_columns_are_stored_by_name_in_any_order(engine: Engine) -> None:
    made = scope("web").append_column("version", pa.array(["7"]))
    engine.insert("scopes", made.select(["version", "day", "name", "scope_id"]), "a")
    assert engine.rows("SELECT name, version FROM scopes") == [{"name": "web", "version": "7"}]


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELEC 1", BadInput),
        ("SELECT nothing", BadInput),
        ("SELECT 1 FROM nowhere", BadInput),
        ("SELECT {x:String}", BadInput),
        ("SELECT throwIf(1)", BadInput),
        ("SELECT number FROM numbers(100000000)", BadInput),  # an answer larger than allowed
        ("SELECT sleep(3) FROM numbers(5)", Unavailable),
        ("SELECT groupArray(number) FROM numbers(100000000)", Busy),
    ],
)
def test_what_fails_is_one_of_our_errors(engine: Engine, sql: str, error: type[EcholineError]) -> None:
    with pytest.raises(error):
        engine.answer(sql, timeout_s=2.0, memory_bytes=50_000_000)


@pytest.mark.parametrize(
    "sql",
    [
        "DROP TABLE spans",
        "INSERT INTO scopes (name) SELECT 'x'",
        "SELECT * FROM file('/etc/passwd', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1/', 'LineAsString')",
        "SELECT 1; DROP TABLE spans",
        "SELECT 1 /* ; */; SELECT 2",
        "SELECT 1 SETTINGS readonly = 0",
    ],
)
def test_a_question_only_reads_the_tables(engine: Engine, sql: str) -> None:
    with pytest.raises(BadInput):
        engine.query(sql)
    assert engine.rows("SELECT count() AS n FROM scopes") == [{"n": 0}]


def test_a_semicolon_inside_a_text_or_comment_is_fine(engine: Engine) -> None:
    assert engine.rows("SELECT ';' AS a -- ;") == [{"a": ";"}]


def test_a_missing_partner_of_an_outer_join_is_null(engine: Engine) -> None:
    assert engine.rows("SELECT b.x AS x FROM (SELECT 1 AS k) AS a LEFT JOIN (SELECT 2 AS k, 3 AS x) AS b USING k") == [
        {"x": None}
    ]


def test_a_query_is_cancelled_by_its_id(engine: Engine) -> None:
    failed: list[Exception] = []

    def ask() -> None:
        try:
            engine.answer(SLOW, query_id="mine's")
        except Unavailable as error:
            failed.append(error)

    asker = threading.Thread(target=ask)
    asker.start()
    time.sleep(0.3)
    engine.cancel("other")
    assert asker.is_alive()
    engine.cancel("mine's")
    asker.join(5)
    assert "cancelled" in str(failed)


def test_a_data_directory_has_one_process_and_names_it(opened: Engine) -> None:
    with pytest.raises(BadConfig, match=r"in use by process \d+"):
        Engine(opened.data_dir, StoreConfig(), wait_s=0.1)


def test_a_data_directory_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadConfig, match="data_dir"):
        Engine(tmp_path / "file" / "data", StoreConfig())
