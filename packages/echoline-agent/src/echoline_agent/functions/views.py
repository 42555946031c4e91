"""Resolves what a framework calls for a request or task to the function of the program behind it."""

import functools
import inspect
from collections.abc import Iterator
from types import FunctionType

from echoline_agent.functions import code_names
from echoline_agent.functions.code_names import Attributes
from echoline_agent.functions.program import Kind, Program

DEPTH = 16
"""Wrappers on one view that are looked through."""
BOUND = 10_000


class Views:
    """Functions by view and method, with what was found remembered."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[int, str], tuple[object, Attributes | None]] = {}

    def function(self, view: object, method: str = "") -> Attributes | None:
        """The program's function that answers a request of this method; None when a library's does."""
        key = (id(view), method)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= BOUND:
                self._known.clear()
            known = self._known[key] = (view, self._resolved(view, method.lower()))
        return known[1]

    def _resolved(self, view: object, method: str) -> Attributes | None:
        view = innermost(view)
        cls = _class_of_view(view, method)
        if cls is not None:
            return self._method(*cls)
        if isinstance(view, FunctionType):
            return self._own(view)
        call = innermost(getattr(type(view), "__call__", None))  # noqa: B004 - the function itself is wanted
        return self._own(call) if isinstance(call, FunctionType) else None

    def _method(self, cls: type, name: str) -> Attributes | None:
        """The method, when the program defines it; else the program's class that inherits it."""
        function = innermost(inspect.getattr_static(cls, name, None) if name else None)
        if isinstance(function, FunctionType) and (found := self._own(function)):
            return found
        own = next((each for each in cls.__mro__ if self._is_own_class(each)), None)
        return code_names.of_class(own) if own else None

    def _is_own_class(self, cls: type) -> bool:
        file = code_names.file_of_module(cls.__module__)
        return bool(file) and self._program.kind(file, cls.__module__) is Kind.PROGRAM

    def _own(self, function: FunctionType) -> Attributes | None:
        """The function itself, or what a library's wrapper without `functools.wraps` has in its closure."""
        for each in _with_closures(function):
            module = each.__globals__.get("__name__") or ""
            if self._program.kind(each.__code__.co_filename, module) is Kind.PROGRAM:
                return code_names.of_function(each)
        return None


def innermost(view: object) -> object:
    """What is called in the end, through wrappers, partials and bound methods; a class-based view stays as it is."""
    for _ in range(DEPTH):
        if isinstance(view, (functools.partial, functools.partialmethod)):
            view = view.func
        elif (function := getattr(view, "__func__", None)) is not None:
            view = function
        # `View.as_view()` of Django copies what a decorator left on `dispatch`, `__wrapped__` included.
        elif (wrapped := getattr(view, "__wrapped__", None)) is not None and not _says_its_class(view):
            view = wrapped
        else:
            break
    return view


def _says_its_class(view: object) -> bool:
    return any(isinstance(getattr(view, name, None), type) for name in ("view_class", "cls"))


def _class_of_view(view: object, method: str) -> tuple[type, str] | None:
    """The class and the name of its method, for `as_view()` of Django, Flask and REST framework, and for endpoints."""
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if isinstance(view, type):
        cls = view
    if not isinstance(cls, type):
        return None
    actions = getattr(view, "actions", None)
    name = actions.get(method, "") if isinstance(actions, dict) else method
    if name == "head" and not hasattr(cls, "head"):
        name = "get"
    if not name or not hasattr(cls, name):
        defined = {each for base in cls.__mro__ for each in vars(base)}
        name = next((each for each in ("dispatch_request", "__call__") if each in defined), "")
    return cls, name


def _with_closures(function: FunctionType, depth: int = 3) -> Iterator[FunctionType]:
    yield function
    if depth:
        for cell in function.__closure__ or ():
            try:
                value = innermost(cell.cell_contents)
            except ValueError:  # an empty cell
                continue
            if isinstance(value, FunctionType):
                yield from _with_closures(value, depth - 1)
