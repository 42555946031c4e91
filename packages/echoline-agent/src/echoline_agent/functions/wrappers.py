"""Finds the function inside a decorator's wrapper: the one that the wrapper stands for by `functools.wraps`."""

from collections.abc import Iterator
from types import CodeType, FrameType, FunctionType

from echoline_agent.functions import code_names

DEPTH = 8
"""Decorators on one function that are looked through."""


def may_wrap(code: CodeType) -> bool:
    """Whether the code could be a decorator's wrapper: a local function that uses something of the function around."""
    return bool(code.co_freevars) and code_names.LOCALS in code.co_qualname


def wrapped_by(frame: FrameType) -> FunctionType | None:
    """The function that the wrapper in this frame stands for; None when it is no wrapper, or says nothing of it.

    A frame does not know its function. So each function that the code uses from around is looked up by its name: when
    the way from there along `__wrapped__` meets the frame's own code, the frame is a wrapper of that function.
    """
    code = frame.f_code
    around = frame.f_locals
    for variable in code.co_freevars:
        inner = around.get(variable)
        if not callable(inner) or isinstance(inner, type):
            continue
        chain = list(_chain(_by_name(inner)))
        if len(chain) > 1 and any(link.__code__ is code for link in chain[:-1]):
            return chain[-1]
    return None


def _by_name(function: object) -> object:
    """What stands where the function says it was defined."""
    module, name = getattr(function, "__module__", None), getattr(function, "__qualname__", None)
    return code_names.by_name(f"{module}.{name}") if module and name else None


def _chain(found: object) -> Iterator[FunctionType]:
    """The functions from the outermost wrapper to the function inside."""
    for _ in range(DEPTH):
        if isinstance(found, (staticmethod, classmethod)):
            found = found.__func__
        elif isinstance(found, property):
            found = found.fget
        if isinstance(found, FunctionType):
            yield found
        found = getattr(found, "__wrapped__", None)
        if found is None:
            return
