"""Which attributes there are to search by, with their usual values: from a sample of the newest items."""

from echoline.kinds import Store
from echoline.model.answers import AttributeKey
from echoline.model.batch import PROMOTED, ValueType
from echoline.model.records import Signal
from echoline.model.window import Window
from echoline.queries.operation_rollups import HOUR_NS
from echoline.queries.pages import rows
from echoline.queries.params import Params
from echoline.queries.windows import aligned_to

_TABLES: dict[Signal, tuple[str, str]] = {
    "traces": ("spans", "start"),
    "logs": ("logs", "time"),
    "metrics": ("metric_points", "time"),
    "profiles": ("profile_samples", "time"),
}
_SAMPLE = 5000
_LONGEST_VALUE = 200
_BUSIEST = 60
MOST_VALUES = 10


def attribute_keys(
    store: Store, window: Window, signal: Signal, *, service: str = "", prefix: str = "", limit: int = 100
) -> tuple[AttributeKey, ...]:
    """Attributes of about the newest 5,000 items, the most frequent first; `prefix` is how their names begin.

    Of spans those of the busiest operations are looked at.
    """
    table, _ = _TABLES[signal]
    params = Params()
    where = _where(_newest(store, window, signal, service), signal, service, params)
    begins = f"AND startsWith(lowerUTF8(key), lowerUTF8({params.put(prefix)}))" if prefix else ""
    sql = f"""
        WITH sampled AS (SELECT {_pairs(signal)} AS pairs FROM {table} WHERE {where} LIMIT {2 * _SAMPLE})
        SELECT pair.1 AS key, count() AS n, (SELECT count() FROM sampled) AS total,
            topK({MOST_VALUES})(pair.2) AS usual
        FROM (SELECT arrayJoin(pairs) AS pair FROM sampled) AS listed
        WHERE key != '' {begins} GROUP BY key ORDER BY n DESC, key LIMIT {limit}
    """
    return tuple(
        AttributeKey(row["key"], min(1.0, row["n"] / row["total"]), tuple(row["usual"]))
        for row in rows(store, sql, params)
    )


def _newest(store: Store, window: Window, signal: Signal, service: str) -> Window:
    """The end of the window that holds about as many items as are looked at: found by their times alone."""
    table, time = _TABLES[signal]
    params = Params()
    sql = f"""
        SELECT toUnixTimestamp64Nano({time}) AS at FROM {table} WHERE {_where(window, signal, service, params)}
        ORDER BY {time} DESC LIMIT 1 OFFSET {_SAMPLE - 1}
    """
    found = rows(store, sql, params)
    return Window(found[0]["at"], window.until_ns) if found else window


def _where(window: Window, signal: Signal, service: str, params: Params) -> str:
    """Spans are kept by operation: those of the busiest ones lie in few places, and have most attributes."""
    of_service = f" AND service = {params.put(service)}" if service else ""
    found = params.within(window, _TABLES[signal][1]) + of_service
    if signal != "traces":
        return found
    hours = aligned_to(window, HOUR_NS)
    busiest = f"""
        SELECT service, operation FROM operations_1h
        WHERE time >= {params.second(hours.since_ns)} AND time < {params.second(hours.until_ns)}{of_service}
        GROUP BY service, operation ORDER BY sum(calls) DESC LIMIT {_BUSIEST}
    """
    return f"{found} AND (service, operation) IN ({busiest})"


def _pairs(signal: Signal) -> str:
    """SQL of all attributes of an item as (key, value), those in columns too; absent ones have an empty key."""
    columns = [
        f"if({column} != {-1 if kind is ValueType.INT else _EMPTY}, ('{key}', toString({column})), ('', ''))"
        for key, (column, kind) in PROMOTED[signal].items()
    ]
    shortened = f"arrayMap(v -> substringUTF8(v, 1, {_LONGEST_VALUE}), mapValues(attributes))"
    return (
        f"arrayConcat([{', '.join(columns)}]::Array(Tuple(String, String)), arrayZip(mapKeys(attributes), {shortened}))"
    )


_EMPTY = "''"
