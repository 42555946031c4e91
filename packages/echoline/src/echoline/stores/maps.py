"""Attributes of a batch as the Map columns of the store."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import Attributes, Bytes, Int32s, Part, Pool, ValueType


def distinct(column: pa.DictionaryArray) -> pa.DictionaryArray:
    """The same strings with a dictionary in which each stands once: the engine refuses others (code 800)."""
    once = column.dictionary.dictionary_encode()
    if len(once.dictionary) == len(column.dictionary):
        return column
    return pa.DictionaryArray.from_arrays(once.indices.take(column.indices), once.dictionary)


@dataclass(frozen=True)
class Maps:
    """Makes the maps of one batch. `keys`, `texts` and `types` stand by the codes of its pool."""

    keys: Int32s
    key_names: pa.StringArray
    texts: Int32s
    text_values: pa.StringArray
    types: Bytes

    @classmethod
    def of(cls, pool: Pool) -> "Maps":
        keys, texts = distinct(pool.keys), pool.values.dictionary_encode()
        return cls(_codes(keys), keys.dictionary, _codes(texts), texts.dictionary, pool.types)

    def columns(self, part: Part) -> dict[str, pa.Array]:
        """`attributes` and `attribute_types`, and the originals where the normaliser replaced something."""
        found = {"attributes": self.values(part.attributes), "attribute_types": self.kinds(part.attributes)}
        originals = part.originals
        if originals is not None and originals.offsets[-1] > originals.offsets[0]:
            found["original_attributes"] = self.values(originals)
            found["original_types"] = self.kinds(originals)
        return found

    def values(self, attributes: Attributes) -> pa.MapArray:
        """One map of key to canonical text per row."""
        offsets, codes = _compact(attributes)
        texts = _used(self.texts[codes], self.text_values)
        return pa.MapArray.from_arrays(pa.array(offsets), _used(self.keys[codes], self.key_names), texts)

    def kinds(self, attributes: Attributes) -> pa.MapArray:
        """One map of key to ValueType per row, of those that are no string."""
        offsets, codes = _compact(attributes)
        is_other = self.types[codes] != ValueType.STRING
        before = np.zeros(len(codes) + 1, np.int32)
        np.cumsum(is_other, out=before[1:])
        others = codes[is_other]
        keys = _used(self.keys[others], self.key_names)
        return pa.MapArray.from_arrays(pa.array(before[offsets]), keys, pa.array(self.types[others]))


def nested(rows: Int32s, count: int, child: pa.Array) -> pa.ListArray:
    """One list per row out of `count`, of the children that point at it; children stand in the order of their rows."""
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=count), out=offsets[1:])
    return pa.ListArray.from_arrays(pa.array(offsets), child)


def _compact(attributes: Attributes) -> tuple[Int32s, Int32s]:
    first, last = int(attributes.offsets[0]), int(attributes.offsets[-1])
    return attributes.offsets - np.int32(first), attributes.codes[first:last]


def _used(codes: Int32s, values: pa.StringArray) -> pa.DictionaryArray:
    """Dictionary encoded with only what occurs: the engine reads the dictionary of each column whole."""
    occurs = np.zeros(len(values), np.bool_)
    occurs[codes] = True
    number = np.cumsum(occurs, dtype=np.int32) - 1
    return pa.DictionaryArray.from_arrays(pa.array(number[codes], pa.int32()), values.filter(pa.array(occurs)))


def _codes(column: pa.DictionaryArray) -> Int32s:
    codes: npt.NDArray[Any] = np.asarray(column.indices)
    return codes.astype(np.int32, copy=False)
