"""Answers about profiles: what functions cost, and the stacks behind it."""

from dataclasses import dataclass
from typing import Literal, get_args

from echoline.model.answers import Answer
from echoline.model.instants import Instant

ProfileSort = Literal["own", "total"]
ProfileFormat = Literal["json", "folded", "pprof"]
PROFILE_FORMATS: tuple[ProfileFormat, ...] = get_args(ProfileFormat)


@dataclass(frozen=True, slots=True)
class ProfiledFunction(Answer):
    """What one function costs, in the unit of the profile."""

    code_object: str
    """Its key, as other answers name it; `?` where its module is not known."""
    function: str
    """Its qualified name; an address where nobody knew a name."""
    file: str
    """Of its source, else the program or library that it is in."""
    line: int
    """Where it spent most of its own; 0 when that is not known, or when it spent nothing itself."""
    own: int
    """Without what it called."""
    total: int
    """With what it called; counted once where it calls itself."""
    hits: int
    """How often the sampler found it at work itself."""
    is_library: bool
    """Of the language, or of a package that was installed."""
    own_approximate: int
    """The part of `own` whose function is uncertain: that of threads which no signal reaches."""


@dataclass(frozen=True, slots=True)
class StackFrame(Answer):
    """One call that was under way."""

    function: str
    file: str
    line: int
    """Where it was; 0 when that is not known."""

    def __str__(self) -> str:
        """In one text: `file:function:line`."""
        return f"{self.file}:{self.function}:{self.line}"


@dataclass(frozen=True, slots=True)
class FoldedStack(Answer):
    """All samples of one call stack together."""

    frames: tuple[StackFrame, ...]
    """Outermost first."""
    value: int
    hits: int

    def __str__(self) -> str:
        """In one text, as programs for flame graphs read it: frames parted by semicolons; in them stands a comma."""
        return ";".join(" ".join(str(each).replace(";", ",").split()) for each in self.frames) or "(no stack)"


@dataclass(frozen=True, slots=True)
class ProfileType(Answer):
    """Something that was measured."""

    type: str
    unit: str
    value: int
    hits: int


@dataclass(frozen=True, slots=True)
class Profile(Answer):
    """What the samples of a window say about one type, like `cpu`."""

    type: str
    unit: str
    """`nanoseconds` of CPU time; of other types what their sender said."""
    value: int
    """All samples together."""
    hits: int
    approximate: int
    """The part of `value` whose innermost function is uncertain."""
    functions: tuple[ProfiledFunction, ...]
    functions_total: int
    stacks: tuple[FoldedStack, ...]
    """The costliest; as many as were asked for."""
    stacks_total: int
    types: tuple[ProfileType, ...]
    """All that was measured in the window, most often found first."""
    since: Instant
    until: Instant
    newest: Instant | None = None
    """When there are no samples: the time of the newest ones, null if there are none at all."""
