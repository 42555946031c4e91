"""Questions are asked of one database that is emptied after each test: a new one for each takes a tenth of a second."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

_FILLED = """
    SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0 AND name != 'migrations'
"""


@pytest.fixture(scope="session")
def questioned(opened: "Engine") -> "Engine":
    return opened.another("questioned")


@pytest.fixture
def engine(questioned: "Engine") -> "Iterator[Engine]":
    yield questioned
    for row in questioned.rows(_FILLED):
        questioned.execute(f"TRUNCATE TABLE {row['name']}")
