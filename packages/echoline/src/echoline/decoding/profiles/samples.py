"""The samples of one profiles request as rows: values by minute, CPU in nanoseconds, with stack and span."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from echoline.decoding.profiles.columns import Columns, Sample
from echoline.decoding.profiles.dictionary import Broken, Dictionary

CPU, NANOSECONDS = "cpu", "nanoseconds"
_UNITS_NS = {
    **dict.fromkeys(("ns", "nanosecond", NANOSECONDS), 1),
    **dict.fromkeys(("us", "µs", "microsecond", "microseconds"), 1_000),
    **dict.fromkeys(("ms", "millisecond", "milliseconds"), 1_000_000),
    **dict.fromkeys(("s", "second", "seconds"), 1_000_000_000),
}
_COUNTS = ("sample", "samples")
_MINUTE_NS = 60 * 10**9
_MOST = 2**63 - 1


@dataclass(frozen=True)
class _Measure:
    """What the values of a profile mean: each times `scale` is of this unit, and `scale` is one look of the sampler
    when `is_count`."""

    type: str
    unit: str
    scale: int
    is_count: bool
    period: int


def add_samples(columns: Columns, request: Any, number: int, received_ns: int) -> None:
    """Adds the samples of the request that is `number` in the call.

    Raises BadInput for a request that unfolds to far more than it is.
    """
    tables = columns.tables(request)
    for group in request.resource_profiles:
        resource = columns.add_resource(group, tables)
        for several in group.scope_profiles:
            scope = columns.add_scope(several, tables)
            for profile in several.profiles:
                _add_profile(columns, tables, profile, (number, resource, scope), received_ns)
    columns.cut.update(tables.cut)


def _add_profile(
    columns: Columns, tables: Dictionary, profile: Any, place: tuple[int, int, int], received_ns: int
) -> None:
    time_ns = profile.time_unix_nano or received_ns
    try:
        measure = _measure(profile, tables)
    except Broken:
        columns.rejected["invalid_index"] += len(profile.samples)
        return
    shared = columns.attributes(profile.attribute_indices, tables)
    for sample in profile.samples:
        moments = list(_moments(sample, measure, time_ns))
        if not moments:
            columns.rejected["invalid_sample"] += 1
            continue
        if any(not 0 <= moment <= _MOST for moment, _, _ in moments):
            columns.rejected["invalid_time"] += 1
            continue
        if any(not _is_possible(value, measure) for _, value, _ in moments):
            columns.rejected["invalid_value"] += 1
            continue
        try:
            stack = columns.stack(tables.stack(sample.stack_index))
        except Broken:
            columns.rejected["invalid_index"] += 1
            continue
        codes = shared + columns.attributes(sample.attribute_indices, tables)
        trace_id, span_id = _linked(sample, tables)
        for moment, value, hits in moments:
            row = Sample(*place, stack, moment, measure.type, measure.unit, value, hits, trace_id, span_id)
            columns.add(row, codes, tables.allowance)


def _measure(profile: Any, tables: Dictionary) -> _Measure:
    """CPU time as it is or as a number of looks at it; anything else is kept as it is. Raises Broken."""
    kind, unit = tables.text(profile.sample_type.type_strindex), tables.text(profile.sample_type.unit_strindex)
    of, per = tables.text(profile.period_type.type_strindex), tables.text(profile.period_type.unit_strindex)
    period = max(profile.period, 0)
    if kind == CPU and unit in _UNITS_NS:
        each = period * _UNITS_NS[per] if of == CPU and per in _UNITS_NS else 0
        return _Measure(CPU, NANOSECONDS, _UNITS_NS[unit], False, each)
    if kind in _COUNTS and of == CPU and per in _UNITS_NS and period:
        return _Measure(CPU, NANOSECONDS, period * _UNITS_NS[per], True, 0)
    return _Measure(kind, unit, 1, unit == "count", 0)


def _moments(sample: Any, measure: _Measure, time_ns: int) -> Iterator[tuple[int, int, int]]:
    """Time, value and hits of a sample: of one with times for each minute, at the first time in it; else one.

    OTLP: a value for each time, or none (each counts 1), or one value without a time; anything else gives nothing.
    """
    times, values = sample.timestamps_unix_nano, sample.values
    if not times:
        if len(values) == 1:
            yield time_ns, values[0] * measure.scale, _hits(values[0], measure)
        return
    if values and len(values) != len(times):
        return
    if len(times) == 1:
        value = values[0] if values else 1
        yield times[0], value * measure.scale, value if measure.is_count and values else 1
        return
    at = np.array(times, np.uint64)
    order = np.argsort(at, kind="stable")
    minutes, first = np.unique(at[order] // np.uint64(_MINUTE_NS), return_index=True)
    ends = [*first[1:].tolist(), len(at)]
    for start, end in zip(first.tolist(), ends[: len(minutes)], strict=True):
        inside = order[start:end].tolist()
        value = sum(values[each] for each in inside) if values else len(inside)
        yield int(at[order[start]]), value * measure.scale, len(inside)


def _hits(value: int, measure: _Measure) -> int:
    """How many looks a value without times stands for, as far as the profile says."""
    if measure.is_count:
        return max(value, 1)
    return max(round(value * measure.scale / measure.period), 1) if measure.period else 1


def _is_possible(value: int, measure: _Measure) -> bool:
    return (0 if measure.type == CPU else -_MOST - 1) <= value <= _MOST


def _linked(sample: Any, tables: Dictionary) -> tuple[bytes, bytes]:
    try:
        return tables.link(sample.link_index)
    except Broken:
        tables.cut["invalid_index"] += 1
        return b"", b""
