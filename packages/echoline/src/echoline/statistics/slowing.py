"""One function that slows its whole process: in Python all threads share one lock, so one that computes makes all
wait.

Wall times then name the wrong ones. What helps is the CPU time of each function's own code, per call.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from echoline.statistics.comparison import Comparison


@dataclass(frozen=True, slots=True)
class Slowing:
    """A function whose own CPU time moved, and what that costs the process."""

    name: str
    cost_ns_per_minute: float
    """Calls a minute times the change of CPU time per call: what it takes from all others, or gives them."""
    comparison: Comparison


def slowing(cpu: Mapping[str, Comparison], calls_per_minute: Mapping[str, float]) -> tuple[Slowing, ...]:
    """The functions that made a process slower, the costliest first; empty when no own CPU time rose.

    `cpu` compares own CPU nanoseconds per call (`compare_rates` with `counted=False`), `calls_per_minute` is of the
    later window. Operations that are flagged for their duration but stand not here were slowed by those that do.
    """
    found = [
        Slowing(name, calls_per_minute.get(name, 0.0) * (each.after - each.before), each)
        for name, each in cpu.items()
        if each.verdict == "worse" and each.after is not None and each.before is not None
    ]
    return tuple(sorted(found, key=lambda each: (-each.cost_ns_per_minute, each.name)))
