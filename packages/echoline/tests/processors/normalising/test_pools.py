import numpy as np
import pyarrow as pa

from echoline.model.batch import Pool
from echoline.processors.normalising.pools import GrowingPool

POOL = Pool(pa.array(["a", "b", "a"]).dictionary_encode(), pa.array(["1", "2", "3"]), np.array([1, 1, 3], np.uint8))


def test_what_is_added_stands_behind() -> None:
    growing = GrowingPool(POOL)
    assert growing.add("c", pa.array(["4", "5"]), np.array([1, 1], np.uint8)).tolist() == [3, 4]
    assert growing.add("a", pa.array(["6"]), np.array([1], np.uint8)).tolist() == [5]
    pool = growing.pool()
    assert pool.keys.to_pylist() == ["a", "b", "a", "c", "c", "a"]
    assert pool.values.to_pylist() == ["1", "2", "3", "4", "5", "6"]
    assert pool.types.tolist() == [1, 1, 3, 1, 1, 1]
    assert POOL.values.to_pylist() == ["1", "2", "3"]


def test_nothing_added_gives_the_pool_itself() -> None:
    assert GrowingPool(POOL).pool() is POOL


def test_roles_are_places_of_keys() -> None:
    growing = GrowingPool(POOL)
    assert growing.roles(["b", "a", "z"]).tolist() == [1, 0, 1]
    assert "a" in growing
    assert "z" not in growing


def test_a_key_that_stands_twice_in_the_dictionary_is_one() -> None:
    keys = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["a", "a"]))
    assert GrowingPool(Pool(keys, pa.array(["1", "2"]), np.ones(2, np.uint8))).roles(["a"]).tolist() == [0, 0]
