"""In which attributes some spans differ from the rest: what a box of a heat map, or what failed, has in common."""

from dataclasses import dataclass
from typing import Protocol

from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.answers import STATUSES, Status
from echoline.model.answers_traces import Difference, Differences
from echoline.model.batch import PROMOTED, PROMOTED_RESOURCE, ValueType
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries.pages import Row, rows
from echoline.queries.params import Params

SAMPLE = 10_000
LONGEST_VALUE = 200
_OPERATION = "service, kind, operation"
_RESOURCE = tuple(
    (key, column) for key, (column, _) in PROMOTED_RESOURCE.items() if column not in ("namespace", "instance")
)
# An error, but for servers that answered 4xx: as settling has it.
FAILED = "status_code = 2 AND NOT (kind = 2 AND status BETWEEN 400 AND 499)"


class Spans(Protocol):
    """Which spans are looked at."""

    def sql(self, store: Store, params: Params) -> str:
        """One condition on `spans`."""
        ...


@dataclass(frozen=True)
class Selection:
    """Which of the spans are compared with the others: all that is given must hold."""

    window: Window | None = None
    min_duration_ns: int | None = None
    max_duration_ns: int | None = None
    status: Status | None = None
    failed: bool = False

    def sql(self, params: Params) -> str:
        """One condition on `spans`. Raises BadInput when nothing is selected."""
        tests = [params.within(self.window)] if self.window else []
        if self.min_duration_ns is not None:
            tests.append(f"duration_ns >= {params.put(self.min_duration_ns, 'Int64')}")
        if self.max_duration_ns is not None:
            tests.append(f"duration_ns <= {params.put(self.max_duration_ns, 'Int64')}")
        if self.status is not None:
            tests.append(f"status_code = {STATUSES.index(self.status)}")
        if self.failed:
            tests.append(FAILED)
        if not tests:
            raise BadInput("nothing is selected: give a time, a duration or a status to compare with the rest")
        return " AND ".join(tests)


def differences(store: Store, window: Window, wanted: Spans, selection: Selection, *, limit: int = 20) -> Differences:
    """Values of attributes, strongest difference of shares first, among spans that fit in the window.

    What is selected by its status is compared within its operations. Looks at about 10,000 spans of each side.

    Raises BadInput when nothing is selected.
    """
    counts = _counts(store, window, wanted, selection)
    found = _values(store, window, wanted, selection, counts, limit)
    sampled = (found[0]["sampled_in"], found[0]["sampled_out"]) if found else (0, 0)
    return Differences(
        since=rfc3339(window.since_ns),
        until=rfc3339(window.until_ns),
        selected=counts[0],
        rest=counts[1],
        selected_sampled=sampled[0],
        rest_sampled=sampled[1],
        items=tuple(_difference(row) for row in found if row["key"]),
    )


def _counts(store: Store, window: Window, wanted: Spans, selection: Selection) -> tuple[int, int]:
    params = Params()
    chosen = selection.sql(params)
    where = _compared(store, window, wanted, selection, params)
    (row,) = rows(store, f"SELECT countIf({chosen}) AS chosen, count() AS total FROM spans WHERE {where}", params)
    return row["chosen"], row["total"] - row["chosen"]


def _values(
    store: Store, window: Window, wanted: Spans, selection: Selection, counts: tuple[int, int], limit: int
) -> list[Row]:
    if not all(counts):
        return []
    params = Params()
    chosen = selection.sql(params)
    # Every n-th span of each side by a hash of its id, so that the same question has the same answer.
    nth = [max(1, -(-count // SAMPLE)) for count in counts]
    sample = f"cityHash64(span_id) % if({chosen}, {nth[0]}, {nth[1]}) = 0"
    where = f"{_compared(store, window, wanted, selection, params)} AND {sample}"
    sql = f"""
        WITH sampled AS (SELECT {chosen} AS is_in, {attribute_pairs()} AS pairs FROM spans WHERE {where}),
            sizes AS (SELECT countIf(is_in) AS sampled_in, countIf(NOT is_in) AS sampled_out FROM sampled)
        SELECT pair.1 AS key, pair.2 AS value, countIf(is_in) AS n_in, countIf(NOT is_in) AS n_out,
            any(sampled_in) AS sampled_in, any(sampled_out) AS sampled_out,
            n_in / sampled_in - n_out / sampled_out AS by
        FROM (SELECT is_in, arrayJoin(arrayDistinct(pairs)) AS pair FROM sampled) AS values CROSS JOIN sizes
        WHERE key != '' GROUP BY key, value HAVING n_in != sampled_in OR n_out != sampled_out
        ORDER BY abs(by) DESC, key, value LIMIT {limit}
    """
    return list(rows(store, sql, params))


def _compared(store: Store, window: Window, wanted: Spans, selection: Selection, params: Params) -> str:
    """One condition on `spans` for both sides."""
    where = f"{params.within(window)} AND NOT is_repeat_report AND {wanted.sql(store, params)}"
    if selection.status is None:
        return where
    # Beside all others, what failed would differ above all in what it does.
    chosen = f"SELECT {_OPERATION} FROM spans WHERE {where} AND {selection.sql(params)}"
    return f"{where} AND ({_OPERATION}) IN ({chosen})"


def attribute_pairs(longest: int = LONGEST_VALUE) -> str:
    """SQL of all attributes of a span as (key, value), those in columns too; absent ones have an empty key."""
    columns = [
        (key, f"toString({column})", f"{column} != {-1 if kind is ValueType.INT else _EMPTY}")
        for key, (column, kind) in PROMOTED["traces"].items()
    ]
    columns += [(key, f"toString({column})", f"{column} != ''") for key, column in _RESOURCE]
    columns += [("exception.type", "toString(exception_type)", "exception_type != ''")]
    promoted = ", ".join(f"if({there}, ('{key}', {text}), ('', ''))" for key, text, there in columns)
    listed = f"arrayZip(mapKeys(attributes), arrayMap(v -> substringUTF8(v, 1, {longest}), mapValues(attributes)))"
    return f"arrayConcat([{promoted}], {listed})"


_EMPTY = "''"


def _difference(row: Row) -> Difference:
    selected, rest = row["n_in"] / row["sampled_in"], row["n_out"] / row["sampled_out"]
    return Difference(
        key=row["key"],
        value=row["value"],
        selected_share=selected,
        rest_share=rest,
        lift=selected / rest if rest else None,
        selected=row["n_in"],
        rest=row["n_out"],
    )
