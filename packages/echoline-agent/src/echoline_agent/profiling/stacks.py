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
    _lines: dict[int, int] = field(default_factory=dict)

    def line_at(self, instruction: int) -> int:
        """The line of an instruction, by its offset."""
        found = self._lines.get(instruction)
        if found is None:
            lines = (line for start, end, line in self.code.co_lines() if start <= instruction < end and line)
            found = self._lines[instruction] = next(lines, self.line)
        return found


Stack = tuple[tuple[Function, int], ...]
"""Functions, innermost first, each with the offset of the instruction where it stands: a line costs more to find."""


def with_lines(stack: Stack) -> Stack:
    """The same with the line in place of the instruction."""
    return tuple((function, function.line_at(instruction)) for function, instruction in stack)


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
                found.append((function, frame.f_lasti))
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
