"""The columns of log records."""

from dataclasses import replace

import numpy as np
import pyarrow as pa

from echoline.conventions.patterns import keys as keys_of
from echoline.conventions.patterns import patterns
from echoline.model.batch import NORMALISED, PROMOTED, Batch, Part, ValueType
from echoline.processors.normalising.cells import cells
from echoline.processors.normalising.columns import dictionary, from_texts, strings, with_columns
from echoline.processors.normalising.groups import groups
from echoline.processors.normalising.pools import GrowingPool
from echoline.processors.normalising.promoting import fitting, promoted

EXCEPTION = "exception.type"
ANYTHING = "<*>"


def normalised_logs(batch: Batch) -> Part:
    """Log records with their columns. `exception.type` stays in its list beside its column, as in events."""
    part = batch.parts["rows"]
    wanted = [*PROMOTED["logs"], EXCEPTION]
    found = cells(part.attributes, wanted, GrowingPool(batch.pool).roles(wanted))
    promotion = promoted(part, batch.pool, found, PROMOTED["logs"])
    thrown = np.full(len(part), -1, np.int32)
    if EXCEPTION in found:
        thrown = fitting(found.code(EXCEPTION), batch.pool, ValueType.STRING)[0]
    own = {"exception_type": strings(thrown, batch.pool.values), "pattern": _patterns(part)}
    columns = with_columns(promotion.part.columns, {**promotion.columns, **own}, NORMALISED["logs"]["rows"])
    return replace(promotion.part, columns=columns)


def _patterns(part: Part) -> pa.DictionaryArray:
    """By distinct body: of a text its pattern, of a map or array its keys, of anything else nothing in particular."""
    codes, bodies = dictionary(part.columns["body"])
    types = part.columns["body_type"].to_numpy().astype(np.int32)
    found = groups(codes, types)
    some = found.examples
    texts, kinds = bodies.take(pa.array(codes[some])), types[some]
    spelled = np.full(len(some), ANYTHING, object)
    spelled[kinds == ValueType.EMPTY] = ""
    for is_kind, pattern in (
        (kinds == ValueType.STRING, patterns),
        (np.isin(kinds, (ValueType.MAP, ValueType.ARRAY)), keys_of),
    ):
        spelled[is_kind] = pattern(texts.filter(pa.array(is_kind))).to_numpy(zero_copy_only=False)
    distinct = pa.array(spelled, pa.string()).dictionary_encode()
    return from_texts(np.asarray(distinct.indices)[found.numbers], distinct.dictionary)
