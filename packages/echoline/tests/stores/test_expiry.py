from batches import DAY_NS, NOW_NS, batch, log, of, point, sample, span
from echoline.config import RetentionConfig, RetentionRule, StoreConfig
from echoline.stores.engine import Engine
from echoline.stores.expiry import drop_expired
from stores.filling import count, fill

RETENTION = RetentionConfig(rules=(RetentionRule("2y", service="delivery"), RetentionRule("off", service="kept")))
TABLES = ("spans", "logs", "metric_points", "traces", "profile_samples", "profile_stacks")


def days_ago(number: int) -> int:
    return NOW_NS - number * DAY_NS


def test_each_row_goes_when_its_own_retention_is_over(engine: Engine) -> None:
    services = [of(service=name, environment="") for name in ("shop", "delivery", "kept")]
    fill(engine, batch("traces", *(span(resource=each) for each in services)), retention=RETENTION)
    fill(engine, batch("logs", log(resource=services[0])), batch("metrics", point(resource=services[0])))
    fill(engine, batch("profiles", *(sample("a.py:f:1", resource=each) for each in services)), retention=RETENTION)
    left = []
    for day in (14, 15, 730, 731, 10_000):
        drop_expired(engine, RETENTION, StoreConfig(), NOW_NS + day * DAY_NS)
        left.append(tuple(count(engine, *TABLES).values()))
    assert left == [
        (3, 1, 1, 3, 3, 3),
        (2, 0, 0, 2, 2, 2),
        (2, 0, 0, 2, 2, 2),
        (1, 0, 0, 1, 1, 1),
        (1, 0, 0, 1, 1, 1),
    ]


def test_rollups_outlive_raw_rows(engine: Engine) -> None:
    fill(engine, batch("traces", span()), batch("metrics", point()))
    tables = ("operations_1m", "operations_1h", "metrics_1m", "metrics_1h")
    left = []
    for day in (300, 450):
        dropped = drop_expired(engine, RetentionConfig(), StoreConfig(), NOW_NS + day * DAY_NS)
        left.append((sum(dropped.expired.values()), sum(count(engine, *tables).values())))
    assert left == [(3, 4), (8, 0)]  # a span, its trace and a point; then rollups, resources and scopes


def test_resources_stay_as_long_as_something_was_sent_by_them(engine: Engine) -> None:
    fill(engine, batch("traces", span(resource=of(service="kept"))), retention=RETENTION)
    drop_expired(engine, RETENTION, StoreConfig(), NOW_NS + 5000 * DAY_NS)
    assert count(engine, "spans", "resources", "scopes") == {"spans": 1, "resources": 1, "scopes": 1}


def test_beyond_the_disk_bound_the_oldest_days_go_and_the_newest_stays(engine: Engine) -> None:
    fill(engine, *(batch("traces", span(start_ns=days_ago(day))) for day in range(5)))
    fill(engine, batch("logs", log(time_ns=days_ago(4))))
    dropped = drop_expired(engine, RetentionConfig(), StoreConfig(max_disk_bytes=1), NOW_NS)
    assert dropped.crowded_out == {"spans": 4, "traces": 4, "logs": 1}
    assert dropped.is_full
    assert count(engine, "spans", "logs") == {"spans": 1, "logs": 0}
    assert engine.rows("SELECT sum(calls) AS n FROM operations_1m") == [{"n": 5}]


def test_within_the_bounds_nothing_goes(engine: Engine) -> None:
    fill(engine, *(batch("traces", span(start_ns=days_ago(day))) for day in range(3)))
    dropped = drop_expired(engine, RetentionConfig(), StoreConfig(), NOW_NS)
    assert (dropped.expired, dropped.crowded_out, dropped.is_full) == ({}, {}, False)
    assert drop_expired(engine.another("empty"), RetentionConfig(), StoreConfig(), NOW_NS).expired == {}
