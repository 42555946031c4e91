"""Walks a stack from a span that starts to the first function of the program, and names it."""

import sys
from types import CodeType, FrameType
from typing import Any

from echoline_agent.functions import code_names, wrappers
from echoline_agent.functions.code_names import Attributes
from echoline_agent.functions.program import Kind, Program
from echoline_agent.functions.served import being_served

STEPS = (None,) * 40
"""As many frames of libraries are looked through."""
BOUND = 20_000
"""Code objects remembered; each entry holds its code, so that no other takes its place at the same address."""

PROGRAM, BEGINNING = int(Kind.PROGRAM), int(Kind.BEGINNING)
INLINED = code_names.COMPREHENSIONS - {"<genexpr>"}


class Frames:
    """Functions by stack, with what was found remembered per code object."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._stops = program.stops
        self._known: dict[int, tuple[CodeType, Attributes | None]] = {}
        """By address of the code: comparing code by value costs more than the walk. None: look inside the wrapper."""
        self._inner: dict[tuple[int, ...], tuple[CodeType, object, Attributes]] = {}

    def function(self, frame: Any, *, has_switched: bool = False) -> Attributes | None:  # noqa: C901 - calls cost most
        """The first function of the program at or below a frame, at most `STEPS` down; None without any."""
        stops = self._stops
        left = iter(STEPS)
        while True:
            try:
                # All that is done for a frame of a library. A file that is new raises, and the end of the stack.
                for _ in left:
                    if kind := stops[frame.f_code.co_filename]:
                        break
                    frame = frame.f_back
                else:
                    return None
            except KeyError:
                self._program.kind(frame.f_code.co_filename, frame.f_globals.get("__name__") or "")
                continue
            except AttributeError:
                return None if has_switched else self._switched()
            if kind == PROGRAM:
                code = frame.f_code
                if (known := self._known.get(id(code))) and (found := known[1]):
                    return found
                # A comprehension is called by the function that it belongs to, until 3.12 makes them one.
                if code.co_name not in INLINED:
                    return self._named(frame, code)
            elif kind == BEGINNING:
                return None
            elif serving := being_served():
                # A generic view of Django runs its query here, and the middleware below has no part in it.
                return serving.function
            frame = frame.f_back

    def _switched(self) -> Attributes | None:
        """Goes on where this greenlet was switched to: SQLAlchemy runs queries of asynchronous programs in one."""
        greenlet = sys.modules.get("greenlet")
        parent = greenlet.getcurrent().parent if greenlet else None
        return self.function(parent.gr_frame, has_switched=True) if parent else None

    def starter(self, frame: FrameType | None) -> Attributes | None:
        """The function of the program that started the span itself; None when a library did it."""
        while frame is not None:
            code = frame.f_code
            kind = self._program.kind(code.co_filename, frame.f_globals.get("__name__") or "")
            if kind is Kind.PROGRAM:
                return self._named(frame, code)
            if kind is not Kind.TELEMETRY:
                return None
            frame = frame.f_back
        return None

    def _named(self, frame: FrameType, code: CodeType) -> Attributes:
        known = self._known.get(id(code))
        if known is None:
            known = self._remember(frame, code)
        return known[1] or self._inside(frame, code)

    def _remember(self, frame: FrameType, code: CodeType) -> tuple[CodeType, Attributes | None]:
        if len(self._known) >= BOUND:
            self._known.clear()
        is_wrapper = wrappers.may_wrap(code) and wrappers.wrapped_by(frame) is not None
        found = None if is_wrapper else _plain(frame)
        known = self._known[id(code)] = (code, found)
        return known

    def _inside(self, frame: FrameType, code: CodeType) -> Attributes:
        """One wrapper's code serves many functions: so its names are remembered by what it wraps, too."""
        around = frame.f_locals
        inner = [value for name in code.co_freevars if callable(value := around.get(name))]
        key = (id(code), *map(id, inner))
        known = self._inner.get(key)
        if known is None:
            if len(self._inner) >= BOUND:
                self._inner.clear()
            function = wrappers.wrapped_by(frame)
            found = code_names.of_function(function) if function else _plain(frame)
            known = self._inner[key] = (code, inner, found)
        return known[2]


def _plain(frame: FrameType) -> Attributes:
    return code_names.of_code(frame.f_code, frame.f_globals.get("__name__") or "?")
