-- Raw telemetry. Ids are FixedString, times are nanoseconds UTC. `retention_days` is decided per row at load
-- (65535: never expires) and is part of the partition, so that age limits drop whole partitions.
-- Inserts and merges are synced: the journal goes once its spans are here, and merged parts replace their sources.
-- Merging column by column halves the cost of small merges (m: 7.6 to 3.8 µs a span); a selector base of 10 instead of 5
-- has each row merged 1.8 times instead of 2.4 in the first 200 inserts, for some ten parts a day instead of five.
-- Attribute values are canonical text, `*_types` name the ValueType of those that are no string.

CREATE TABLE IF NOT EXISTS spans (
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    parent_span_id FixedString(8) CODEC(ZSTD(1)),
    trace_state LowCardinality(String),
    flags UInt32,
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    resource_id UInt64,
    scope_id UInt64,
    scope LowCardinality(String),
    kind Int8,
    name LowCardinality(String),
    operation LowCardinality(String),
    start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    duration_ns Int64 CODEC(ZSTD(1)),
    status_code Int8,
    status_message LowCardinality(String),
    method LowCardinality(String),
    route LowCardinality(String),
    status Int32,
    db_system LowCardinality(String),
    query LowCardinality(String),
    peer LowCardinality(String),
    function LowCardinality(String),
    file LowCardinality(String),
    line Int32,
    error_type LowCardinality(String),
    exception_type LowCardinality(String),
    is_repeat_report Bool,
    attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attribute_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    original_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    original_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    dropped_attributes UInt32,
    dropped_events UInt32,
    dropped_links UInt32,
    events Nested (
        time DateTime64(9, 'UTC'),
        name LowCardinality(String),
        attributes Map(LowCardinality(String), LowCardinality(String)),
        types Map(LowCardinality(String), UInt8),
        dropped_attributes UInt32
    ),
    links Nested (
        trace_id FixedString(16),
        span_id FixedString(8),
        trace_state String,
        flags UInt32,
        attributes Map(LowCardinality(String), LowCardinality(String)),
        types Map(LowCardinality(String), UInt8),
        dropped_attributes UInt32
    ),
    retention_days UInt16,
    INDEX by_trace trace_id TYPE bloom_filter(0.005) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY (toDate(start), retention_days)
ORDER BY (service, toStartOfHour(start), operation, start)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    vertical_merge_algorithm_min_rows_to_activate = 10000, merge_selector_base = 10;

CREATE TABLE IF NOT EXISTS logs (
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    observed DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    flags UInt32,
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    resource_id UInt64,
    scope_id UInt64,
    scope LowCardinality(String),
    severity_number Int8,
    severity_text LowCardinality(String),
    event_name LowCardinality(String),
    body String CODEC(ZSTD(1)),
    body_type UInt8,
    pattern LowCardinality(String),
    function LowCardinality(String),
    file LowCardinality(String),
    line Int32,
    error_type LowCardinality(String),
    exception_type LowCardinality(String),
    attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attribute_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    original_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    original_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    dropped_attributes UInt32,
    retention_days UInt16,
    INDEX by_trace trace_id TYPE bloom_filter(0.005) GRANULARITY 1,
    -- Lower case in the index: searches ignore case, and it is a fifth smaller.
    INDEX by_text body TYPE text(tokenizer = 'splitByNonAlpha', preprocessor = lowerUTF8(body))
)
ENGINE = MergeTree
PARTITION BY (toDate(time), retention_days)
ORDER BY (service, severity_number, time)
-- The block number outlives merges and deletions: the live tail reads in order of insertion, so late records are seen.
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    vertical_merge_algorithm_min_rows_to_activate = 10000, merge_selector_base = 10, enable_block_number_column = 1;

CREATE TABLE IF NOT EXISTS metric_points (
    metric LowCardinality(String),
    type UInt8,
    temporality UInt8,
    is_monotonic Bool,
    unit LowCardinality(String),
    description LowCardinality(String),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    resource_id UInt64,
    scope_id UInt64,
    scope LowCardinality(String),
    series_id UInt64,
    start DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    flags UInt32,
    value Float64,
    value_int Nullable(Int64),
    count UInt64,
    sum Nullable(Float64),
    min Nullable(Float64),
    max Nullable(Float64),
    bounds Array(Float64),
    bucket_counts Array(UInt64),
    scale Nullable(Int32),
    zero_count UInt64,
    zero_threshold Float64,
    positive_offset Int32,
    positive_counts Array(UInt64),
    negative_offset Int32,
    negative_counts Array(UInt64),
    quantiles Array(Float64),
    quantile_values Array(Float64),
    attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attribute_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    original_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    original_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    metadata Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    retention_days UInt16
)
ENGINE = MergeTree
PARTITION BY (toDate(time), retention_days)
ORDER BY (service, metric, series_id, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    vertical_merge_algorithm_min_rows_to_activate = 10000, merge_selector_base = 10;

CREATE TABLE IF NOT EXISTS exemplars (
    metric LowCardinality(String),
    service LowCardinality(String),
    environment LowCardinality(String),
    series_id UInt64,
    time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
    value Float64,
    value_int Nullable(Int64),
    trace_id FixedString(16) CODEC(ZSTD(1)),
    span_id FixedString(8) CODEC(ZSTD(1)),
    attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    attribute_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    original_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)),
    original_types Map(LowCardinality(String), UInt8) CODEC(ZSTD(1)),
    retention_days UInt16
)
ENGINE = MergeTree
PARTITION BY (toDate(time), retention_days)
ORDER BY (service, metric, series_id, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- One row per distinct set of resource attributes (hash of the canonical list), with the days it was seen.
CREATE TABLE IF NOT EXISTS resources (
    resource_id UInt64,
    service LowCardinality(String),
    namespace LowCardinality(String),
    instance String,
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    schema_url LowCardinality(String),
    attributes Map(LowCardinality(String), LowCardinality(String)),
    attribute_types Map(LowCardinality(String), UInt8),
    original_attributes Map(LowCardinality(String), LowCardinality(String)),
    original_types Map(LowCardinality(String), UInt8),
    dropped_attributes UInt32,
    day Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (resource_id, day)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

CREATE TABLE IF NOT EXISTS scopes (
    scope_id UInt64,
    name LowCardinality(String),
    version LowCardinality(String),
    schema_url LowCardinality(String),
    attributes Map(LowCardinality(String), LowCardinality(String)),
    attribute_types Map(LowCardinality(String), UInt8),
    original_attributes Map(LowCardinality(String), LowCardinality(String)),
    original_types Map(LowCardinality(String), UInt8),
    dropped_attributes UInt32,
    day Date
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (scope_id, day)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- What was refused or cut at load, by reason: written with the batch that it belongs to.
CREATE TABLE IF NOT EXISTS refusals (
    time DateTime('UTC'),
    signal LowCardinality(String),
    reason LowCardinality(String),
    is_cut Bool,
    items UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (signal, reason, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;

-- What was redacted, by rule and field; `field` is an attribute key, or a field of OTLP like `body`.
CREATE TABLE IF NOT EXISTS redactions (
    time DateTime('UTC'),
    signal LowCardinality(String),
    rule LowCardinality(String),
    field LowCardinality(String),
    hits UInt64
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (rule, field, signal, time)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1;
