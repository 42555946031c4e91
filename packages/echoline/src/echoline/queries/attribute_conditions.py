"""Conditions on attributes as users write them (`key=value`, `key>5`, `key~text`, `!key`), and their SQL."""

import math
import re
from dataclasses import dataclass, replace
from typing import Literal

from echoline.conventions.semconv import JOINS, RENAMES
from echoline.errors import BadInput
from echoline.kinds import Store
from echoline.model.batch import PROMOTED, PROMOTED_RESOURCE, ValueType
from echoline.model.records import Signal
from echoline.queries.pages import rows
from echoline.queries.params import Params

Operator = Literal["exists", "missing", "=", "!=", "~", "!~", ">", ">=", "<", "<="]

_OPERATOR = re.compile(r"!=|!~|>=|<=|=|~|>|<")
_QUOTED = re.compile(r'"([^"]+)"')
_RESOURCE_COLUMNS = ("service", "environment", "version", "revision")
_RESOURCE_ONLY = {key: name for key, (name, _) in PROMOTED_RESOURCE.items() if name not in _RESOURCE_COLUMNS}
# Resources whose ids are written into a statement.
_FEW = 200
SPELLINGS = "`key=value`, `key!=value`, `key~part`, `key!~part`, `key>5`, `key>=5`, `key<5`, `key<=5`, `key`, `!key`"
MOST = 20


@dataclass(frozen=True)
class Condition:
    """What an attribute must be. All but `missing` ask that it is there: `!=` is another value, not no value."""

    key: str
    operator: Operator
    value: str = ""


def condition(text: str) -> Condition:
    """Reads one condition; a key with an operator in it stands in double quotes.

    Raises BadInput naming the spellings.
    """
    if text.startswith("!") and text[1:2] not in ("=", "~"):
        key, operator, value = _split(text[1:])
        if operator or not key:
            raise BadInput(f"attribute condition {text!r}: `!key` takes a name and no value; write {SPELLINGS}")
        return Condition(key, "missing")
    key, operator, value = _split(text)
    if not key:
        raise BadInput(f"attribute condition {text!r} names no attribute; write {SPELLINGS}")
    found = Condition(key, operator or "exists", value)  # type: ignore[arg-type]
    if operator in (">", ">=", "<", "<=") and _number(value) is None:
        raise BadInput(f"attribute condition {text!r}: {value!r} is no number to compare with")
    return found


def _split(text: str) -> tuple[str, str, str]:
    """Key, operator ("" if there is none) and value."""
    quoted = _QUOTED.match(text)
    start = quoted.end() if quoted else 0
    match = _OPERATOR.match(text, start) if quoted else _OPERATOR.search(text)
    if match is None:
        if quoted and text[start:]:
            raise BadInput(f"attribute condition {text!r}: an operator must follow the quoted key; write {SPELLINGS}")
        return (quoted[1] if quoted else text.strip()), "", ""
    key = quoted[1] if quoted else text[: match.start()].strip()
    return key, match[0], text[match.end() :]


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@dataclass(frozen=True)
class _Place:
    """Where an attribute may stand: SQL that says whether it is there, its text, and its number if it has one."""

    exists: str
    text: str
    number: str


def sql(store: Store, condition: Condition, signal: Signal, params: Params) -> str:
    """The condition on a row of the signal's table: its own attributes, or those of its resource.

    An old name of the semantic conventions finds what it has become, and what was sent under it.
    """
    tests = [
        test for key in _names(condition.key) for test in _of_name(store, replace(condition, key=key), signal, params)
    ]
    if condition.key in _RESHAPED and signal != "metrics":  # rollups of points do not keep what was sent
        tests.append(_test(condition, _in_map(condition.key, params, "original_attributes"), params))
    joined = " OR ".join(f"({test})" for test in tests)
    return f"NOT ({joined})" if condition.operator == "missing" else f"({joined})"


def _of_name(store: Store, condition: Condition, signal: Signal, params: Params) -> list[str]:
    tests = [_test(condition, place, params) for place in _places(condition.key, signal, params)]
    return tests if condition.key in _columns(signal) else tests + _of_resource(store, condition, params)


