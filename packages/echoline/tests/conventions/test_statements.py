"""What statements become stands in tables/statements.txt; here is that many at once become the same."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.statements import statement, statements
from tables import blocks

STATEMENTS = blocks(Path(__file__).parent / "tables" / "statements.txt")
TEXTS = ["'a'", "'it''s'", "' = 7 '", '"a"', '"a 1"', "N'a 1'", "`a 1`", "[a 1]", "'", "\\"]
NUMBERS = ["7", "1.5", "1.", "1e-5", "0x1F", "a1", "t.7", "$1", ":a", "#1", "?"]
OTHERS = ["a", "=", "(", ")", ",", " ", "-", "*", "IN", "::int", ";", "--x\n", "/*1*/"]
PIECES = st.sampled_from([*TEXTS, *NUMBERS, *OTHERS])


@pytest.mark.parametrize(("system", "sent", "expected"), STATEMENTS, ids=[sent[:60] for _, sent, _ in STATEMENTS])
def test_statement_is_as_the_table_says(system: str, sent: str, expected: str) -> None:
    assert statement(sent, system) == expected


@given(
    st.lists(st.lists(PIECES, max_size=12).map("".join), max_size=4),
    st.sampled_from(["", "postgresql", "mysql", "neo4j", "microsoft.sql_server", "cassandra", "redis", "mongodb"]),
)
def test_many_at_once_become_what_each_becomes_alone(texts: list[str], system: str) -> None:
    together = statements(pa.array(texts, pa.string()), system).to_pylist()
    assert together == [statement(text, system) for text in texts]
