from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from batches import DAY_NS, NOW_NS, SECOND_NS, batch, log, of, point, sample, span
from echoline.config import RetentionConfig, RetentionRule
from echoline.model.batch import Batch
from echoline.stores.ages import FOREVER, Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import Rows, rows

RENAMED = of(attributes={"http.response.status_code": "200"}, originals={"http.status_code": 200})


def ages(raw: str = "14d", *rules: RetentionRule) -> Ages:
    return Ages(RetentionConfig(raw=raw, rules=rules), 24 * 3600, NOW_NS)


def stored(
    engine: Engine, table: str, made: Batch, columns: str = "*", bounds: Ages | None = None
) -> list[dict[str, Any]]:
    for name, content in rows(made, bounds or ages()).tables.items():
        engine.insert(name, content, f"token:{name}")
    return engine.rows(f"SELECT {columns} FROM {table}")


def test_a_span_is_stored_whole(engine: Engine) -> None:
    made = span(
        ms=2.5,
        trace_state="ot=th:8",
        flags=257,
        status_code=2,
        status_message="no",
        method="GET",
        status=500,
        attributes={"a": "x", "n": 5},
        originals={"http.method": "GET"},
        is_repeat_report=True,
    )
    (found,) = stored(engine, "spans", batch("traces", made))
    expected = {key: value for key, value in made.items() if key in found} | {
        "attributes": [("a", "x"), ("n", "5")],
        "attribute_types": [("n", 3)],
        "original_attributes": [("http.method", "GET")],
        "duration_ns": 2_500_000,
        "service": "shop",
        "environment": "test",
        "version": "1",
        "revision": "abc",
        "scope": "web",
        "retention_days": 14,
        "line": -1,
        "events.name": [],
    }
    assert {key: found[key] for key in expected} == expected
    assert found["start"].value == made["start_ns"]


def test_events_and_links_stay_with_their_span(engine: Engine) -> None:
    event = of(time_ns=NOW_NS, name="exception", attributes={"exception.type": "E", "n": 1})
    made = batch(
        "traces", span("a"), span("b", events=[event, event], links=[of(trace_id=b"\2" * 16, span_id=b"\3" * 8)])
    )
    found = stored(
        engine, "spans", made, "name, events.name, events.attributes AS a, events.types AS t, links.trace_id AS l"
    )
    assert sorted(found, key=lambda row: str(row["name"])) == [
        {"name": "a", "events.name": [], "a": [], "t": [], "l": []},
        {
            "name": "b",
            "events.name": ["exception", "exception"],
            "a": [[("exception.type", "E"), ("n", "1")]] * 2,
            "t": [[("n", 3)]] * 2,
            "l": [b"\2" * 16],
        },
    ]


def test_a_log_record_is_stored_whole(engine: Engine) -> None:
    made = log("bad \\n\0 \N{SNOWMAN}", pattern="bad <*>", event_name="e", attributes={"k": ""})
    (found,) = stored(engine, "logs", batch("logs", made))
    expected = {key: value for key, value in made.items() if key in found and "time" not in key}
    assert {key: found[key] for key in expected} == expected | {"attributes": [("k", "")]}


def test_points_of_every_kind_are_stored_whole(engine: Engine) -> None:
    histogram = of(count=3, sum=1.5, min=0.1, max=1.0, bounds=[1.0], bucket_counts=[2, 1])
    exponential = of(count=3, scale=-2, zero_count=1, positive_offset=-3, positive_counts=[1, 1])
    made = batch(
        "metrics",
        point(value_int=2**60 + 1, value_double=None),
        point(None, **histogram, metric=of(name="h", type=3, temporality=1, unit="s")),
        point(None, **exponential, metric=of(name="e", type=4)),
        point(None, count=1, quantiles=[0.5], quantile_values=[2.0], metric=of(name="s", type=5)),
    )
    found = {row["metric"]: row for row in stored(engine, "metric_points", made)}
    assert found["carts"]["value_int"] == 2**60 + 1
    assert found["h"]["unit"] == "s"
    assert {key: found["h"][key] for key in histogram} == histogram
    assert {key: found["e"][key] for key in exponential} == exponential
    assert (found["s"]["quantile_values"], found["carts"]["bounds"], found["carts"]["scale"]) == ([2.0], [], None)


def test_an_exemplar_belongs_to_the_series_of_its_point(engine: Engine) -> None:
    exemplar = of(time_ns=0, value_double=9.0, trace_id=b"\2" * 16, span_id=b"\3" * 8, attributes={"k": "v"})
    stored(engine, "exemplars", batch("metrics", point(attributes={"path": "/"}), point(exemplars=[exemplar])))
    (found,) = engine.rows("SELECT e.*, p.time AS at FROM exemplars AS e JOIN metric_points AS p USING series_id")
    assert (found["value"], found["trace_id"], found["attributes"], found["time"]) == (
        9.0,
        b"\2" * 16,
        [("k", "v")],
        found["at"],
    )


