import numpy as np
import pyarrow as pa

from echoline.model.batch import Attributes, Part, Pool, ValueType
from echoline.processors.normalising.cells import cells
from echoline.processors.normalising.pools import GrowingPool
from echoline.processors.normalising.promoting import Promotion, promoted

STRING, INT = ValueType.STRING, ValueType.INT
TABLE = {"name": ("column", STRING), "number": ("line", INT)}


def promotion(*triples: tuple[str, str, ValueType]) -> tuple[Promotion, list[str]]:
    """Of a part where each triple is the only attribute of its row; and the keys that stay."""
    keys, values, types = zip(*triples, strict=True)
    pool = Pool(pa.array(keys).dictionary_encode(), pa.array(values), np.array(types, np.uint8))
    attributes = Attributes(np.arange(len(keys) + 1, dtype=np.int32), np.arange(len(keys), dtype=np.int32))
    part = Part(pa.table({"row": list(range(len(keys)))}), attributes)
    done = promoted(part, pool, cells(attributes, list(TABLE), GrowingPool(pool).roles(TABLE)), TABLE)
    return done, [keys[code] for code in done.part.attributes.codes]


def test_an_attribute_of_the_expected_type_leaves_its_list() -> None:
    done, stays = promotion(("name", "x", STRING), ("number", "7", INT), ("other", "y", STRING))
    assert done.columns["column"].to_pylist() == ["x", "", ""]
    assert done.columns["line"].to_pylist() == [-1, 7, -1]
    assert stays == ["other"]
    assert done.part.attributes.offsets.tolist() == [0, 0, 0, 1]


def test_what_the_column_cannot_say_stays() -> None:
    numbers = [("number", text, INT) for text in ("-1", "2147483648", "-9223372036854775808")]
    others = [("name", "", STRING), ("name", "7", INT), ("number", "7", STRING), ("number", "x", STRING)]
    done, stays = promotion(*numbers, *others)
    assert len(stays) == 7
    assert set(done.columns["line"].to_pylist()) == {-1}
    assert set(done.columns["column"].to_pylist()) == {""}


def test_the_largest_number_fits() -> None:
    assert promotion(("number", "2147483647", INT))[0].columns["line"].to_pylist() == [2147483647]
