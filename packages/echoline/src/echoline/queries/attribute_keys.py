"""Which attributes there are to search by, with their usual values: from a sample of the newest items."""

from echoline.kinds import Store
from echoline.model.answers import AttributeKey
from echoline.model.batch import PROMOTED, ValueType
from echoline.model.records import Signal
from echoline.model.window import Window
from echoline.queries.pages import rows
from echoline.queries.params import Params

_TABLES: dict[Signal, tuple[str, str]] = {
    "traces": ("spans", "start"),
    "logs": ("logs", "time"),
    "metrics": ("metric_points", "time"),
}
_SAMPLE = 5000
_LONGEST_VALUE = 200
MOST_VALUES = 10


def attribute_keys(
    store: Store, window: Window, signal: Signal, *, service: str = "", prefix: str = "", limit: int = 100
) -> tuple[AttributeKey, ...]:
    """Attributes of about the newest 5,000 items, the most frequent first; `prefix` is how their names begin."""
    table, time = _TABLES[signal]
    params = Params()
    where = params.within(window, time) + (f" AND service = {params.put(service)}" if service else "")
    begins = f"AND startsWith(lowerUTF8(key), lowerUTF8({params.put(prefix)}))" if prefix else ""
    sql = f"""
        WITH sampled AS (
            SELECT {_pairs(signal)} AS pairs FROM {table} WHERE {where} ORDER BY {time} DESC LIMIT {_SAMPLE}
        )
        SELECT pair.1 AS key, count() AS n, (SELECT count() FROM sampled) AS total,
            topK({MOST_VALUES})(pair.2) AS usual
        FROM (SELECT arrayJoin(pairs) AS pair FROM sampled) AS listed
        WHERE key != '' {begins} GROUP BY key ORDER BY n DESC, key LIMIT {limit}
    """
    return tuple(
        AttributeKey(row["key"], min(1.0, row["n"] / row["total"]), tuple(row["usual"]))
        for row in rows(store, sql, params)
    )


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
