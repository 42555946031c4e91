-- Metric points rolled up at one minute and one hour, per series, filled by views at insert.
--
-- A cumulative series is cut into epochs by its start time, so that a reset begins a new row: its increase in a window is
-- the last value of each epoch minus the last one before the window (0 for an epoch that began inside). `increase` sums
-- the positive steps for senders that tell no start. Delta points are summed. `first` and `last` are whole points.
-- Buckets of explicit histograms add up within the same `bounds`, those of exponential ones within the same `scale`
-- (their keys are absolute indexes; a coarser scale is index >> difference). What is not in the sorting key and no
-- aggregate is the same in all rows of a series, since series_id is a hash over it.

CREATE TABLE IF NOT EXISTS metrics_1m (
    time DateTime('UTC'),
    service LowCardinality(String),
    environment LowCardinality(String),
    version LowCardinality(String),
    revision LowCardinality(String),
    metric LowCardinality(String),
    unit LowCardinality(String),
    type UInt8,
    temporality UInt8,
    is_monotonic Bool,
    resource_id UInt64,
    series_id UInt64,
    epoch DateTime64(9, 'UTC'),
    bounds Array(Float64),
    scale Int32,
    attributes Map(LowCardinality(String), LowCardinality(String)),
    points SimpleAggregateFunction(sum, UInt64),
    value_sum SimpleAggregateFunction(sum, Float64),
    value_min SimpleAggregateFunction(min, Float64),
    value_max SimpleAggregateFunction(max, Float64),
    increase AggregateFunction(deltaSumTimestamp, Float64, Int64),
    count_sum SimpleAggregateFunction(sum, UInt64),
    sum_sum SimpleAggregateFunction(sum, Float64),
    min SimpleAggregateFunction(min, Nullable(Float64)),
    max SimpleAggregateFunction(max, Nullable(Float64)),
    buckets_sum AggregateFunction(sumForEach, Array(UInt64)),
    zero_sum SimpleAggregateFunction(sum, UInt64),
    positive_sum SimpleAggregateFunction(sumMap, Tuple(Array(Int32), Array(UInt64))),
    negative_sum SimpleAggregateFunction(sumMap, Tuple(Array(Int32), Array(UInt64))),
    first AggregateFunction(argMin, Tuple(
        time DateTime64(9, 'UTC'), value Float64, count UInt64, sum Float64, buckets Array(UInt64), zero UInt64,
        positive_offset Int32, positive Array(UInt64), negative_offset Int32, negative Array(UInt64)
    ), DateTime64(9, 'UTC')),
    last AggregateFunction(argMax, Tuple(
        time DateTime64(9, 'UTC'), value Float64, count UInt64, sum Float64, buckets Array(UInt64), zero UInt64,
        positive_offset Int32, positive Array(UInt64), negative_offset Int32, negative Array(UInt64)
    ), DateTime64(9, 'UTC'))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(time)
ORDER BY (service, metric, series_id, epoch, time, bounds, scale)
SETTINGS non_replicated_deduplication_window = 1000, old_parts_lifetime = 10,
    fsync_after_insert = 1, fsync_part_directory = 1, min_rows_to_fsync_after_merge = 1,
    allow_dimensions_outside_sorting_key = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_1m_view TO metrics_1m AS
WITH CAST(
    tuple(metric_points.time, value, count, ifNull(sum, 0), bucket_counts, zero_count,
        positive_offset, positive_counts, negative_offset, negative_counts),
    'Tuple(time DateTime64(9, \'UTC\'), value Float64, count UInt64, sum Float64, buckets Array(UInt64), zero UInt64,
        positive_offset Int32, positive Array(UInt64), negative_offset Int32, negative Array(UInt64))'
) AS point
SELECT toStartOfMinute(metric_points.time) AS time, service, any(metric_points.environment) AS environment,
    any(metric_points.version) AS version, any(metric_points.revision) AS revision, metric,
    any(metric_points.unit) AS unit, any(metric_points.type) AS type, temporality,
    any(metric_points.is_monotonic) AS is_monotonic, any(metric_points.resource_id) AS resource_id, series_id,
    if(temporality = 2, start, fromUnixTimestamp64Nano(0, 'UTC')) AS epoch, bounds, ifNull(scale, 0) AS scale,
    any(metric_points.attributes) AS attributes,
    count() AS points, sum(value) AS value_sum, min(value) AS value_min, max(value) AS value_max,
    deltaSumTimestampState(value, toUnixTimestamp64Nano(metric_points.time)) AS increase,
    sum(metric_points.count) AS count_sum, sum(ifNull(metric_points.sum, 0)) AS sum_sum,
    min(metric_points.min) AS min, max(metric_points.max) AS max,
    sumForEachState(bucket_counts) AS buckets_sum, sum(zero_count) AS zero_sum,
    sumMap(arrayMap(i -> toInt32(positive_offset + i - 1), arrayEnumerate(positive_counts)), positive_counts) AS positive_sum,
    sumMap(arrayMap(i -> toInt32(negative_offset + i - 1), arrayEnumerate(negative_counts)), negative_counts) AS negative_sum,
    argMinState(point, metric_points.time) AS first, argMaxState(point, metric_points.time) AS last
FROM metric_points
GROUP BY time, service, metric, temporality, series_id, epoch, bounds, scale;

CREATE TABLE IF NOT EXISTS metrics_1h AS metrics_1m;

CREATE MATERIALIZED VIEW IF NOT EXISTS metrics_1h_view TO metrics_1h AS
SELECT toStartOfHour(metrics_1m.time) AS time, service, any(metrics_1m.environment) AS environment,
    any(metrics_1m.version) AS version, any(metrics_1m.revision) AS revision, metric, any(metrics_1m.unit) AS unit,
    any(metrics_1m.type) AS type, any(metrics_1m.temporality) AS temporality,
    any(metrics_1m.is_monotonic) AS is_monotonic, any(metrics_1m.resource_id) AS resource_id, series_id,
    epoch, bounds, scale, any(metrics_1m.attributes) AS attributes,
    sum(metrics_1m.points) AS points, sum(metrics_1m.value_sum) AS value_sum,
    min(metrics_1m.value_min) AS value_min, max(metrics_1m.value_max) AS value_max,
    deltaSumTimestampMergeState(metrics_1m.increase) AS increase,
    sum(metrics_1m.count_sum) AS count_sum, sum(metrics_1m.sum_sum) AS sum_sum,
    min(metrics_1m.min) AS min, max(metrics_1m.max) AS max,
    sumForEachMergeState(metrics_1m.buckets_sum) AS buckets_sum, sum(metrics_1m.zero_sum) AS zero_sum,
    sumMap(metrics_1m.positive_sum) AS positive_sum, sumMap(metrics_1m.negative_sum) AS negative_sum,
    argMinMergeState(metrics_1m.first) AS first, argMaxMergeState(metrics_1m.last) AS last
FROM metrics_1m
GROUP BY time, service, metric, series_id, epoch, bounds, scale;
