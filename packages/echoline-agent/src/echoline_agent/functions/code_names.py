"""Names code objects: `code.function.name`, `code.file.path` and `code.line.number` of code, functions and classes."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, FunctionType

FUNCTION = "code.function.name"
FILE = "code.file.path"
LINE = "code.line.number"

Attributes = Mapping[str, str | int]
"""What goes on a span: the three above. The line is the first of the function, its first decorator's if it has one."""

COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
LOCALS = "<locals>"
MODULE = "<module>"


def of_code(code: CodeType, module: str) -> Attributes:
    """The attributes of code that belongs to a module."""
    return {
        FUNCTION: f"{module_name(module)}.{qualname(code.co_qualname)}",
        FILE: absolute(code.co_filename),
        LINE: code.co_firstlineno,
    }


def of_function(function: FunctionType) -> Attributes:
    """The attributes of a function, by its code: a decorator may have given it another name."""
    module = function.__globals__.get("__name__")
    return of_code(function.__code__, module if isinstance(module, str) else "?")


def of_class(cls: type) -> Attributes:
    """The attributes of a class, with the line where the interpreter tells it, else that of its first method."""
    codes = [value.__code__ for value in vars(cls).values() if isinstance(value, FunctionType)]
    found: dict[str, str | int] = {FUNCTION: f"{module_name(cls.__module__)}.{qualname(cls.__qualname__)}"}
    if file := file_of_module(cls.__module__):
        found[FILE] = absolute(file)
    lines = [code.co_firstlineno for code in codes if code.co_qualname.startswith(f"{cls.__qualname__}.")]
    line = getattr(cls, "__firstlineno__", None) or min(lines, default=None)
    if line:
        found[LINE] = line
    return found


def absolute(file: str) -> str:
    """The absolute path, links left as they are: the program's files are known by the names that it uses."""
    return os.path.abspath(file)  # noqa: PTH100


def file_of_module(module: str) -> str:
    """The file of a loaded module, or an empty text."""
    return getattr(sys.modules.get(module), "__file__", None) or ""


def qualname(text: str) -> str:
    """A qualified name in which comprehensions count for the function around them.

    >>> (
    ...     qualname("load.<locals>.<listcomp>"),
    ...     qualname("<genexpr>"),
    ...     qualname("load.<locals>.<genexpr>.<locals>.<lambda>"),
    ... )
    ('load', '<module>', 'load.<locals>.<lambda>')
    """
    if "<" not in text:
        return text
    kept: list[str] = []
    for name in text.split("."):
        if name in COMPREHENSIONS:
            if kept and kept[-1] == LOCALS:
                kept.pop()
        elif name != LOCALS or kept:
            kept.append(name)
    return ".".join(kept) or MODULE


def module_name(name: str) -> str:
    """The module as other modules would import it: a program's first module calls itself `__main__`."""
    if name != "__main__":
        return name
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name != "__main__":
        return str(spec.name)
    file = getattr(main, "__file__", None)
    return Path(file).stem if file else name


def by_name(name: str) -> object:
    """The function or class that a name like `shop.cart.Cart.total` means among the loaded modules, or None."""
    parts = name.split(".")
    for length in range(len(parts) - 1, 0, -1):
        found: object = sys.modules.get(".".join(parts[:length]))
        if found is not None:
            for part in parts[length:]:
                # Not getattr: a descriptor of the program would run.
                found = vars(found).get(part) if hasattr(found, "__dict__") else None
            return found
    return None