@pytest.mark.parametrize(
    ("table", "made"),
    [
        ("spans", batch("traces", span(**RENAMED))),
        ("logs", batch("logs", log(**RENAMED))),
        ("metric_points", batch("metrics", point(**RENAMED))),
        ("exemplars", batch("metrics", point(exemplars=[RENAMED]))),
        ("resources", batch("logs", log(resource=RENAMED))),
        ("scopes", batch("logs", log(scope=RENAMED))),
    ],
)
def test_attributes_are_kept_by_their_names_of_today_and_as_sent(engine: Engine, table: str, made: Batch) -> None:
    (found,) = stored(engine, table, made)
    assert (found["attributes"], found["attribute_types"]) == ([("http.response.status_code", "200")], [])
    sent = (found["original_attributes"], found["original_types"])
    assert sent == ([("http.status_code", "200")], [("http.status_code", 3)])


def test_a_series_is_the_same_in_any_batch_and_order_of_attributes(engine: Engine) -> None:
    other = point(attributes={"z": "0"})
    stored(engine, "metric_points", batch("metrics", point(attributes={"a": "1", "b": "2"})))
    made = rows(batch("metrics", other, point(attributes={"b": "2", "a": "1"})), ages())
    engine.insert("metric_points", made.tables["metric_points"], "second")
    found = engine.rows(
        "SELECT attributes['a'] AS a, uniqExact(series_id) AS n FROM metric_points GROUP BY a ORDER BY a"
    )
    assert found == [{"a": "", "n": 1}, {"a": "1", "n": 1}]


def test_resources_and_scopes_stand_once_per_day(engine: Engine) -> None:
    yesterday = NOW_NS - DAY_NS
    other = of(service="worker", instance="7", attributes={"os": "linux"})
    made = batch("traces", span("a"), span("b"), span("c", start_ns=yesterday), span("d", resource=other))
    stored(engine, "resources", made)
    names = "service, instance, attributes"
    assert engine.rows(f"SELECT {names}, count() AS days FROM resources GROUP BY {names} ORDER BY service") == [
        {"service": "shop", "instance": "", "attributes": [], "days": 2},
        {"service": "worker", "instance": "7", "attributes": [("os", "linux")], "days": 1},
    ]


@pytest.mark.parametrize(
    ("raw", "start_ns", "rejected"),
    [
        ("14d", NOW_NS - 15 * DAY_NS, {"too_old": 1}),
        ("14d", NOW_NS - 13 * DAY_NS, {}),
        ("off", 5, {}),
        ("14d", NOW_NS + 25 * 3600 * SECOND_NS, {"too_new": 1}),
        ("14d", NOW_NS + 3600 * SECOND_NS, {}),
    ],
)
def test_what_is_too_old_or_too_new_is_left_out_and_counted(raw: str, start_ns: int, rejected: dict[str, int]) -> None:
    event = of(time_ns=NOW_NS, name="last")
    odd = span("odd", start_ns=start_ns, events=[of(time_ns=1, name="first")], attributes={"a": 1})
    found = rows(batch("traces", odd, span("usual", events=[event], attributes={"b": 2})), ages(raw))
    usual = found.tables["spans"].to_pylist()[-1]
    assert found.rejected == rejected
    assert len(found.tables["spans"]) == 2 - sum(rejected.values())
    assert (usual["attributes"], usual["events.name"]) == ([("b", "2")], ["last"])


def test_the_first_rule_that_fits_decides_how_long_rows_are_kept() -> None:
    rules = (
        RetentionRule("2y", service="echoline-*", signal="traces"),
        RetentionRule("off", environment="prod"),
        RetentionRule("3d", signal="logs"),
    )
    bounds = ages("14d", *rules)
    assert bounds.retention_days("traces", ["echoline-d", "shop", "shop"], ["prod", "prod", ""]).tolist() == [
        730,
        FOREVER,
        14,
    ]
    assert bounds.retention_days("logs", ["shop"], [""]).tolist() == [3]


def test_a_dictionary_with_repeated_and_unused_entries_is_stored_rightly(engine: Engine) -> None:
    made = batch("traces", *(span(f"op {number}", attributes={"k": f"{number}"}) for number in range(3)))
    pool = replace(made.pool, values=pa.array(["same", "same", ""]))
    main = made.parts["rows"].columns
    operation = pa.DictionaryArray.from_arrays(pa.array([2, 1, 4], pa.int32()), ["unused", "b", "b", "", "c"])
    columns = main.set_column(main.schema.get_field_index("operation"), "operation", operation)
    parts = {**made.parts, "rows": replace(made.parts["rows"], columns=columns)}
    found = stored(engine, "spans", replace(made, parts=parts, pool=pool), "name, operation, attributes['k'] AS k")
    assert sorted(tuple(row.values()) for row in found) == [
        ("op 0", "b", "same"),
        ("op 1", "b", "same"),
        ("op 2", "c", ""),
    ]


@pytest.mark.parametrize(
    "made", [batch("traces", span()), batch("logs", log()), batch("metrics", point()), batch("profiles", sample())]
)
def test_what_rows_point_at_comes_before_them(made: Batch) -> None:
    """Who asks between two inserts finds no row without its resource."""
    assert list(rows(made, ages()).tables)[:2] == ["resources", "scopes"]


def test_a_batch_without_rows_makes_no_tables() -> None:
    assert rows(batch("metrics"), ages()) == Rows({}, {}, {}, {})
