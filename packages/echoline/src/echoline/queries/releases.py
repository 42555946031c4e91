"""Which releases of a service ran when, as telemetry tells it."""

from echoline.kinds import Store
from echoline.model.deployments import Release, Run
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.operation_rollups import MINUTE_NS, OperationFilter
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.queries.windows import aligned_to

PAUSE_NS = 5 * MINUTE_NS
"""After a pause of this length a release is running anew, if another one ran meanwhile."""
_KEY = "service, environment, version, revision"


def runs(store: Store, window: Window, wanted: OperationFilter) -> list[Run]:
    """All runs of the window, widened to minutes, in order of time. One that is older begins where the window does."""
    window, params = aligned_to(window, MINUTE_NS), Params()
    times = f"time >= {params.second(window.since_ns)} AND time < {params.second(window.until_ns)}"
    # A late span comes to its own minute, so runs do not depend on the order of arrival.
    sql = f"""
        SELECT {_KEY}, min(at) AS first_s, max(at) AS last_s, sum(minute_calls) AS calls
        FROM (
            SELECT *, sum(at - before >= {PAUSE_NS // BILLION + 60}) OVER (PARTITION BY {_KEY} ORDER BY at) AS run
            FROM (
                SELECT {_KEY}, toUnixTimestamp(time) AS at, sum(calls) AS minute_calls,
                    lagInFrame(at, 1, at) OVER (PARTITION BY {_KEY} ORDER BY at
                        ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS before
                FROM operations_1m WHERE {times} AND {wanted.sql(params)} GROUP BY {_KEY}, time
            )
        )
        GROUP BY {_KEY}, run ORDER BY first_s, {_KEY} LIMIT 100000
    """
    return [
        Run(
            row["service"],
            row["environment"],
            Release(row["version"], row["revision"]),
            row["first_s"] * BILLION,
            row["last_s"] * BILLION + MINUTE_NS,
            row["calls"],
        )
        for row in rows(store, sql, params)
    ]


def known_before(store: Store, time_ns: int, wanted: OperationFilter) -> frozenset[tuple[str, str, Release]]:
    """The services, environments and releases that had calls before a time that is a whole hour."""
    params = Params()
    sql = f"""
        SELECT DISTINCT {_KEY} FROM operations_1h WHERE time < {params.second(time_ns)} AND {wanted.sql(params)}
    """
    return frozenset(
        (row["service"], row["environment"], Release(row["version"], row["revision"]))
        for row in rows(store, sql, params)
    )
