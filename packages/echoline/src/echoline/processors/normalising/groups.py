"""Equal combinations of codes, so that work is done once for each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import Int32s


@dataclass(frozen=True)
class Groups:
    """`numbers` says for each row which combination it has, `examples` a row that has it, by that number."""

    numbers: Int32s
    examples: Int32s

    def __len__(self) -> int:
        return len(self.examples)


def groups(*columns: Int32s) -> Groups:
    """The combinations that stand in some columns of codes, which are -1 or more."""
    rows = len(columns[0])
    numbers, count = _dense(columns[0].astype(np.int64))
    for column in columns[1:]:
        width = int(column.max(initial=-1)) + 2
        numbers, count = _dense(numbers.astype(np.int64) * width + (column + 1))
    examples = np.zeros(count, np.int32)
    examples[numbers[::-1]] = np.arange(rows, dtype=np.int32)[::-1]
    return Groups(numbers, examples)


def _dense(keys: npt.NDArray[np.int64]) -> tuple[Int32s, int]:
    """Keys as numbers from 0, in the order in which they first stand."""
    encoded = pa.array(keys).dictionary_encode()
    return np.asarray(encoded.indices), len(encoded.dictionary)
