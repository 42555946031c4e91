from typing import TYPE_CHECKING

import pytest

from batches import span
from echoline.errors import BadInput
from echoline.queries.trace_ids import complete
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

IDS = ["0af7651916cd43dd8448eb211c80319c", "0af76519ffffffffffffffffffffffff", "ff00000000000000000000000000000f"]


@pytest.fixture
def filled(engine: "Engine") -> "Engine":
    keep(engine, "traces", *(span(trace_id=bytes.fromhex(each)) for each in IDS))
    return engine


@pytest.mark.parametrize(
    ("beginning", "found"), [("0af7651916", 0), ("0af76519f", 1), ("ff000000", 2), (IDS[1][:31], 1)]
)
def test_a_beginning_that_is_unique_names_its_trace(filled: "Engine", beginning: str, found: int) -> None:
    assert complete(filled, beginning) == IDS[found]


def test_a_whole_id_is_not_looked_up(engine: "Engine") -> None:
    assert complete(engine, IDS[0]) == IDS[0]


def test_an_unknown_beginning_names_nothing(filled: "Engine") -> None:
    assert complete(filled, "abcdef01") is None


def test_an_ambiguous_beginning_is_refused_with_those_it_could_be(filled: "Engine") -> None:
    with pytest.raises(BadInput, match=f"several traces begin with '0af76519': {IDS[0]}, {IDS[1]}; give more digits"):
        complete(filled, "0af76519")
