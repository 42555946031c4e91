"""Where numbers of operations are read from: hourly or minutely rollups, or the spans themselves where that is less.

Sums in rollups are cheap, sketches are not: joining one costs about as much as reading 150 durations.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from echoline.kinds import Store
from echoline.model.answers import KINDS, Kind
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.queries.windows import Steps, aligned_to

MINUTE_NS = 60 * BILLION
HOUR_NS = 60 * MINUTE_NS
# From this length on a window is widened to whole hours, below to whole minutes.
_BY_HOUR_NS = 6 * HOUR_NS
_DURATIONS_PER_SKETCH = 150

_KEY = "service, environment, version, revision, kind, operation"
_LEVELS = "0.01, 0.5, 0.95, 0.99"
_OF_SKETCHES = f"quantilesDDMerge({_LEVELS})(r.durations)"
_OF_DURATIONS = f"quantilesDD({_LEVELS})(r.durations)"


@dataclass(frozen=True)
class OperationFilter:
    """Which operations; what is empty does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    kinds: tuple[Kind, ...] = ()
    name: str = ""
    """A part of the name, in any case."""

    def sql(self, params: Params) -> str:
        """One condition on the rollups, and on spans."""
        columns = ("service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.kinds:
            tests.append(f"kind IN ({', '.join(str(KINDS.index(kind)) for kind in self.kinds)})")
        if self.name:
            tests.append(f"positionCaseInsensitiveUTF8(toString(operation), {params.put(self.name)}) > 0")
        return " AND ".join(tests) or "1"


@dataclass(frozen=True)
class Source:
    """A subquery to be named `r`, with a row per span or per rollup row, and what makes [p50, p95, p99] of it."""

    sql: str
    quantiles: str


def widened(window: Window) -> Window:
    """The window in whole hours or minutes, as its length asks for."""
    length_ns = window.until_ns - window.since_ns
    return aligned_to(window, HOUR_NS if length_ns >= _BY_HOUR_NS else MINUTE_NS)


def source(store: Store, window: Window, condition: str, params: Params) -> Source:
    """What answers for a widened window with the least work. Spans serve only while all of them are still there."""
    if window.since_ns % HOUR_NS == window.until_ns % HOUR_NS == 0:
        return Source(_rollup("operations_1h", [window], condition, params), _OF_SKETCHES)
    count = Params()
    sums = f"SELECT sum(calls) AS calls, count() AS sketches FROM {_mixed(window, '1', count)}"
    spans = f"SELECT count() FROM spans WHERE {count.within(window)} AND NOT is_repeat_report"
    (row,) = rows(store, f"SELECT calls, sketches, ({spans}) AS present FROM ({sums})", count)
    if row["calls"] <= min(row["present"], _DURATIONS_PER_SKETCH * row["sketches"]):
        return Source(_spans(window, condition, params), _OF_DURATIONS)
    return Source(_mixed(window, condition, params), _OF_SKETCHES)


def source_by_step(steps: Steps, condition: str, params: Params) -> Source:
    """Rollups none of whose rows lies in two steps; steps are whole minutes."""
    by_hour = steps.step_ns % HOUR_NS == 0 and steps.window.since_ns % HOUR_NS == 0
    table = "operations_1h" if by_hour else "operations_1m"
    return Source(_rollup(table, [steps.window], condition, params), _OF_SKETCHES)


def _mixed(window: Window, condition: str, params: Params) -> str:
    """Whole hours from the hourly rollup, the edges by the minute."""
    first, last = -(-window.since_ns // HOUR_NS) * HOUR_NS, window.until_ns // HOUR_NS * HOUR_NS
    if first >= last:
        return _rollup("operations_1m", [window], condition, params)
    edges = [Window(window.since_ns, first), Window(last, window.until_ns)]
    edges = [edge for edge in edges if edge.since_ns < edge.until_ns]
    hours = _rollup("operations_1h", [Window(first, last)], condition, params)
    return f"({hours} UNION ALL {_rollup('operations_1m', edges, condition, params)})"


def _rollup(table: str, windows: Sequence[Window], condition: str, params: Params) -> str:
    times = " OR ".join(
        f"(time >= {params.second(window.since_ns)} AND time < {params.second(window.until_ns)})" for window in windows
    )
    columns = f"time, {_KEY}, calls, errors, duration_sum_ns, durations"
    return f"(SELECT {columns} FROM {table} WHERE ({times}) AND {condition})"


def _spans(window: Window, condition: str, params: Params) -> str:
    columns = f"{_KEY}, 1 AS calls, status_code = 2 AS errors, duration_ns AS duration_sum_ns, duration_ns AS durations"
    return f"(SELECT {columns} FROM spans WHERE {params.within(window)} AND NOT is_repeat_report AND {condition})"
