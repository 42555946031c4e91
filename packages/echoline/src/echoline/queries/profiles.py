"""What functions cost: samples of profiles summed by stack, and by function over their stacks."""

from dataclasses import dataclass

from echoline.conventions.code_objects import code_object
from echoline.kinds import Store
from echoline.model.answers_profiles import (
    FoldedStack,
    Profile,
    ProfiledFunction,
    ProfileSort,
    ProfileType,
    StackFrame,
)
from echoline.model.instants import rfc3339
from echoline.model.window import Window
from echoline.queries import trace_ids
from echoline.queries.pages import Row, newest, rows
from echoline.queries.params import Params

CPU = "cpu"


@dataclass(frozen=True)
class ProfileFilter:
    """Which samples; what is empty does not matter."""

    service: str = ""
    environment: str = ""
    version: str = ""
    revision: str = ""
    type: str = ""
    """What was measured; CPU time where there is some, else what was found most often."""
    operation: str = ""
    """Only samples of traces with a span of this operation."""
    trace_id: str = ""
    """Lowercase hex; the beginning will do."""
    span_id: str = ""
    function: str = ""
    """Only stacks with this function: its whole name, or the end of it behind a dot."""

    def sql(self, store: Store, window: Window, params: Params) -> str:
        """One condition on `profile_samples`, but for type and function.

        Raises BadInput when several traces begin as the trace id does.
        """
        names = ("service", "environment", "version", "revision")
        tests = [params.within(window, "time")]
        tests += [f"{name} = {params.put(getattr(self, name))}" for name in names if getattr(self, name)]
        if self.trace_id:
            tests.append(trace_ids.is_of(store, self.trace_id, params))
        if self.span_id:
            tests.append(f"span_id = toFixedString(unhex({params.put(self.span_id)}), 8)")
        if self.operation:
            tests.append(f"trace_id IN ({self._traces(window, params)})")
        return " AND ".join(tests)

    def _traces(self, window: Window, params: Params) -> str:
        """Of spans that may have begun an hour before their first sample."""
        begun = Window(max(0, window.since_ns - _LONGEST_NS), window.until_ns)
        of_service = f" AND service = {params.put(self.service)}" if self.service else ""
        named = f"operation = {params.put(self.operation)}{of_service}"
        return f"SELECT trace_id FROM spans WHERE {named} AND {params.within(begun)}"


_LONGEST_NS = 3600 * 10**9


def profile(
    store: Store,
    window: Window,
    wanted: ProfileFilter,
    *,
    sort: ProfileSort = "own",
    limit: int = 100,
    most_stacks: int = 0,
) -> Profile:
    """Functions that cost most, and as many of the costliest stacks as are asked for.

    Raises BadInput when several traces begin as the trace id does.
    """
    types = _types(store, window, wanted)
    chosen = _chosen(types, wanted.type)
    if chosen is None:
        last = newest(store, "profiles", wanted.service, wanted.environment)
        return Profile(wanted.type or CPU, "", 0, 0, 0, (), 0, (), 0, types, *_ends(window), last)
    params = Params()
    folded = _folded(store, window, wanted, chosen, params)
    sums = rows(
        store,
        f"""
        SELECT sum(value) AS value, sum(hits) AS hits, sum(approximate) AS approximate, count() AS stacks
        FROM ({folded})
        """,
        params,
    )[0]
    functions, functions_total = _functions(store, folded, params, sort, limit)
    return Profile(
        chosen.type,
        chosen.unit,
        sums["value"] or 0,
        sums["hits"] or 0,
        sums["approximate"] or 0,
        functions,
        functions_total,
        _stacks(store, folded, params, most_stacks) if most_stacks else (),
        sums["stacks"],
        types,
        *_ends(window),
        None if sums["stacks"] else newest(store, "profiles", wanted.service, wanted.environment),
    )


def _ends(window: Window) -> tuple[str, str]:
    return rfc3339(window.since_ns), rfc3339(window.until_ns)


