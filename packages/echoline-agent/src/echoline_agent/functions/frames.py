"""Walks a stack from a span that starts to the first function of the program, and names it."""

import sys
from types import CodeType, FrameType

from echoline_agent.functions import code_names, wrappers
from echoline_agent.functions.code_names import Attributes
from echoline_agent.functions.program import Kind, Program
from echoline_agent.functions.served import being_served

DEPTH = 40
BOUND = 20_000
"""Code objects remembered; each entry holds its code, so that no other takes its place at the same address."""

# Plain names: the walk compares one per frame.
PROGRAM, TELEMETRY, BEGINNING, DISPATCHER = Kind.PROGRAM, Kind.TELEMETRY, Kind.BEGINNING, Kind.DISPATCHER
INLINED = code_names.COMPREHENSIONS - {"<genexpr>"}


class Frames:
    """Functions by stack, with what was found remembered per code object."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._kinds = program.kinds
        self._known: dict[int, tuple[CodeType, Attributes | None]] = {}
        """By address of the code: comparing code by value costs more than the walk. None: look inside the wrapper."""
        self._inner: dict[tuple[int, ...], tuple[CodeType, object, Attributes]] = {}

    def function(self, frame: FrameType | None) -> Attributes | None:
        """The first function of the program at or below a frame, at most `DEPTH` frames down; None without any."""
        kinds = self._kinds
        has_switched = False
        for _ in range(DEPTH):
            if frame is None:
                if has_switched or (frame := _switched_from()) is None:
                    return None
                has_switched = True
            code = frame.f_code
            kind = kinds.get(code.co_filename)
            if kind is None:
                kind = self._program.kind(code.co_filename, frame.f_globals.get("__name__") or "")
            if kind is PROGRAM:
                # Its frame is called by that of the function it belongs to, until 3.12 makes them one.
                if code.co_name not in INLINED:
                    return self._named(frame, code)
            elif kind is BEGINNING:
                return None
            elif kind is DISPATCHER and (serving := being_served()):
                # A generic view of Django runs its query here, and the middleware below has no part in it.
                return serving.function
            frame = frame.f_back
        return None

    def starter(self, frame: FrameType | None) -> Attributes | None:
        """The function of the program that started the span itself; None when a library did it."""
        while frame is not None:
            code = frame.f_code
            kind = self._program.kind(code.co_filename, frame.f_globals.get("__name__") or "")
            if kind is PROGRAM:
                return self._named(frame, code)
            if kind is not TELEMETRY:
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


def _switched_from() -> FrameType | None:
    """Where a greenlet was switched to from: SQLAlchemy runs queries of asynchronous programs in one of its own."""
    greenlet = sys.modules.get("greenlet")
    parent = greenlet.getcurrent().parent if greenlet else None
    return parent.gr_frame if parent else None
