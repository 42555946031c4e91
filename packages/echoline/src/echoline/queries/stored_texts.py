"""Keys and values as they are stored, to try redaction rules on."""

from echoline.kinds import Store
from echoline.model.records import Signal
from echoline.model.window import Window
from echoline.queries.pages import rows
from echoline.queries.params import Params

_SOURCES: dict[Signal, tuple[str, str, str]] = {
    "traces": ("spans", "start", "attributes"),
    "logs": ("logs", "time", "mapConcat(attributes, map('', body))"),
    "metrics": ("metric_points", "time", "attributes"),
    "profiles": ("profile_samples", "time", "mapConcat(attributes, map('', function, 'file', file))"),
}
_ROWS = 1000


def stored_texts(store: Store, window: Window, signal: Signal, service: str, limit: int) -> list[tuple[str, str]]:
    """Distinct (key, value) pairs of some newest items; a log record's text has the key ""."""
    table, time, texts = _SOURCES[signal]
    params = Params()
    where = params.within(window, time) + (f" AND service = {params.put(service)}" if service else "")
    sql = f"""
        SELECT DISTINCT pair.1 AS key, pair.2 AS value
        FROM (SELECT arrayJoin(CAST({texts}, 'Array(Tuple(String, String))')) AS pair
              FROM (SELECT * FROM {table} WHERE {where} ORDER BY {time} DESC LIMIT {_ROWS}))
        ORDER BY key, value LIMIT {limit}
    """
    return [(row["key"], row["value"]) for row in rows(store, sql, params)]
