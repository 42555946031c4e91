"""The rollups of operations as one table for a window: whole hours from the hourly one, the edges by the minute."""

from collections.abc import Sequence
from dataclasses import dataclass

from echoline.model.answers import KINDS, Kind
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.params import Params
from echoline.queries.windows import Steps

MINUTE_NS = 60 * BILLION
HOUR_NS = 60 * MINUTE_NS

QUANTILES = "quantilesDDMerge(0.01, 0.5, 0.95, 0.99)(r.durations)"
_COLUMNS = "time, service, environment, version, revision, kind, operation, calls, errors, duration_sum_ns, durations"


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
        """One condition on the rollups."""
        columns = ("service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        if self.kinds:
            tests.append(f"kind IN ({', '.join(str(KINDS.index(kind)) for kind in self.kinds)})")
        if self.name:
            tests.append(f"positionCaseInsensitiveUTF8(toString(operation), {params.put(self.name)}) > 0")
        return " AND ".join(tests) or "1"


def rollup(window: Window, condition: str, params: Params) -> str:
    """A subquery with the rollup rows of a window that is aligned to minutes."""
    first = -(-window.since_ns // HOUR_NS) * HOUR_NS
    last = window.until_ns // HOUR_NS * HOUR_NS
    if first >= last:
        return _rows("operations_1m", [window], condition, params)
    edges = [Window(window.since_ns, first), Window(last, window.until_ns)]
    edges = [edge for edge in edges if edge.since_ns < edge.until_ns]
    parts = [_rows("operations_1h", [Window(first, last)], condition, params)]
    parts += [_rows("operations_1m", edges, condition, params)] if edges else []
    return f"({' UNION ALL '.join(parts)})"


def rollup_by_step(steps: Steps, condition: str, params: Params) -> str:
    """A subquery with rollup rows none of which lies in two steps; steps are whole minutes."""
    by_hour = steps.step_ns % HOUR_NS == 0 and steps.window.since_ns % HOUR_NS == 0
    return _rows("operations_1h" if by_hour else "operations_1m", [steps.window], condition, params)


def _rows(table: str, windows: Sequence[Window], condition: str, params: Params) -> str:
    times = " OR ".join(
        f"(time >= {params.second(window.since_ns)} AND time < {params.second(window.until_ns)})" for window in windows
    )
    return f"(SELECT {_COLUMNS} FROM {table} WHERE ({times}) AND {condition})"