def _types(store: Store, window: Window, wanted: ProfileFilter) -> tuple[ProfileType, ...]:
    params = Params()
    sql = f"""
        SELECT toString(type) AS type, toString(unit) AS unit, sum(value) AS value, sum(hits) AS hits
        FROM profile_samples WHERE {wanted.sql(store, window, params)}
        GROUP BY type, unit ORDER BY hits DESC, type, unit LIMIT 100
    """
    return tuple(ProfileType(**row) for row in rows(store, sql, params))


def _chosen(types: tuple[ProfileType, ...], asked: str) -> ProfileType | None:
    fitting = [each for each in types if each.type == (asked or CPU)]
    return fitting[0] if fitting else types[0] if types and not asked else None


def _folded(store: Store, window: Window, wanted: ProfileFilter, chosen: ProfileType, params: Params) -> str:
    """SQL of one row per stack: its frames and what its samples say together."""
    of_type = f"type = {params.put(chosen.type)} AND unit = {params.put(chosen.unit)}"
    days = f"day >= toDate({params.time(window.since_ns)}) AND day <= toDate({params.time(window.until_ns)})"
    through = ""
    if wanted.function:
        name, ending = params.put(wanted.function), params.put(f".{wanted.function}")
        through = f"WHERE arrayExists(f -> f = {name} OR endsWith(f, {ending}), functions)"
    return f"""
        SELECT value, hits, approximate, functions, files, lines
        FROM (
            SELECT stack_id, sum(profile_samples.value) AS value, sum(profile_samples.hits) AS hits,
                sumIf(profile_samples.value, is_approximate) AS approximate
            FROM profile_samples WHERE {wanted.sql(store, window, params)} AND {of_type} GROUP BY stack_id
        ) AS summed
        ANY LEFT JOIN (
            SELECT stack_id, CAST(functions, 'Array(String)') AS functions, CAST(files, 'Array(String)') AS files, lines
            FROM profile_stacks WHERE {days}
        ) AS known USING (stack_id)
        {through}
    """


def _functions(
    store: Store, folded: str, params: Params, sort: ProfileSort, limit: int
) -> tuple[tuple[ProfiledFunction, ...], int]:
    """The costliest functions, and how many there are."""
    sql = f"""
        SELECT frame.1 AS function, frame.2 AS file, sumIf(value, is_leaf) AS own, sum(value) AS total,
            sumIf(hits, is_leaf) AS own_hits, sumIf(approximate, is_leaf) AS own_approximate,
            sumMapIf([line], [value], is_leaf) AS by_line, by_line.1 AS lines, by_line.2 AS spent,
            count() OVER () AS several
        FROM (
            SELECT arrayJoin(arrayDistinct(arrayZip(functions, files))) AS frame,
                frame = (functions[-1], files[-1]) AS is_leaf, lines[-1] AS line, value, hits, approximate
            FROM ({folded})
        )
        GROUP BY frame ORDER BY {sort} DESC, total DESC, function, file LIMIT {limit}
    """
    found = rows(store, sql, params)
    return tuple(_function(row) for row in found), found[0]["several"] if found else 0


def _function(row: Row) -> ProfiledFunction:
    lines, spent = list(row["lines"]), list(row["spent"])
    named = code_object("", row["function"], row["file"])
    return ProfiledFunction(
        code_object=named.key if named else "",
        function=row["function"],
        file=row["file"],
        line=lines[spent.index(max(spent))] if spent else 0,
        own=row["own"],
        total=row["total"],
        hits=row["own_hits"],
        is_library=named is not None and named.is_library,
        own_approximate=row["own_approximate"],
    )


def _stacks(store: Store, folded: str, params: Params, most: int) -> tuple[FoldedStack, ...]:
    sql = f"SELECT * FROM ({folded}) ORDER BY value DESC, functions, files, lines LIMIT {most}"
    return tuple(
        FoldedStack(
            tuple(StackFrame(*each) for each in zip(row["functions"], row["files"], row["lines"], strict=True)),
            row["value"],
            row["hits"],
        )
        for row in rows(store, sql, params)
    )
