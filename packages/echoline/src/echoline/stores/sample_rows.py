"""Rows of the tables `profile_samples` and `profile_stacks`."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import Int32s
from echoline.stores.columns import Columns, array, numbers, same, times
from echoline.stores.identity import Ids, id_of, ids_of_strings, mixed
from echoline.stores.shared import Shared

_FRAME = {"function": "functions", "file": "files", "line": "lines"}


def sample_rows(shared: Shared) -> Columns:
    """Columns of one row per sample."""
    part, stack = shared.batch.parts["rows"], numbers(shared.batch.parts["rows"], "stack")
    return {
        **shared.columns(),
        **same(part, ("type", "unit", "value", "hits", "trace_id", "span_id", "is_approximate")),
        "time": times(part, "time_ns"),
        "stack_id": pa.array(_stack_ids(shared)[stack]),
        **_leaves(shared, stack),
        **shared.maps.columns(part),
    }


def stack_rows(shared: Shared, samples: Columns, days: npt.NDArray[np.int64]) -> Columns:
    """Columns of one row per stack that the samples have, and service, environment, day and retention of those."""
    stack = numbers(shared.batch.parts["rows"], "stack")
    groups = [samples[name].dictionary_encode() for name in ("service", "environment")]
    keys = [stack, days, np.asarray(samples["retention_days"]), *(np.asarray(each.indices) for each in groups)]
    _, first = np.unique(np.array(keys, np.int64), axis=1, return_index=True)
    taken, used = pa.array(first), stack[first]
    lists = array(shared.batch.parts["stacks"], "frames").take(pa.array(used))
    frames = shared.batch.parts["frames"]
    return {
        **{name: samples[name].take(taken) for name in ("stack_id", "service", "environment", "retention_days")},
        **{
            plural: pa.ListArray.from_arrays(lists.offsets, array(frames, name).take(lists.values))
            for name, plural in _FRAME.items()
        },
        "day": pa.array(days[first].astype(np.int32)).cast(pa.date32()),
    }


def _stack_ids(shared: Shared) -> Ids:
    """A hash of the frames of each stack, in their order."""
    frames, stacks = shared.batch.parts["frames"], array(shared.batch.parts["stacks"], "frames")
    of_frames = mixed(
        ids_of_strings(array(frames, "function")),
        ids_of_strings(array(frames, "file")),
        numbers(frames, "line").astype(np.uint64),
    )
    flat, offsets = of_frames[np.asarray(stacks.values)], np.asarray(stacks.offsets)
    texts = [flat[start:end].tobytes().hex() for start, end in pairwise(offsets.tolist())]
    return np.array([id_of((text,)) for text in texts], np.uint64)


def _leaves(shared: Shared, stack: Int32s) -> Columns:
    """Function, file and line of the innermost frame; of an empty stack nothing."""
    frames, stacks = shared.batch.parts["frames"], array(shared.batch.parts["stacks"], "frames")
    offsets = np.asarray(stacks.offsets)
    is_empty = offsets[1:] == offsets[:-1]
    found: Columns = {}
    leaves = np.asarray(stacks.values)[np.maximum(offsets[1:] - 1, 0)] if len(stacks.values) else np.zeros(0, np.int32)
    for name in _FRAME:
        column = array(frames, name)
        plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
        nothing = pa.scalar("" if pa.types.is_string(plain.type) else 0, plain.type)
        if len(plain) == 0:
            found[name] = pa.repeat(nothing, len(stack))
            continue
        whole = pa.compute.if_else(pa.array(is_empty), nothing, plain.take(pa.array(leaves)))
        found[name] = whole.take(pa.array(stack))
    return {
        name: column.dictionary_encode() if pa.types.is_string(column.type) else column
        for name, column in found.items()
    }
