-- What settling finds out about spans. `arrived` is the time of the insert, ever growing: settling reads what is new by it.
-- Spans of before have none, and are not settled.

ALTER TABLE spans ADD COLUMN IF NOT EXISTS arrived DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1));

ALTER TABLE spans ADD INDEX IF NOT EXISTS by_arrival arrived TYPE minmax GRANULARITY 1;

-- One row per span that counts; a trace that is settled again replaces its rows, so ask with FINAL. The minute comes first
-- in the key, since rollups are made again by minutes; a trace is found by its time.
CREATE TABLE IF NOT EXISTS span_facts (
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    kind Int8,
    operation LowCardinality(String),
    query LowCardinality(String),
    start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns Int64 CODEC(ZSTD(1)),
    is_error Bool,
    -- Duration without the union of its children's, and its part of the critical path of its trace.
    self_ns Int64 CODEC(ZSTD(1)),
    critical_ns Int64 CODEC(ZSTD(1)),
    code_object LowCardinality(String),
    -- Code object of the nearest span above that has one.
    caller LowCardinality(String),
    -- Operation of the nearest SERVER or CONSUMER span of the same service, itself or above.
    entry LowCardinality(String),
    flow LowCardinality(String),
    -- True for the one span that stands for its trace.
    is_root Bool,
    -- How many calls of the same operation its parent made.
    repeats UInt32,
    is_async Bool,
    -- Bits: 1 the error started here, 2 passed through, 4 was handled here, 8 left the service unhandled.
    error_role UInt8,
    retention_days UInt16,
    settled UInt64 CODEC(Delta, ZSTD(1))
)
ENGINE = ReplacingMergeTree(settled)
PARTITION BY (toDate(start), retention_days)
ORDER BY (toStartOfMinute(start), trace_id, span_id, start)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    vertical_merge_algorithm_min_rows_to_activate = 10000, merge_selector_base = 10;

-- Where code objects were seen: file and line by service and revision, on each day.
CREATE TABLE IF NOT EXISTS code_objects (
    code_object LowCardinality(String),
    language LowCardinality(String),
    module LowCardinality(String),
    qualname String,
    is_library Bool,
    file LowCardinality(String),
    line Int32,
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    day Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (code_object, service, environment, version, revision, file, line, day)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- The shape of a flow, once, and again each month that it is seen.
CREATE TABLE IF NOT EXISTS flows (
    flow String,
    service LowCardinality(String),
    kind Int8,
    entry LowCardinality(String),
    services Array(LowCardinality(String)),
    -- Steps depth first, siblings in order of their names; no step stands twice below the same one.
    steps Nested (
        depth UInt16,
        service LowCardinality(String),
        kind Int8,
        operation LowCardinality(String)
    ),
    -- How many steps there are; only the first are kept.
    steps_total UInt32,
    sample FixedString(16),
    day Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY flow
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Rollups of facts. They are no views, which would count what was replaced: a minute whose facts changed is made again,
-- with zeros for what is no longer in it. `built` grows with each time; ask with FINAL.
CREATE TABLE IF NOT EXISTS code_objects_1m (
    time DateTime('UTC'),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    code_object LowCardinality(String),
    calls UInt64,
    errors UInt64,
    duration_sum_ns Int64,
    self_sum_ns Int64,
    critical_sum_ns Int64,
    durations AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    selves AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    built UInt64
)
ENGINE = ReplacingMergeTree(built)
PARTITION BY toYYYYMM(time)
ORDER BY (code_object, service, environment, version, revision, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS code_objects_1h AS code_objects_1m;

CREATE TABLE IF NOT EXISTS queries_1m (
    time DateTime('UTC'),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    query LowCardinality(String),
    entry LowCardinality(String),
    calls UInt64,
    errors UInt64,
    duration_sum_ns Int64,
    self_sum_ns Int64,
    critical_sum_ns Int64,
    durations AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    selves AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    built UInt64
)
ENGINE = ReplacingMergeTree(built)
PARTITION BY toYYYYMM(time)
ORDER BY (service, query, environment, version, revision, entry, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS queries_1h AS queries_1m;

-- Calls are traces; durations and errors are those of the span that stands for the trace.
CREATE TABLE IF NOT EXISTS flows_1m (
    time DateTime('UTC'),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    flow LowCardinality(String),
    entry LowCardinality(String),
    calls UInt64,
    errors UInt64,
    duration_sum_ns Int64,
    self_sum_ns Int64,
    critical_sum_ns Int64,
    durations AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    selves AggregateFunction(quantilesDD(0.01, 0.5, 0.95, 0.99), Int64),
    built UInt64
)
ENGINE = ReplacingMergeTree(built)
PARTITION BY toYYYYMM(time)
ORDER BY (service, flow, environment, version, revision, entry, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS flows_1h AS flows_1m;
