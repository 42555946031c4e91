-- Rollups at one minute and one hour, filled by views at insert. Durations are kept as a sketch with 1 % relative error.

CREATE TABLE IF NOT EXISTS operations_1m (
    time DateTime('UTC'),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    kind Int8,
    operation LowCardinality(String),
    calls SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    duration_sum_ns SimpleAggregateFunction(sum, Int64),
    durations AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64)
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (service, environment, version, revision, kind, operation, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS operations_1m_view TO operations_1m AS
SELECT toStartOfMinute(start) AS time, service, environment, version, revision, kind, operation,
    count() AS calls, countIf(status_code = 2) AS errors, sum(duration_ns) AS duration_sum_ns,
    quantilesDDState(0.01, 0.5, 0.95, 0.99)(duration_ns) AS durations
FROM spans WHERE NOT is_repeat_report
GROUP BY time, service, environment, version, revision, kind, operation;

CREATE TABLE IF NOT EXISTS operations_1h AS operations_1m;

-- Fed by the minutes, which are fewer than the spans.
CREATE MATERIALIZED VIEW IF NOT EXISTS operations_1h_view TO operations_1h AS
SELECT toStartOfHour(operations_1m.time) AS time, service, environment, version, revision, kind, operation,
    sum(operations_1m.calls) AS calls, sum(operations_1m.errors) AS errors,
    sum(operations_1m.duration_sum_ns) AS duration_sum_ns,
    quantilesDDMergeState(0.01, 0.5, 0.95, 0.99)(operations_1m.durations) AS durations
FROM operations_1m
GROUP BY time, service, environment, version, revision, kind, operation;

-- One row per trace, day and retention, so that it goes when its spans go: finds a trace without knowing its day, and
-- lists traces without reading their spans.
CREATE TABLE IF NOT EXISTS traces (
    trace_id FixedString(16),
    start SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
    until SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
    spans SimpleAggregateFunction(sum, UInt64),
    errors SimpleAggregateFunction(sum, UInt64),
    -- The longest span without a parent; no service when none has arrived. A maximum over the whole tuple keeps its
    -- fields together.
    root SimpleAggregateFunction(max, Tuple(
        duration_ns Int64, service String, environment String, kind Int8, operation String)),
    retention_days UInt16
)
ENGINE = AggregatingMergeTree
PARTITION BY (toDate(start), retention_days)
ORDER BY (trace_id, retention_days)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS traces_view TO traces AS
SELECT trace_id, min(spans.start) AS start, max(addNanoseconds(spans.start, duration_ns)) AS until,
    count() AS spans, countIf(status_code = 2) AS errors,
    max(if(parent_span_id = toFixedString('', 8),
        (duration_ns, toString(service), toString(environment), kind, toString(operation)),
        (toInt64(-1), '', '', toInt8(0), ''))) AS root, retention_days
FROM spans GROUP BY trace_id, toDate(spans.start), retention_days;
