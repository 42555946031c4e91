"""Some rows of a batch, with what hangs on them."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from echoline.model.batch import Attributes, Batch, Part

_HANGING = ("events", "links", "exemplars")


def keep(batch: Batch, wanted: npt.NDArray[np.bool_]) -> Batch:
    """The rows that are wanted, in their order, and their events, links and exemplars."""
    if wanted.all():
        return batch
    parts = dict(batch.parts)
    parts["rows"] = _rows(parts["rows"], wanted)
    number = np.cumsum(wanted, dtype=np.int32) - 1
    for name in _HANGING:
        if name in parts:
            row = parts[name].columns.column("row").to_numpy()
            part = _rows(parts[name], wanted[row])
            renumbered = pa.array(number[part.columns.column("row").to_numpy()], pa.int32())
            place = part.columns.schema.get_field_index("row")
            parts[name] = replace(part, columns=part.columns.set_column(place, "row", renumbered))
    return replace(batch, parts=parts)


def _rows(part: Part, wanted: npt.NDArray[np.bool_]) -> Part:
    return Part(
        part.columns.filter(pa.array(wanted)),
        _attributes(part.attributes, wanted),
        part.originals and _attributes(part.originals, wanted),
    )


def _attributes(attributes: Attributes, wanted: npt.NDArray[np.bool_]) -> Attributes:
    counts = np.diff(attributes.offsets)
    offsets = np.concatenate(([0], np.cumsum(counts[wanted]))).astype(np.int32)
    first, last = int(attributes.offsets[0]), int(attributes.offsets[-1])
    return Attributes(offsets, attributes.codes[first:last][np.repeat(wanted, counts)])
