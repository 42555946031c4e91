"""Columns of a batch's part as arrays in one piece."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Part
from echoline.stores.maps import distinct

TIME = pa.timestamp("ns")
Columns = dict[str, pa.Array]


def array(part: Part, name: str) -> pa.Array:
    """A column in one piece; a dictionary encoded one stays so, with a dictionary that the engine accepts."""
    column = part.columns.column(name)
    is_dictionary = pa.types.is_dictionary(column.type)
    if column.num_chunks != 1:
        column = (column.unify_dictionaries() if is_dictionary else column).combine_chunks()
    else:
        column = column.chunk(0)
    return distinct(column) if is_dictionary else column


def numbers(part: Part, name: str) -> npt.NDArray[Any]:
    """A column of numbers without nulls."""
    found: npt.NDArray[Any] = array(part, name).to_numpy(zero_copy_only=False)
    return found


def times(part: Part, name: str) -> pa.Array:
    """A column of nanoseconds as timestamps."""
    return array(part, name).cast(TIME)


def same(part: Part, names: Sequence[str]) -> Columns:
    """Columns that the store names as the batch does."""
    return {name: array(part, name) for name in names}


def taken(part: Part, name: str, number: npt.NDArray[np.int32]) -> pa.Array:
    """What a resource, scope or metric says, for each row that has it."""
    return array(part, name).take(pa.array(number))


def measured(part: Part) -> Columns:
    """The number of a point or exemplar: as a float for arithmetic, and exactly where it was an integer."""
    whole, exact = array(part, "value_int"), array(part, "value_double")
    return {
        "value": pc.fill_null(pc.coalesce(exact, whole.cast(pa.float64(), safe=False)), 0.0),
        "value_int": whole,
    }
