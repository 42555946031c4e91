"""64-bit ids of content: what has the same resource, scope or series gets the same id, in any batch and order."""

import hashlib
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import Attributes, Pool

Ids = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


def id_of(texts: Iterable[str]) -> int:
    """The id of a tuple of texts."""
    content = b"".join(len(raw).to_bytes(4, "big") + raw for raw in (text.encode() for text in texts))
    return int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big")


def ids_of_strings(column: pa.DictionaryArray) -> Ids:
    """One id per row of a dictionary encoded column, hashing each distinct string once."""
    distinct = np.array([id_of((text,)) for text in column.dictionary.to_pylist()] or [0], np.uint64)
    ids: Ids = distinct[np.asarray(column.indices)]
    return ids


def ids_of_attributes(attributes: Attributes, pool: Pool) -> Ids:
    """One id per row, the same for the same attributes in whatever order."""
    used, codes = np.unique(attributes.codes, return_inverse=True)
    taken = pa.array(used, pa.int32())
    keys = pool.keys.take(taken).to_pylist()
    values, types = pool.values.take(taken).to_pylist(), pool.types[used]
    distinct = np.array([id_of(each) for each in zip(keys, map(str, types), values, strict=True)], np.uint64)
    # A sum does not depend on the order; the terms are mixed hashes, so no two sums are alike by accident.
    sums = np.concatenate(([np.uint64(0)], np.cumsum(distinct[codes], dtype=np.uint64)))
    return sums[attributes.offsets[1:]] - sums[attributes.offsets[:-1]]


def mixed(*parts: Ids | int) -> Ids:
    """One id per row out of several, whose order counts (splitmix64 after each)."""
    result: Ids = np.zeros(1, np.uint64)
    with np.errstate(over="ignore"):
        for part in parts:
            result = (result ^ np.asarray(part, np.uint64)) + _GOLDEN
            result = (result ^ (result >> np.uint64(30))) * _FIRST
            result = (result ^ (result >> np.uint64(27))) * _SECOND
            result ^= result >> np.uint64(31)
    return result
