"""What every store promises: the engine in this process and its client answer and refuse alike."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.kinds import Store
from echoline.registry import components
from echoline.stores.client import Client
from echoline.stores.engine import Engine
from echoline.stores.protocol import socket_path
from echoline.stores.server import Server


@pytest.fixture(params=["engine", "client"])
def store(request: pytest.FixtureRequest, opened: Engine, tmp_path: Path) -> Iterator[Store]:
    if request.param == "engine":
        yield opened
        return
    server = Server(socket_path(tmp_path), opened, {}, threads=1, timeout_s=20)
    client = Client(server.path)
    yield client
    client.close()
    server.close()


@pytest.mark.parametrize("name", sorted(components("stores")))
def test_a_registered_store_can_be_asked(name: str) -> None:
    assert callable(components("stores")[name].load().query)


def test_an_answer_is_a_table_with_the_columns_that_were_asked_for(store: Store) -> None:
    found = store.query("SELECT number AS n, {text:String} AS text FROM numbers(2)", {"text": "it's \\n\t"})
    assert found == pa.table({"n": pa.array([0, 1], pa.uint64()), "text": ["it's \\n\t"] * 2}, schema=found.schema)


def test_an_empty_answer_has_its_columns(store: Store) -> None:
    found = store.query("SELECT name, start FROM spans WHERE 0")
    assert (found.num_rows, found.column_names) == (0, ["name", "start"])


@pytest.mark.parametrize(
    ("sql", "error"),
    [
        ("SELECT nothing", BadInput),
        ("SELECT {missing:String}", BadInput),
        ("DROP TABLE spans", BadInput),
        ("SELECT groupArray(number) FROM numbers(1000000000)", Busy),
        ("SELECT count() FROM numbers(100000000000) WHERE sipHash64(number) = 1", Unavailable),
    ],
)
def test_what_fails_is_one_of_our_errors(store: Store, sql: str, error: type[EcholineError]) -> None:
    with pytest.raises(error):
        store.query(sql, timeout_s=3.0 if error is Busy else 0.3)
