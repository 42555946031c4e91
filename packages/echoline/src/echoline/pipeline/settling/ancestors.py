"""Questions about the spans above a span, for all spans at once, by doubling pointers.

A forest is an array with the index of each node's parent, -1 for none. Each question takes as many steps as the
logarithm of the depth, so a chain of 10,000 spans costs little more than a flat trace.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

Indices = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[Any]


def nearest(parents: Indices, wanted: Mask) -> Indices:
    """For each node the nearest one at or above it that is wanted, -1 for none."""
    last = len(parents)
    up = _with_end(np.where(wanted, np.arange(last), parents))
    while True:
        further = up[up]
        if np.array_equal(further, up):
            return np.where(up[:last] == last, -1, up[:last])
        up = further


def gathered(parents: Indices, values: Numbers, join: Callable[[Numbers, Numbers], Numbers]) -> Numbers:
    """For each node its value joined with those of all above it; joining must bear any grouping.

    There must be no circles.
    """
    up, found = parents.copy(), values.copy()
    active = np.flatnonzero(up >= 0)
    while len(active):
        above = up[active]
        found[active] = join(found[active], found[above])
        up[active] = up[above]
        active = active[up[active] >= 0]
    return found


def without_circles(parents: Indices) -> Indices:
    """The same, but the first node of each circle has no parent."""
    last, up = len(parents), _with_end(parents)
    for _ in range(last.bit_length() + 1):
        if (up == last).all():
            return parents
        up = up[up]
    on_circle = np.unique(up[up != last])
    first, ahead = np.arange(last), np.where(parents < 0, np.arange(last), parents)
    for _ in range(len(on_circle).bit_length() + 1):
        first[on_circle] = np.minimum(first[on_circle], first[ahead[on_circle]])
        ahead[on_circle] = ahead[ahead[on_circle]]
    opened = parents.copy()
    opened[on_circle[first[on_circle] == on_circle]] = -1
    return opened


def _with_end(parents: Indices) -> Indices:
    """With a node at the end that all without a parent point to, itself too."""
    return np.append(np.where(parents < 0, len(parents), parents), len(parents))
