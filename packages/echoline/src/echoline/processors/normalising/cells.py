"""Attributes by row and name: where in the flat list of codes a row's `http.method` stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from echoline.model.batch import Attributes, Int32s

Mask = npt.NDArray[np.bool_]
NOWHERE = -1


@dataclass(frozen=True)
class Cells:
    """For some names the position of each row's attribute in the flat list of codes, NOWHERE for rows without it.

    Of a name that stands twice on one row the first one counts. Names that no row has are left out.
    """

    positions: Mapping[str, Int32s]
    codes: Int32s
    """The flat list with -1 at its end, which is where NOWHERE leads."""

    def code(self, key: str) -> Int32s:
        """The pool code of each row's attribute, -1 for none."""
        return self.codes[self.positions[key]]

    def __contains__(self, key: str) -> bool:
        return key in self.positions


def cells(attributes: Attributes, keys: Sequence[str], roles: Int32s) -> Cells:
    """The cells of `keys`; `roles` tells for each pool code which of them it is, -1 for none of them."""
    rows = len(attributes.offsets) - 1
    first, last = int(attributes.offsets[0]), int(attributes.offsets[-1])
    flat = roles[attributes.codes[first:last]]
    hits = np.flatnonzero(flat >= 0)
    if not len(hits):
        return Cells({}, attributes.codes)
    hits = hits[::-1]
    where = np.full((len(keys), rows), NOWHERE, np.int32)
    where[flat[hits], row_numbers(attributes)[hits]] = hits + first
    is_there = np.bincount(flat[hits], minlength=len(keys)) > 0
    positions = {key: where[place] for place, key in enumerate(keys) if is_there[place]}
    return Cells(positions, np.append(attributes.codes, np.int32(-1)))


def row_numbers(attributes: Attributes) -> Int32s:
    """The row of each position from the first offset on."""
    lengths = np.diff(attributes.offsets)
    return np.repeat(np.arange(len(lengths), dtype=np.int32), lengths)


def kept(attributes: Attributes, is_kept: Mask) -> Attributes:
    """Only the attributes at some positions, in their order; `is_kept` is as long as `codes`."""
    before = np.zeros(len(is_kept) + 1, np.int32)
    np.cumsum(is_kept, out=before[1:])
    first, last = int(attributes.offsets[0]), int(attributes.offsets[-1])
    return Attributes(before[attributes.offsets] - before[first], attributes.codes[first:last][is_kept[first:last]])
