"""Functions and stacks as the sampler sees them: cheap to take, named only once."""

from dataclasses import dataclass, field
from types import CodeType, FrameType

from echoline_agent.functions.code_names import COMPREHENSIONS, module_name

MAX_DEPTH = 128
"""Frames of a stack that are kept, from the innermost outward."""

_MAX_KNOWN = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function of the running program. Two of them are the same only if they are the same object."""

    module: str
    qualname: str
    file: str
    line: int
    code: CodeType
    is_part: bool = False
    """Is it a comprehension, which belongs to the function around it?"""
    at: "dict[int, Location]" = field(default_factory=dict)
    """By the offset of the instruction: to find a line is dear, to find it again is one look-up."""

    def locate(self, instruction: int) -> "Location":
        """Where in the function an instruction is; for one that is not in `at` yet."""
        lines = (line for start, end, line in self.code.co_lines() if start <= instruction < end and line)
        line = next(lines, self.line)
        known = next((each for each in list(self.at.values()) if each.line == line), None)
        found = self.at[instruction] = known or Location(self, line)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Location:
    """A line of a function. One object for each, so that stacks compare by identity."""

    function: Function
    line: int


Stack = tuple[Location, ...]
"""Innermost first."""


class Functions:
    """Remembers what each code object is called, so that taking a stack is a few look-ups."""

    def __init__(self) -> None:
        # By identity: hashing a code object goes through all its constants. The value keeps the object alive.
        self._known: dict[int, Function] = {}

    def stack(self, frame: FrameType | None) -> Stack:
        """The stack that ends in `frame`, without frames of comprehensions."""
        known, found = self._known, []
        depth = 0
        while frame is not None and depth < MAX_DEPTH:
            code = frame.f_code
            function = known.get(id(code)) or self._learn(code, frame)
            if not function.is_part:
                instruction = frame.f_lasti
                found.append(function.at.get(instruction) or function.locate(instruction))
            frame, depth = frame.f_back, depth + 1
        return tuple(found)

    def _learn(self, code: CodeType, frame: FrameType) -> Function:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        module = frame.f_globals.get("__name__")
        named = module_name(module) if isinstance(module, str) else "?"
        learnt = Function(
            *(named, code.co_qualname, code.co_filename, code.co_firstlineno, code), code.co_name in COMPREHENSIONS
        )
        self._known[id(code)] = learnt
        return learnt
