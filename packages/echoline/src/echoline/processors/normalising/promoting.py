"""Takes the attributes that have a column of their own out of the lists, and makes the columns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Int32s, Part, Pool, ValueType
from echoline.processors.normalising.cells import Cells, Mask, kept
from echoline.processors.normalising.columns import ABSENT, distinct, strings

Promoted = Mapping[str, tuple[str, ValueType]]
_LARGEST = 2**31 - 1


@dataclass(frozen=True)
class Promotion:
    """A part without its promoted attributes, and their columns by name."""

    part: Part
    columns: Mapping[str, pa.Array]


def promoted(part: Part, pool: Pool, found: Cells, table: Promoted) -> Promotion:
    """What is of another type than the table says, or looks like a missing one, stays in its list."""
    is_kept: Mask = np.ones(len(part.attributes.codes), np.bool_)
    columns: dict[str, pa.Array] = {}
    for key, (column, kind) in table.items():
        codes = np.full(len(part), -1, np.int32)
        numbers = np.full(len(part), ABSENT, np.int32)
        if key in found:
            codes, numbers = fitting(found.code(key), pool, kind)
            is_kept[found.positions[key][codes >= 0]] = False
        columns[column] = strings(codes, pool.values) if kind is ValueType.STRING else pa.array(numbers)
    if is_kept.all():
        return Promotion(part, columns)
    return Promotion(replace(part, attributes=kept(part.attributes, is_kept)), columns)


def fitting(codes: Int32s, pool: Pool, kind: ValueType) -> tuple[Int32s, Int32s]:
    """The codes whose values may be promoted, -1 for others; what they stand for where they are whole numbers."""
    some, places = distinct(codes, len(pool))
    texts = pool.values.take(pa.array(some))
    numbers = np.full(len(some) + 1, ABSENT, np.int32)
    is_fit = np.zeros(len(some) + 1, np.bool_)
    is_fit[:-1] = pool.types[some] == kind
    if kind is ValueType.STRING:
        is_fit[:-1] &= pc.not_equal(texts, "").to_numpy(zero_copy_only=False)
    else:
        wide = pc.cast(pc.if_else(pa.array(is_fit[:-1]), texts, "-1"), pa.int64()).to_numpy(zero_copy_only=False)
        is_fit[:-1] &= (wide >= 0) & (wide <= _LARGEST)
        numbers[:-1] = np.where(is_fit[:-1], wide, ABSENT)
    return np.where(is_fit[places], codes, np.int32(-1)), numbers[places]
