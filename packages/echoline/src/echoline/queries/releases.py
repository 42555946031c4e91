"""Which releases of a service ran when, as telemetry tells it."""

from dataclasses import replace

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
_MOST_EXACT = 200
_KEY = "service, environment, version, revision"


def runs(store: Store, window: Window, wanted: OperationFilter) -> list[Run]:
    """All runs of the window, in order of time. One that is older begins where the window does.

    Their ends are whole minutes, but exact for a run of a few minutes and where two of a service meet within a minute,
    as in a test.
    """
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
    found = [
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
    return sorted(_with_exact_ends(store, found), key=lambda each: (each.since_ns, each.release))


def _with_exact_ends(store: Store, found: list[Run]) -> list[Run]:
    meeting = [place for place, run in enumerate(found) if _is_short(run) or any(_meet(run, other) for other in found)]
    if not meeting or len(meeting) > _MOST_EXACT:
        return found
    params = Params()
    services = ", ".join(params.put(name) for name in sorted({found[place].service for place in meeting}))
    minutes = {time for place in meeting for time in (found[place].since_ns, found[place].until_ns - MINUTE_NS)}
    within = " OR ".join(params.within(Window(time, time + MINUTE_NS)) for time in sorted(minutes))
    sql = f"""
        SELECT {_KEY}, toUnixTimestamp(toStartOfMinute(start)) AS minute_s,
            toUnixTimestamp64Nano(min(start)) AS first_ns, toUnixTimestamp64Nano(max(start)) AS last_ns
        FROM spans WHERE service IN ({services}) AND ({within}) AND NOT is_repeat_report GROUP BY {_KEY}, minute_s
    """
    ends = {
        (row["service"], row["environment"], Release(row["version"], row["revision"]), row["minute_s"] * BILLION): row
        for row in rows(store, sql, params)
    }
    for place in meeting:
        run = found[place]
        first = ends.get((run.service, run.environment, run.release, run.since_ns))
        last = ends.get((run.service, run.environment, run.release, run.until_ns - MINUTE_NS))
        # Raw spans go before rollups do.
        if first and last:
            found[place] = replace(run, since_ns=first["first_ns"], until_ns=last["last_ns"] + 1)
    return found


def _is_short(run: Run) -> bool:
    return run.until_ns - run.since_ns <= PAUSE_NS


def _meet(one: Run, other: Run) -> bool:
    """Whether one of two releases of a service begins in the minute in which the other one ends or begins."""
    if (one.service, one.environment) != (other.service, other.environment) or one.release == other.release:
        return False
    is_after, is_before = one.until_ns - MINUTE_NS == other.since_ns, other.until_ns - MINUTE_NS == one.since_ns
    return is_after or is_before or one.since_ns == other.since_ns


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
