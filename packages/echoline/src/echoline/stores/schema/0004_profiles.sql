-- Samples of profiles, their stacks folded: each stack stands once for each service, day and retention, so that it goes
-- when its samples go, and samples name it by a hash of its frames. That halves the size against stacks in the samples
-- (m: 9 against 17 bytes a sample of 35 frames), halves the time of an insert and answers 13 times as fast.

CREATE TABLE IF NOT EXISTS profile_samples (
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    resource_id UInt64,
    scope_id UInt64,
    scope LowCardinality(String),
    type LowCardinality(String),
    unit LowCardinality(String),
    value Int64 CODEC(ZSTD(1)),
    hits Int64 CODEC(ZSTD(1)),
    stack_id UInt64 CODEC(ZSTD(1)),
    -- Of the innermost frame, named as the columns of spans.
    function LowCardinality(String),
    file LowCardinality(String),
    line Int32,
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    is_approximate Bool,
    attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attribute_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    original_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    original_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    retention_days UInt16,
    INDEX by_trace trace_id TYPE bloom_filter(0.005) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (toDate(time), retention_days)
ORDER BY (service, type, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- Frames stand outermost first.
CREATE TABLE IF NOT EXISTS profile_stacks (
    stack_id UInt64,
    service LowCardinality(String),
    environment LowCardinality(String),
    functions Array(LowCardinality(String)) CODEC(ZSTD(1)),
    files Array(LowCardinality(String)) CODEC(ZSTD(1)),
    lines Array(Int32) CODEC(ZSTD(1)),
    day Date,
    retention_days UInt16,
    stack Array(String) ALIAS arrayMap((a, b, c) -> concat(a, ':', b, ':', toString(c)), files, functions, lines)
)
ENGINE = ReplacingMergeTree
PARTITION BY (day, retention_days)
ORDER BY (service, environment, stack_id)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
