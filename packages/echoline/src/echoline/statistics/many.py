"""Many questions at once: of those that are flagged, only a small part may be false."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from echoline.statistics.comparison import Comparison
from echoline.statistics.student import StudentPower, smallest_visible

# Of all that is flagged, what may be false on average.
FALSE_SHARE = 0.05


def adjusted(ps: Mapping[str, float]) -> dict[str, float]:
    """Each probability as Benjamini and Hochberg correct it for the number of questions."""
    names = sorted(ps, key=lambda name: (ps[name], name))
    values = np.array([ps[name] for name in names]) * len(names) / np.arange(1, len(names) + 1)
    values = np.minimum(np.minimum.accumulate(values[::-1])[::-1], 1.0)
    return dict(zip(names, values.tolist(), strict=True))


def among_many(comparisons: Mapping[str, Comparison], false_share: float = FALSE_SHARE) -> dict[str, Comparison]:
    """The same answers, with only those flagged that stand beside so many others.

    `smallest_visible` and the power follow: among a thousand operations a change must be larger to be believed.
    """
    ps = {name: each.p for name, each in comparisons.items() if each.p is not None}
    corrected = adjusted(ps)
    believed = sum(corrected[name] <= false_share and comparisons[name].is_flagged for name in corrected)
    bound = false_share * (believed + 1) / max(len(ps), 1)
    return {
        name: _beside_others(each, corrected.get(name, 1.0) <= false_share, bound) for name, each in comparisons.items()
    }


def _beside_others(comparison: Comparison, is_believed: bool, bound: float) -> Comparison:
    sensitivity = comparison.sensitivity
    if isinstance(sensitivity, StudentPower) and bound < sensitivity.alpha:
        stricter = replace(sensitivity, alpha=bound)
        comparison = replace(comparison, sensitivity=stricter, smallest_visible=smallest_visible(stricter.power))
    if is_believed or not comparison.is_flagged:
        return comparison
    reason = "alone it would be flagged; beside so many others it may well be chance"
    return replace(comparison, verdict="unchanged", reasons=(*comparison.reasons, reason))
