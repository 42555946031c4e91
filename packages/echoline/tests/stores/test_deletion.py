import pytest

from batches import NOW_NS, SECOND_NS, batch, log, of, point, sample, span
from echoline.errors import BadInput
from echoline.stores.deletion import Deletion, delete, finish_deletion
from echoline.stores.engine import Engine
from stores.filling import count, fill

HOUR_NS = 3600 * SECOND_NS
NOON_NS = NOW_NS - NOW_NS % HOUR_NS
AWKWARD = of(service="it's \\ a\nservice", environment="prod")
PROD = of(service="shop", environment="prod")


def traces(engine: Engine) -> dict[int, int]:
    """Spans by the first byte of the trace id, as the index tells."""
    found = engine.rows("SELECT trace_id, sum(spans) AS n FROM traces GROUP BY trace_id ORDER BY trace_id")
    return {bytes(row["trace_id"])[0]: int(str(row["n"])) for row in found}  # type: ignore[call-overload]


def test_a_service_is_forgotten_everywhere(engine: Engine) -> None:
    exemplar = of(time_ns=NOW_NS, value_double=1.0)
    for resource in (AWKWARD, PROD):
        spans = batch("traces", span(resource=resource), span(resource=resource, trace_id=bytes([len(resource)] * 16)))
        fill(engine, spans, batch("logs", log(resource=resource)))
        fill(engine, batch("metrics", point(resource=resource, exemplars=[exemplar])))
        fill(engine, batch("profiles", sample("a.py:f:1", resource=resource)))
    engine.execute("OPTIMIZE TABLE resources FINAL")
    deleted = delete(engine, Deletion(service=AWKWARD["service"]))
    rollups = ("operations_1m", "operations_1h", "metrics_1m", "metrics_1h")
    tables = (*rollups, "logs", "metric_points", "exemplars", "profile_samples", "profile_stacks", "resources")
    assert deleted == {"spans": 2, **dict.fromkeys(tables, 1)}
    assert count(engine, *tables) == dict.fromkeys(tables, 1)
    assert {row["service"] for row in engine.rows("SELECT service FROM spans")} == {"shop"}


def test_the_trace_index_tells_of_what_is_left(engine: Engine) -> None:
    both, gone = b"\1" * 16, b"\2" * 16
    fill(engine, batch("traces", span("a", trace_id=both, resource=AWKWARD), span("b", trace_id=both)))
    fill(engine, batch("traces", span("c", trace_id=gone, resource=AWKWARD), span("d", trace_id=b"\3" * 16)))
    delete(engine, Deletion(service=AWKWARD["service"]))
    assert traces(engine) == {1: 1, 3: 1}
    fill(engine, batch("traces", span("e", trace_id=both)))
    assert traces(engine) == {1: 2, 3: 1}


def test_what_is_older_goes_by_the_hour_from_raw_rows_and_rollups_alike(engine: Engine) -> None:
    starts = [NOON_NS - 1, NOON_NS, NOON_NS + 1, NOON_NS + HOUR_NS]
    fill(engine, batch("traces", *(span(f"op {start}", start_ns=start) for start in starts)))
    delete(engine, Deletion(before_ns=NOON_NS + HOUR_NS - 1))
    found = engine.rows("SELECT (SELECT count() FROM spans) AS raw, sum(calls) AS calls FROM operations_1h")
    assert found == [{"raw": 3, "calls": 3}]


def test_all_that_is_given_must_fit(engine: Engine) -> None:
    old = span("a", resource=PROD, start_ns=NOON_NS - 1)
    fill(engine, batch("traces", old, span("b"), span("c", resource=PROD, start_ns=NOON_NS)))
    assert delete(engine, Deletion("shop", "prod", NOON_NS))["spans"] == 1
    assert {row["name"] for row in engine.rows("SELECT name FROM spans")} == {"b", "c"}


def test_a_deletion_cut_short_is_finished_later(engine: Engine) -> None:
    fill(engine, batch("traces", span("a", resource=PROD), span("b")))
    engine.execute(
        "CREATE TABLE traces_being_deleted ENGINE = MergeTree ORDER BY trace_id AS SELECT DISTINCT trace_id FROM spans"
    )
    engine.execute("ALTER TABLE spans DELETE WHERE environment = 'prod' SETTINGS mutations_sync = 1")
    for _ in range(2):
        finish_deletion(engine)
    assert traces(engine) == {1: 1}


def test_deleting_everything_must_be_said(engine: Engine) -> None:
    with pytest.raises(BadInput):
        Deletion()
