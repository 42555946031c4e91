"""Cuts rows into pages: one row more than asked for tells that there is a next one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from echoline.kinds import Store
from echoline.model.answers import Page
from echoline.model.instants import Instant, rfc3339
from echoline.model.records import Signal
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, Value, encode
from echoline.queries.params import Params

Row = Mapping[str, Any]
T = TypeVar("T")

# Where the items of each signal are, and the column of their time.
TIMES: Mapping[Signal, tuple[str, str]] = {
    "traces": ("spans", "start"),
    "logs": ("logs", "time"),
    "metrics": ("metric_points", "time"),
    "profiles": ("profile_samples", "time"),
}


def rows(store: Store, sql: str, params: Params) -> list[dict[str, Any]]:
    """The answer as one dictionary a row; for answers that are bounded by their statement."""
    found: list[dict[str, Any]] = store.query(sql, params.values).to_pylist()
    return found


def page(
    found: Sequence[Row],
    limit: int,
    item: Callable[[Row], T],
    *,
    place: Callable[[Row], tuple[Value, ...]],
    question: str,
    window: Window,
    newest: Callable[[], Instant | None],
) -> Page[T]:
    """The first `limit` rows as items; `found` should hold one more when there are more."""
    items = tuple(item(row) for row in found[:limit])
    following = encode(Cursor(window, place(found[limit - 1])), question) if len(found) > limit else None
    return Page(
        items=items,
        next=following,
        since=rfc3339(window.since_ns),
        until=rfc3339(window.until_ns),
        newest=None if items else newest(),
    )


def newest(store: Store, signal: Signal, service: str = "", environment: str = "") -> Instant | None:
    """Time of the newest item of a signal, of one service and environment if named; None if there is none."""
    table, column = TIMES[signal]
    params = Params()
    named = (("service", service), ("environment", environment))
    tests = [f"{name} = {params.put(value)}" for name, value in named if value]
    where = f" WHERE {' AND '.join(tests)}" if tests else ""
    (row,) = rows(store, f"SELECT toUnixTimestamp64Nano(max({column})) AS at FROM {table}{where}", params)
    return rfc3339(row["at"]) if row["at"] else None
