"""When a service was last heard of, by any signal."""

from collections.abc import Mapping, Sequence

from echoline.kinds import Store
from echoline.model.instants import Instant, rfc3339
from echoline.model.window import Window
from echoline.queries.pages import TIMES, rows
from echoline.queries.params import Params

# Most services are still sending: look at the end of the window first. All of it is read only of those that are silent,
# who have little there, and the tables are sorted by service.
_SLICES = (1 / 64, 1 / 8, 1.0)

Place = tuple[str, str]
"""A service and its environment."""


def last_seen(store: Store, window: Window, places: Sequence[Place]) -> Mapping[Place, Instant]:
    """Time of the newest span, log record or metric point in the window; who sent none in it is left out."""
    found: dict[Place, Instant] = {}
    for part in _SLICES:
        sought = [place for place in places if place not in found]
        if sought:
            length_ns = max(1, int((window.until_ns - window.since_ns) * part))
            found |= _newest(store, Window(window.until_ns - length_ns, window.until_ns), sought)
    return found


def _newest(store: Store, window: Window, places: Sequence[Place]) -> dict[Place, Instant]:
    params = Params()
    named = ", ".join(params.put(service) for service in sorted({service for service, _ in places}))
    newest_of_each = " UNION ALL ".join(
        f"""
        SELECT toString(service) AS name, toString(environment) AS place, max({column}) AS at
        FROM {table} WHERE {params.within(window, column)} AND service IN ({named}) GROUP BY name, place
        """
        for table, column in TIMES.values()
    )
    sql = f"SELECT name, place, toUnixTimestamp64Nano(max(at)) AS at_ns FROM ({newest_of_each}) GROUP BY name, place"
    found = rows(store, sql, params)
    return {
        (row["name"], row["place"]): rfc3339(row["at_ns"]) for row in found if (row["name"], row["place"]) in places
    }
