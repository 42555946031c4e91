"""Answers about what calls are given: attributes and arguments, and which of them slow or failing calls share."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer
from echoline.model.answers_traces import Difference
from echoline.model.instants import Instant

ValueKind = Literal["null", "string", "bool", "int", "double", "array", "map", "bytes"]
"""In the order of ValueType."""


@dataclass(frozen=True, slots=True)
class TypeShare(Answer):
    """A type of values, and the part of the values that have it."""

    type: ValueKind
    share: float


@dataclass(frozen=True, slots=True)
class UsualValue(Answer):
    """A value, at most 200 characters of it, and how many of the calls looked at have it."""

    value: str
    calls: int


@dataclass(frozen=True, slots=True)
class Parameter(Answer):
    """One attribute of the calls that were looked at; arguments are `code.argument.<name>`."""

    key: str
    calls: int
    """Calls that have it."""
    share: float
    """Part of the calls that have it, 0 to 1."""
    types: tuple[TypeShare, ...]
    """The most frequent first."""
    null_share: float
    """Part of the calls that have it where it is None."""
    lowest: float | None
    """Of its numbers; null when it has none."""
    highest: float | None
    shortest: int | None
    """Characters of its texts, elements of its arrays and maps; null when it has none."""
    longest: int | None
    distinct: int
    """How many different values it has, to 200 characters."""
    values: tuple[UsualValue, ...]
    """The most frequent first, at most five."""


@dataclass(frozen=True, slots=True)
class NumberDifference(Answer):
    """A number that is mostly higher, or lower, in the selection than in the rest."""

    key: str
    selected_median: float
    rest_median: float
    above: float
    """How probably one of the selection is above one of the rest: 0.5 when they are alike, 1 when all are."""
    selected: int
    """Calls of the selection that have it."""
    rest: int


@dataclass(frozen=True, slots=True)
class Separation(Answer):
    """What sets some calls apart from all others; only what is more than chance, the strongest first."""

    selected: int
    """Calls of the selection."""
    rest: int
    selected_sampled: int
    """How many of them were looked at."""
    rest_sampled: int
    values: tuple[Difference, ...]
    numbers: tuple[NumberDifference, ...]


@dataclass(frozen=True, slots=True)
class Parameters(Answer):
    """What the calls of a code object are given, from a sample of the newest ones."""

    code_object: str
    since: Instant
    """Start of the newest calls, of which there are `calls`: the window's unless it has very many."""
    until: Instant
    calls: int
    """Calls that the sample is drawn from."""
    sampled: int
    """Calls that `items` describes: chosen by a hash of the span id, the same ones each time."""
    items: tuple[Parameter, ...]
    """Arguments first, then what most calls have."""
    slower_than_ns: int
    """Calls above are slow: as asked for, else the 95th percentile of `calls`."""
    slow: Separation
    failing: Separation