def _names(key: str) -> list[str]:
    """An attribute's name of today, or all that an old one may have become, beside itself."""
    became = [output.new for rename in RENAMES if rename.old == key for output in rename.outputs]
    became += [join.new for join in JOINS if key in (join.first, join.second)]
    return list(dict.fromkeys([*became, key]))


# Old names whose values have changed too: what was sent is found by it.
_RESHAPED = frozenset(
    [rename.old for rename in RENAMES for output in rename.outputs if output.change not in ("same", "integer", "text")]
    + [old for join in JOINS for old in (join.first, join.second)]
)


def _columns(signal: Signal) -> dict[str, tuple[str, ValueType]]:
    """Attributes that are columns of the signal's table."""
    resource = {key: at for key, at in PROMOTED_RESOURCE.items() if at[0] in _RESOURCE_COLUMNS}
    return {**resource, **PROMOTED[signal]}


def _places(key: str, signal: Signal, params: Params) -> list[_Place]:
    column = _columns(signal).get(key)
    if column is None:
        return [_in_map(key, params)]
    name, kind = column
    if kind is ValueType.STRING:
        return [_Place(f"{name} != ''", f"toString({name})", f"toFloat64OrNull(toString({name}))")]
    # A value of another type than the column's has stayed in the list.
    return [_Place(f"{name} != -1", f"toString({name})", name), _in_map(key, params)]


def _in_map(key: str, params: Params, column: str = "attributes") -> _Place:
    place = params.put(key)
    text = f"{column}[{place}]"
    return _Place(f"mapContains({column}, {place})", text, f"toFloat64OrNull({text})")


def _of_resource(store: Store, condition: Condition, params: Params) -> list[str]:
    """The same condition on what the row's resource has and the row has not: as ids, so that the engine can remember
    which granules hold none; as a subquery when they are many; nothing when no resource fits."""
    inner = Params()
    fitting = (
        f"SELECT DISTINCT resource_id FROM resources WHERE {_test(condition, _in_resource(condition, inner), inner)}"
    )
    ids = [row["resource_id"] for row in rows(store, f"{fitting} LIMIT {_FEW + 1}", inner)]
    if len(ids) <= _FEW:
        return [f"resource_id IN ({', '.join(map(str, ids))})"] if ids else []
    test = _test(condition, _in_resource(condition, params), params)
    return [f"resource_id IN (SELECT resource_id FROM resources WHERE {test})"]


def _in_resource(condition: Condition, params: Params) -> _Place:
    name = _RESOURCE_ONLY.get(condition.key)
    if name is None:
        return _in_map(condition.key, params)
    return _Place(f"{name} != ''", f"toString({name})", f"toFloat64OrNull(toString({name}))")


def _test(condition: Condition, place: _Place, params: Params) -> str:
    match condition.operator:
        case "exists" | "missing":
            return place.exists
        case "=":
            test = f"{place.text} IN ({_texts(condition.value, params)})"
            # A text that is there implies the attribute, but for those that stand for its absence.
            return test if condition.value not in ("", "-1") else f"{place.exists} AND {test}"
        case "!=":
            return f"{place.exists} AND {place.text} NOT IN ({_texts(condition.value, params)})"
        case "~":
            return f"{place.exists} AND positionCaseInsensitiveUTF8({place.text}, {params.put(condition.value)}) > 0"
        case "!~":
            return f"{place.exists} AND positionCaseInsensitiveUTF8({place.text}, {params.put(condition.value)}) = 0"
        case _:
            limit = params.put(float(condition.value), "Float64")
            return f"{place.exists} AND {place.number} {condition.operator} {limit}"


def _texts(value: str, params: Params) -> str:
    """The texts that are equal to a value: 5 is also 5.0, as a double is kept."""
    texts = [value]
    number = _number(value)
    if number is not None and number == int(number) and abs(number) < 2**53:
        texts += [text for text in (str(int(number)), repr(float(number))) if text != value]
    return ", ".join(params.put(text) for text in dict.fromkeys(texts))
