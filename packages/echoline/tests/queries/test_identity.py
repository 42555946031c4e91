from typing import TYPE_CHECKING

import pytest

from batches import of, span
from echoline.model.answers import kind_of
from echoline.model.ids import operation_id
from echoline.queries.operation_rollups import OperationFilter
from echoline.queries.operations import operations
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

NAMES = ["GET /cart", "", "4:shop", "ärger ☃ 𝄞", "a'b\\n\t\"", "x" * 300, "SELECT * FROM t WHERE a = ?"]


@pytest.mark.parametrize("kind", [0, 2, 5, 77, -3])
def test_the_store_computes_the_ids_that_everybody_computes(engine: "Engine", kind: int) -> None:
    keep(engine, "traces", *(span(name, kind=kind, resource=of(service=name[::-1])) for name in NAMES))
    found = operations(engine, LAST_DAY, OperationFilter()).items
    assert {each.name: each.id for each in found} == {
        name: operation_id(name[::-1], kind_of(kind), name) for name in NAMES
    }
