"""Functions and stacks as the sampler sees them: cheap to take, named only once."""

from collections.abc import Iterator
from dataclasses import dataclass
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


Stack = tuple[tuple[Function, int], ...]
"""Functions and the line each stands at, innermost first."""


class Functions:
    """Remembers what each code object is called, so that taking a stack is a few look-ups."""

    def __init__(self) -> None:
        # By identity: hashing a code object goes through all its constants. The value keeps the object alive.
        self._known: dict[int, Function] = {}

    def stack(self, frame: FrameType | None) -> Stack:
        """The stack that ends in `frame`, without frames of comprehensions."""
        return tuple(self._walk(frame))

    def _walk(self, frame: FrameType | None) -> Iterator[tuple[Function, int]]:
        known, depth = self._known, 0
        while frame is not None and depth < MAX_DEPTH:
            code = frame.f_code
            function = known.get(id(code)) or self._learn(code, frame)
            if code.co_name not in COMPREHENSIONS:
                yield function, frame.f_lineno or function.line
            frame, depth = frame.f_back, depth + 1

    def _learn(self, code: CodeType, frame: FrameType) -> Function:
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        module = frame.f_globals.get("__name__")
        named = module_name(module) if isinstance(module, str) else "?"
        learnt = Function(named, code.co_qualname, code.co_filename, code.co_firstlineno, code)
        self._known[id(code)] = learnt
        return learnt
