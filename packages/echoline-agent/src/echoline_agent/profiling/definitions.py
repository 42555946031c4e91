"""Lists the functions that a module defines, entered or not, from its code."""

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import NamedTuple


class Definition(NamedTuple):
    """A function as its code tells: the key of the census."""

    file: str
    qualname: str
    line: int


def definition(code: CodeType) -> Definition:
    """The key of a code object."""
    return Definition(code.co_filename, code.co_qualname, code.co_firstlineno)


def is_function(code: CodeType) -> bool:
    """Is this the code of a function or lambda, not of a module, a class body or a comprehension?"""
    is_inner = code.co_name.startswith("<") and code.co_name != "<lambda>"
    return bool(code.co_flags & inspect.CO_OPTIMIZED) and not is_inner


def defined_in(code: CodeType) -> Iterator[CodeType]:
    """Every function within a module's (or a function's) code, local ones included."""
    waiting = [code]
    while waiting:
        inner = [each for each in waiting.pop().co_consts if isinstance(each, CodeType)]
        yield from filter(is_function, inner)
        waiting += inner


def loaded_from(module: ModuleType) -> Iterator[CodeType]:
    """The functions of a module that was loaded before anybody watched: those that its names and classes still hold."""
    for function in _functions(module):
        # A decorator's name may stand for a function of elsewhere.
        if function.__code__.co_filename == getattr(module, "__file__", None):
            yield function.__code__
            yield from defined_in(function.__code__)


def _functions(module: ModuleType) -> Iterator[FunctionType]:
    for value in list(vars(module).values()):
        if isinstance(value, type) and value.__module__ == module.__name__:
            for member in list(vars(value).values()):
                yield from _unwrapped(member)
        else:
            yield from _unwrapped(value)


def _unwrapped(value: object) -> Iterator[FunctionType]:
    """The functions behind a name, without asking any descriptor or attribute of the program's own making."""
    if isinstance(value, property):
        parts: tuple[object, ...] = (value.fget, value.fset, value.fdel)
    else:
        parts = (value.__func__ if isinstance(value, staticmethod | classmethod) else value,)
    for part in parts:
        inner = part
        while isinstance(inner, FunctionType):
            yield inner
            inner = inner.__dict__.get("__wrapped__")
