"""A pool that grows: new attributes behind the old ones, whose codes stay valid."""

from collections.abc import Iterable

import numpy as np
import pyarrow as pa

from echoline.model.batch import Bytes, Int32s, Pool


class GrowingPool:
    """A batch's pool with what a processor adds; the original stays untouched."""

    def __init__(self, pool: Pool) -> None:
        self.before = pool
        self.key_codes: Int32s = _codes(pool.keys)
        self._names: list[str] = pool.keys.dictionary.to_pylist()
        self._codes_by_name: dict[str, list[int]] = {}
        for code, name in enumerate(self._names):
            self._codes_by_name.setdefault(name, []).append(code)
        self._keys: list[Int32s] = [self.key_codes]
        self._values: list[pa.StringArray] = [pool.values]
        self._types: list[Bytes] = [pool.types]
        self._length = len(pool)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, key: str) -> bool:
        return key in self._codes_by_name

    def roles(self, keys: Iterable[str]) -> Int32s:
        """Per entry of the original pool the place of its key among `keys`, -1 for any other key."""
        by_key = np.full(len(self._names) + 1, -1, np.int32)
        for place, key in enumerate(keys):
            for code in self._codes_by_name.get(key, ()):
                by_key[code] = place
        return by_key[self.key_codes]

    def add(self, key: str, values: pa.StringArray, types: Bytes) -> Int32s:
        """Codes of new attributes, one per value."""
        code = self._codes_by_name.setdefault(key, [len(self._names)])[0]
        if code == len(self._names):
            self._names.append(key)
        self._keys.append(np.full(len(types), code, np.int32))
        self._values.append(values)
        self._types.append(types)
        codes = np.arange(self._length, self._length + len(types), dtype=np.int32)
        self._length += len(types)
        return codes

    def pool(self) -> Pool:
        """The pool with all that was added; the original one if nothing was."""
        if len(self._values) == 1:
            return self.before
        keys = pa.DictionaryArray.from_arrays(pa.array(np.concatenate(self._keys)), pa.array(self._names, pa.string()))
        return Pool(keys, pa.concat_arrays(self._values), np.concatenate(self._types))


def _codes(column: pa.DictionaryArray) -> Int32s:
    codes: Int32s = np.asarray(column.indices).astype(np.int32, copy=False)
    return codes
