"""Reads rollups of facts: hours for most of a window, minutes for its edges and for the last hours, which are late.

Rows that were made again replace older ones only when the engine merges them, hence FINAL. Conditions are on the key:
they hold for a row and for what it replaces, so PREWHERE may leave the sketches of other rows unread.
"""

from typing import Literal

from echoline.model.window import Window
from echoline.queries.operation_rollups import HOUR_NS
from echoline.queries.params import Params

Name = Literal["code_objects", "queries", "flows"]
KEYS: dict[Name, str] = {
    "code_objects": "service, environment, version, revision, code_object",
    "queries": "service, environment, version, revision, query, entry",
    "flows": "service, environment, version, revision, flow, entry",
}
SUMS = "calls, errors, duration_sum_ns, self_sum_ns, critical_sum_ns"
LEVELS = "0.01, 0.5, 0.95, 0.99"
# Hours are made when they are over, with some delay: up to this before the end of a window minutes are read.
_LATE_NS = 2 * HOUR_NS


def rollup(name: Name, window: Window, condition: str, params: Params, *, sketches: bool = True) -> str:
    """A subquery with `time`, the keys, the sums and, if wanted, the sketches `durations` and `selves`.

    The window should lie on whole minutes; the condition may name keys only.
    """
    first = -(-window.since_ns // HOUR_NS) * HOUR_NS
    last = (window.until_ns - _LATE_NS) // HOUR_NS * HOUR_NS
    columns = f"time, {KEYS[name]}, {SUMS}{', durations, selves' if sketches else ''}"
    if first >= last:
        return f"(SELECT {columns} FROM {name}_1m FINAL PREWHERE {_within(window, params)} AND {condition})"
    edges = [each for each in (Window(window.since_ns, first), Window(last, window.until_ns)) if _is_filled(each)]
    minutes = " OR ".join(f"({_within(edge, params)})" for edge in edges)
    hours = f"SELECT {columns} FROM {name}_1h FINAL PREWHERE {_within(Window(first, last), params)} AND {condition}"
    return f"({hours} UNION ALL SELECT {columns} FROM {name}_1m FINAL PREWHERE ({minutes}) AND {condition})"


def quantiles_of(sketch: str) -> str:
    """SQL of [p50, p95, p99] of a sketch column of a rollup named `r`."""
    return f"quantilesDDMerge({LEVELS})(r.{sketch})"


def _within(window: Window, params: Params) -> str:
    return f"time >= {params.second(window.since_ns)} AND time < {params.second(window.until_ns)}"


def _is_filled(window: Window) -> bool:
    return window.since_ns < window.until_ns
