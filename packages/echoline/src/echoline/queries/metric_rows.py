"""Where points of a metric are read from: the points themselves, or their rollups where a step is whole minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from echoline.kinds import Store
from echoline.model.batch import PROMOTED_RESOURCE
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries import attribute_conditions
from echoline.queries.attribute_conditions import Condition
from echoline.queries.metric_functions import Shape
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.queries.windows import Steps

MINUTE_NS = 60 * BILLION
HOUR_NS = 60 * MINUTE_NS
# How far before the window the point before is looked for, from which the first one in it has increased.
_LOOK_BACK_NS = {"metric_points": 15 * MINUTE_NS, "metrics_1m": HOUR_NS, "metrics_1h": 24 * HOUR_NS}
_COLUMNS = {key: column for key, (column, _) in PROMOTED_RESOURCE.items() if column not in ("namespace", "instance")}
_MOST_RESOURCES = 2000


@dataclass(frozen=True)
class MetricFilter:
    """Which points; what is empty does not matter."""

    metric: str
    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    attributes: tuple[Condition, ...] = ()

    def sql(self, store: Store, params: Params) -> str:
        """One condition on `metric_points` and its rollups."""
        columns = ("metric", "service", "environment", "version", "revision")
        tests = [f"{name} = {params.put(getattr(self, name))}" for name in columns if getattr(self, name)]
        tests += [attribute_conditions.sql(store, each, "metrics", params) for each in self.attributes]
        return " AND ".join(tests)


@dataclass(frozen=True)
class Asked:
    """A question about one metric over time."""

    store: Store
    steps: Steps
    wanted: MetricFilter
    shape: Shape
    by: tuple[str, ...]

    @property
    def table(self) -> str:
        """What is read."""
        if self.steps.step_ns % MINUTE_NS:
            return "metric_points"
        return "metrics_1m" if self.steps.step_ns % HOUR_NS or self.steps.window.since_ns % HOUR_NS else "metrics_1h"

    @property
    def is_raw(self) -> bool:
        """Whether points are read, and not their rollups."""
        return self.table == "metric_points"

    @property
    def grain_ns(self) -> int:
        """How much time a row of a rollup stands for."""
        return {"metric_points": 0, "metrics_1m": MINUTE_NS, "metrics_1h": HOUR_NS}[self.table]

    @property
    def look_back_ns(self) -> int:
        """Where reading begins when the points before the window matter."""
        return max(0, self.steps.window.since_ns - _LOOK_BACK_NS[self.table])

    def where(self, params: Params, since_ns: int) -> str:
        """The condition on rows `r` from a time on to the end of the window."""
        if self.is_raw:
            return self.points_where(params, since_ns)
        since = params.second(since_ns // self.grain_ns * self.grain_ns)
        times = f"r.time >= {since} AND r.time < {params.second(self.steps.window.until_ns)}"
        return f"{times} AND {self._kind(params)}"

    def points_where(self, params: Params, since_ns: int | None = None) -> str:
        """The same on points, whatever `table` is; from the start of the window on if no time is given."""
        window = self.steps.window
        within = Window(window.since_ns if since_ns is None else since_ns, window.until_ns)
        # Points that say that there was no value are none.
        return f"{params.within(within, 'r.time')} AND bitAnd(flags, 1) = 0 AND {self._kind(params)}"

    def _kind(self, params: Params) -> str:
        unit = params.put(self.shape.unit)
        shape = f"type = {self.shape.type} AND temporality = {self.shape.temporality} AND unit = {unit}"
        return f"{shape} AND {self.wanted.sql(self.store, params)}"

    def step_of(self, time_ns: str, params: Params) -> str:
        """SQL of the number of the step that a time lies in."""
        since = params.put(self.steps.window.since_ns, "Int64")
        return f"intDiv({time_ns} - {since}, {params.put(self.steps.step_ns, 'Int64')})"

    def labels(self, params: Params) -> str:
        """SQL of the values of `by`, as an array of strings."""
        return f"[{', '.join(self._label(key, params) for key in self.by)}]::Array(String)"

    def _label(self, key: str, params: Params) -> str:
        if key in _COLUMNS:
            return f"toString({_COLUMNS[key]})"
        place = params.put(key)
        ids, texts = _of_resources(self.store, key)
        if not ids:
            return f"attributes[{place}]"
        from_resource = (
            f"transform(resource_id, {params.put(ids, 'Array(UInt64)')}, {params.put(texts, 'Array(String)')}, '')"
        )
        return f"if(mapContains(attributes, {place}), attributes[{place}], {from_resource})"


def _of_resources(store: Store, key: str) -> tuple[Sequence[int], Sequence[str]]:
    """Resources that have an attribute, by id, and its values."""
    params = Params()
    column = {"service.namespace": "namespace", "service.instance.id": "instance"}.get(key)
    place = params.put(key)
    text, there = f"attributes[{place}]", f"mapContains(attributes, {place})"
    if column:
        text, there = column, f"{column} != ''"
    only = f"WHERE {there} GROUP BY resource_id LIMIT {_MOST_RESOURCES}"
    sql = f"SELECT resource_id, any({text}) AS text FROM resources {only}"
    found = rows(store, sql, params)
    return [row["resource_id"] for row in found], [row["text"] for row in found]
