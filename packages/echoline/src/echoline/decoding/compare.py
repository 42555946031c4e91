"""Tells whether two batches say the same, value by value."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import pyarrow as pa

from echoline.model.batch import Attributes, Batch, Pool

Triple = tuple[str, str, int]


def difference(one: Batch, other: Batch) -> str:
    """The first place where they differ, in words; "" when they do not.

    Codes may differ where they stand for the same; NaN is the same as NaN, and -0.0 is not the same as 0.0.
    """
    return next(_differences(one, other), "")


def attributes(rows: Attributes, pool: Pool) -> list[list[Triple]]:
    """The attributes of each row as (key, text, type)."""
    triples = list(zip(pool.keys.to_pylist(), pool.values.to_pylist(), pool.types.tolist(), strict=True))
    ends = rows.offsets.tolist()
    codes = rows.codes.tolist()
    return [[triples[code] for code in codes[start:end]] for start, end in pairwise(ends)]


def _differences(one: Batch, other: Batch) -> Iterator[str]:
    for name, part in one.parts.items():
        opposite = other.parts[name]
        if part.columns.schema != opposite.columns.schema:
            yield f"schema of {name}: {part.columns.schema} and {opposite.columns.schema}"
        for column in part.columns.column_names:
            yield from _in_column(f"{name}.{column}", part.columns[column], opposite.columns[column])
        mine, others = attributes(part.attributes, one.pool), attributes(opposite.attributes, other.pool)
        if mine != others:
            yield f"attributes of {name}: {_first(mine, others)}"


def _in_column(name: str, one: pa.ChunkedArray, other: pa.ChunkedArray) -> Iterator[str]:
    # Arrow takes -0.0 for 0.0.
    if "double" in str(one.type) or not one.equals(other):
        values, others = one.to_pylist(), other.to_pylist()
        if repr(values) != repr(others):
            yield f"column {name}: {_first(values, others)}"


def _first(values: Sequence[object], others: Sequence[object]) -> str:
    if len(values) != len(others):
        return f"{len(values)} and {len(others)} rows"
    row = next(row for row, pair in enumerate(zip(values, others, strict=True)) if repr(pair[0]) != repr(pair[1]))
    return f"in row {row} {values[row]!r} and {others[row]!r}"
