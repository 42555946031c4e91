"""Columns made from codes of a pool."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from echoline.model.batch import Int32s

ABSENT = -1
"""What an int32 column holds where the attribute is missing; "" in a column of strings."""


def distinct(codes: Int32s, count: int) -> tuple[Int32s, Int32s]:
    """The codes below `count` that occur, in order, and for each row the place of its code among them; -1 stays -1."""
    occurs = np.zeros(count + 1, np.bool_)
    occurs[codes] = True
    occurs[count] = False
    found = np.flatnonzero(occurs).astype(np.int32)
    place = np.full(count + 1, -1, np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[codes]


def strings(codes: Int32s, values: pa.StringArray) -> pa.DictionaryArray:
    """values[code] of each row, "" for -1; the dictionary holds what occurs, and ""."""
    found, places = distinct(codes, len(values))
    texts = pa.concat_arrays([pa.array([""]), values.take(pa.array(found))])
    return pa.DictionaryArray.from_arrays(pa.array(places + 1), texts)


def from_texts(numbers: Int32s, texts: pa.StringArray | Sequence[str]) -> pa.DictionaryArray:
    """texts[number] of each row."""
    spelled = texts if isinstance(texts, pa.StringArray) else pa.array(texts, pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(numbers), spelled)


def dictionary(column: pa.ChunkedArray) -> tuple[Int32s, pa.StringArray]:
    """The codes of a dictionary encoded column of a table and the texts they stand for."""
    if not column.num_chunks:
        return np.empty(0, np.int32), pa.array([], pa.string())
    array = column.chunk(0) if column.num_chunks == 1 else column.unify_dictionaries().combine_chunks()
    codes: Int32s = np.asarray(array.indices).astype(np.int32, copy=False)
    return codes, array.dictionary


def with_columns(table: pa.Table, columns: Mapping[str, pa.Array], schema: pa.Schema) -> pa.Table:
    """The table with some columns behind its own, in the order of their schema."""
    return pa.table(
        [*table.columns, *(columns[name] for name in schema.names)],
        schema=pa.schema([*table.schema, *schema]),
    )
