"""What calls are given: their attributes and arguments, and which of them set slow or failing calls apart."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, get_args

from echoline.kinds import Store
from echoline.model.answers_parameters import (
    NumberDifference,
    Parameter,
    Parameters,
    Separation,
    TypeShare,
    UsualValue,
    ValueKind,
)
from echoline.model.answers_traces import Difference
from echoline.model.batch import PROMOTED, PROMOTED_RESOURCE, ValueType
from echoline.model.instants import rfc3339
from echoline.queries.calls import Calls, SampledCalls, newest_window
from echoline.queries.differences import LONGEST_VALUE, SAMPLE, Selection, attribute_pairs, differences
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params

ARGUMENT = "code.argument."
MOST_KEYS = 60
MOST_VALUES = 5
MOST_DIFFERENCES = 10
_KINDS: tuple[ValueKind, ...] = get_args(ValueKind)
# What calls are not given: where their code is, and which program it is.
_NO_INPUT = ", ".join(
    f"'{key}'" for key in ("", "code.function.name", "code.file.path", "code.line.number", *PROMOTED_RESOURCE)
)
_NUMBERS = ", ".join(f"'{key}'" for key, (_, kind) in PROMOTED["traces"].items() if kind is ValueType.INT)
# So many deviations from what chance gives: one in 16,000, since many values are looked at.
_BEYOND_CHANCE = 4.0
_FEWEST = 3


def parameters(store: Store, calls: Calls, *, slower_than_ns: int | None = None) -> Parameters:
    """What about 10,000 of the newest 200,000 calls were given, and what the slow and the failing ones share.

    Slow are those above `slower_than_ns`, else above their 95th percentile. No calls give an answer without items.
    """
    calls = replace(calls, window=newest_window(store, calls))
    sizes = _sizes(store, calls, slower_than_ns)
    total, limit_ns = sizes["calls"], sizes["slow_from_ns"]
    sampled, items = _described(store, SampledCalls(calls, (total, 0), most=SAMPLE)) if total else (0, ())
    slow = Selection(min_duration_ns=limit_ns + 1)
    return Parameters(
        code_object=calls.code_object,
        since=rfc3339(calls.window.since_ns),
        until=rfc3339(calls.window.until_ns),
        calls=total,
        sampled=sampled,
        items=items,
        slower_than_ns=limit_ns,
        slow=_separation(store, calls, slow, (sizes["slow"], total), f"duration_ns > {limit_ns}"),
        failing=_separation(store, calls, Selection(failed=True), (sizes["failing"], total), "is_error"),
    )


def _sizes(store: Store, calls: Calls, slower_than_ns: int | None) -> Row:
    params = Params()
    given = "quantileExact(0.95)(duration_ns)"
    limit = given if slower_than_ns is None else f"any({params.put(slower_than_ns, 'Int64')})"
    sql = f"""
        WITH found AS (SELECT duration_ns, is_error FROM span_facts FINAL WHERE {calls.facts(params)}),
            (SELECT toInt64({limit}) FROM found) AS slow_from
        SELECT count() AS calls, countIf(is_error) AS failing, countIf(duration_ns > slow_from) AS slow,
            ifNull(any(slow_from), 0) AS slow_from_ns FROM found
    """
    (row,) = rows(store, sql, params)
    return row


def _typed() -> str:
    """SQL of all attributes of a span as (key, value, type); the type of an argument that is None is told beside it."""
    none = f"startsWith(p.1, '{ARGUMENT}') AND endsWith(p.1, '.type') AND p.2 = 'None'"
    kind = f"if(mapContains(attribute_types, p.1), attribute_types[p.1], if(p.1 IN ({_NUMBERS}), 3, 1))"
    typed = f"if({none}, (substring(p.1, 1, length(p.1) - 5), '', 0), (p.1, p.2, toUInt8({kind})))"
    return f"arrayMap(p -> {typed}, arrayFilter(p -> p.1 NOT IN ({_NO_INPUT}), {attribute_pairs(100_000)}))"


def _described(store: Store, sample: SampledCalls) -> tuple[int, tuple[Parameter, ...]]:
    params = Params()
    where = f"{params.within(sample.calls.window)} AND NOT is_repeat_report AND {sample.sql(store, params)}"
    sql = f"""
        WITH sampled AS (SELECT {_typed()} AS found FROM spans WHERE {where})
        SELECT key, sum(n) AS calls, (SELECT count() FROM sampled) AS total, count() AS different,
            sumMap([type], [n]) AS types, minIf(low, isNotNull(low)) AS lowest, maxIf(high, isNotNull(high)) AS highest,
            minIf(short, type IN (1, 5, 6)) AS shortest, maxIf(long, type IN (1, 5, 6)) AS longest,
            countIf(type IN (1, 5, 6)) AS measured, uniqExactIf(value, type != 0) AS different_values,
            arraySlice(arraySort(each -> (-each.2, each.1), groupArrayIf((value, n), type != 0)), 1, {MOST_VALUES})
                AS usual
        FROM (
            SELECT one.1 AS key, substringUTF8(one.2, 1, {LONGEST_VALUE}) AS value, one.3 AS type, count() AS n,
                min(if(type IN (3, 4), toFloat64OrNull(one.2), NULL) AS number) AS low, max(number) AS high,
                min(if(type IN (5, 6), JSONLength(one.2), lengthUTF8(one.2)) AS size) AS short, max(size) AS long
            FROM (SELECT arrayJoin(found) AS one FROM sampled) GROUP BY key, value, type
        )
        GROUP BY key ORDER BY startsWith(key, '{ARGUMENT}') DESC, calls DESC, key LIMIT {MOST_KEYS}
    """
    found = rows(store, sql, params)
    return (found[0]["total"] if found else 0), tuple(_parameter(row) for row in found)


def _parameter(row: Row) -> Parameter:
    kinds, counts = _sums(row["types"])
    shares = sorted(zip(kinds, counts, strict=True), key=lambda each: (-each[1], each[0]))
    calls = row["calls"]
    texts = row["measured"] > 0
    return Parameter(
        key=row["key"],
        calls=calls,
        share=min(1.0, calls / row["total"]),
        types=tuple(TypeShare(_KINDS[kind], count / calls) for kind, count in shares),
        null_share=dict(shares).get(int(ValueType.EMPTY), 0) / calls,
        lowest=_finite(row["lowest"]),
        highest=_finite(row["highest"]),
        shortest=row["shortest"] if texts else None,
        longest=row["longest"] if texts else None,
        distinct=row["different_values"],
        values=tuple(UsualValue(*_pair(each)) for each in row["usual"]),
    )


def _sums(types: Any) -> tuple[Sequence[int], Sequence[int]]:
    kinds, counts = _pair(types)
    return kinds, counts


def _pair(found: Any) -> tuple[Any, Any]:
    """A tuple of the engine, which Arrow gives as a structure."""
    first, second = found.values() if isinstance(found, dict) else found
    return first, second


def _finite(number: float | None) -> float | None:
    return number if number is not None and math.isfinite(number) else None


def _separation(store: Store, calls: Calls, selection: Selection, sizes: tuple[int, int], chosen: str) -> Separation:
    selected, rest = sizes[0], sizes[1] - sizes[0]
    if not selected or not rest:
        return Separation(selected, rest, 0, 0, (), ())
    sample = SampledCalls(calls, (selected, rest), chosen, SAMPLE)
    found = differences(store, calls.window, sample, selection, limit=200)
    sampled = (found.selected_sampled, found.rest_sampled)
    values = [each for each in found.items if _is_beyond_chance(each, *sampled)]
    numbers = _numbers(store, sample, selection)
    return Separation(selected, rest, *sampled, tuple(values[:MOST_DIFFERENCES]), numbers)


def _is_beyond_chance(found: Difference, selected: int, rest: int) -> bool:
    """Tells whether so different shares, of so many, are hardly chance; what two calls have never is."""
    have = found.selected + found.rest
    if max(found.selected, found.rest) < _FEWEST:
        return False
    share = have / (selected + rest)
    deviation = math.sqrt(share * (1 - share) * (1 / selected + 1 / rest))
    return abs(found.selected_share - found.rest_share) >= _BEYOND_CHANCE * deviation


def _numbers(store: Store, sample: SampledCalls, selection: Selection) -> tuple[NumberDifference, ...]:
    """Numbers by the area under their curve, which needs no distribution and suffers no outlier."""
    params = Params()
    chosen = selection.sql(params)
    where = f"{params.within(sample.calls.window)} AND NOT is_repeat_report AND {sample.sql(store, params)}"
    sql = f"""
        SELECT one.1 AS key, countIf(is_in) AS selected, countIf(NOT is_in) AS rest,
            quantileExactIf(0.5)(number, is_in) AS selected_median,
            quantileExactIf(0.5)(number, NOT is_in) AS rest_median,
            arrayROCAUC(groupArray(number), groupArray(toUInt8(is_in))) AS above,
            sqrt((selected + rest + 1) / (12 * selected * rest)) AS deviation
        FROM (
            SELECT is_in, one, assumeNotNull(toFloat64OrNull(one.2)) AS number
            FROM (SELECT {chosen} AS is_in, arrayJoin({_typed()}) AS one FROM spans WHERE {where})
            WHERE one.3 IN (3, 4) AND isFinite(toFloat64OrNull(one.2))
        )
        GROUP BY key
        HAVING selected >= {_FEWEST} AND rest >= {_FEWEST} AND abs(above - 0.5) >= {_BEYOND_CHANCE} * deviation
        ORDER BY abs(above - 0.5) DESC, key LIMIT {MOST_DIFFERENCES}
    """
    names = ("key", "selected_median", "rest_median", "above", "selected", "rest")
    return tuple(NumberDifference(**{name: row[name] for name in names}) for row in rows(store, sql, params))
