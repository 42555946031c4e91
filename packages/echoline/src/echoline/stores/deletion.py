"""Forgets telemetry before retention would: by service, environment or age, in raw tables, rollups and trace index."""

from collections.abc import Mapping
from dataclasses import dataclass

from echoline.errors import BadInput
from echoline.kinds import Param
from echoline.stores.engine import Engine

_HOUR_NS = 3600 * 10**9
# Which column tells the time. Mutations rewrite whole parts, so this takes a while.
_TIMES = {
    "spans": "start",
    "logs": "time",
    "metric_points": "time",
    "exemplars": "time",
    "profile_samples": "time",
    "profile_stacks": "day",
    "operations_1m": "time",
    "operations_1h": "time",
    "metrics_1m": "time",
    "metrics_1h": "time",
    "resources": "day",
    "span_facts": "start",
    "code_objects_1m": "time",
    "code_objects_1h": "time",
    "queries_1m": "time",
    "queries_1h": "time",
    "flows_1m": "time",
    "flows_1h": "time",
    "code_objects": "day",
}
_WITHOUT_SERVICE = {"scopes": "day", "flows": "day", "refusals": "time", "redactions": "time"}
_AFFECTED = "traces_being_deleted"


@dataclass(frozen=True)
class Deletion:
    """What goes: rows of this service and this environment from before this time, as far as each is given.

    The time is rounded down to the hour, so that rollups still tell what raw rows tell.
    """

    service: str | None = None
    environment: str | None = None
    before_ns: int | None = None

    def __post_init__(self) -> None:
        if self.service is None and self.environment is None and self.before_ns is None:
            raise BadInput("say what to delete: a service, an environment or a time")

    def where(self, table: str) -> tuple[str, Mapping[str, Param]] | None:
        """Condition and parameters for a table; None when the deletion does not concern it."""
        conditions, params = list[str](), dict[str, Param]()
        time = (_TIMES | _WITHOUT_SERVICE)[table]
        if table in _WITHOUT_SERVICE and (self.service is not None or self.environment is not None):
            return None
        for name, value in (("service", self.service), ("environment", self.environment)):
            if value is not None:
                conditions.append(f"{name} = {{{name}:String}}")
                params[name] = value
        if self.before_ns is not None:
            moment = "fromUnixTimestamp64Nano({before:Int64}, 'UTC')"
            conditions.append(f"{time} < {f'toDate({moment})' if time == 'day' else moment}")
            params["before"] = self.before_ns - self.before_ns % _HOUR_NS
        return " AND ".join(conditions), params


def delete(engine: Engine, deletion: Deletion) -> dict[str, int]:
    """Deletes and returns rows by table. Nothing may be inserted meanwhile; safe to do again when it was cut short."""
    finish_deletion(engine)
    _note_traces(engine, deletion)
    deleted = {table: _delete(engine, table, deletion) for table in (*_TIMES, *_WITHOUT_SERVICE)}
    finish_deletion(engine)
    return {table: rows for table, rows in deleted.items() if rows}


def finish_deletion(engine: Engine) -> None:
    """Makes the trace index tell only of spans that are there, after a deletion; also one that was cut short."""
    if not engine.rows(f"SHOW TABLES LIKE '{_AFFECTED}'"):
        return
    (view,) = engine.rows(
        "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = 'traces_view'"
    )
    source = f"{engine.database}.spans"
    again = str(view["as_select"]).replace(
        f"FROM {source}", f"FROM (SELECT * FROM {source} WHERE trace_id IN {_AFFECTED}) AS spans"
    )
    engine.execute(f"ALTER TABLE traces DELETE WHERE trace_id IN {_AFFECTED} SETTINGS mutations_sync = 1")
    engine.execute(f"INSERT INTO traces {again}")
    engine.execute(f"DROP TABLE {_AFFECTED} SYNC")


def _note_traces(engine: Engine, deletion: Deletion) -> None:
    where = deletion.where("spans")
    if where is not None:
        condition, params = where
        engine.execute(
            f"CREATE TABLE {_AFFECTED} ENGINE = MergeTree ORDER BY trace_id "
            f"AS SELECT DISTINCT trace_id FROM spans WHERE {condition}",
            params,
        )


def _delete(engine: Engine, table: str, deletion: Deletion) -> int:
    where = deletion.where(table)
    if where is None:
        return 0
    condition, params = where
    (found,) = engine.rows(f"SELECT count() AS n FROM {table} WHERE {condition}", params)
    if found["n"]:
        engine.execute(f"ALTER TABLE {table} DELETE WHERE {condition} SETTINGS mutations_sync = 1", params)
    return int(str(found["n"]))
