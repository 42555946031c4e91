"""Code objects: functions, methods and classes of a program, as its source has them."""

from dataclasses import dataclass
from typing import Literal

from echoline.model.answers import Answer

Language = Literal["python", "javascript"]
CodeKind = Literal["function", "method", "property", "class", "lambda"]


def code_key(language: str, module: str, qualname: str) -> str:
    """The key that every table and answer has: `python:shop.cart:Cart.total`; an unknown module is `?`."""
    return f"{language}:{module or '?'}:{qualname}"


@dataclass(frozen=True, slots=True)
class FunctionSpan(Answer):
    """One function, method or class in one text, whatever the file is called."""

    qualname: str
    kind: CodeKind
    first_line: int
    """First line, decorators included; lines count from 1."""
    def_line: int
    """The line with its name, where a function starts for the interpreter."""
    last_line: int


@dataclass(frozen=True, slots=True)
class Fingerprint(Answer):
    """What stays of a code object when it is formatted, commented or moved."""

    body: str
    """Equal for equal code, whatever its formatting, comments, docstring and own name."""
    shape: str
    """Equal also when local names differ."""
    statements: tuple[str, ...]
    """One short hash for each statement, in order, local names left out: how alike two bodies are."""
    tokens: int
    """How much code it is; below a dozen many functions look alike."""


@dataclass(frozen=True, slots=True)
class CodeObject(Answer):
    """A function, method or class at one revision. One key can stand at several places: overloads, properties."""

    language: Language
    module: str
    qualname: str
    kind: CodeKind
    file: str
    """Path in the repository, with slashes."""
    first_line: int
    def_line: int
    last_line: int

    @property
    def key(self) -> str:
        """As `code_key` spells it."""
        return code_key(self.language, self.module, self.qualname)

    @property
    def name(self) -> str:
        """The last part of its name: `total` of `Cart.total`."""
        return self.qualname.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class RouteView(Answer):
    """A route of a web framework and the code object that answers it."""

    framework: Literal["django", "flask", "starlette"]
    methods: tuple[str, ...]
    """Empty when the source does not say: all that the view has."""
    route: str
    """In the one spelling of docs/conventions.md."""
    code_object: str
    """Key of the view; its module is `?` when it could not be found."""
    file: str
    """Where the route stands, not the view."""
    line: int
    is_attached: bool = True
    """False when nothing in the source puts its router into an application: the front of the route may be missing."""


@dataclass(frozen=True, slots=True)
class Call(Answer):
    """One call in the text that could be followed to a code object of the repository."""

    caller: str
    callee: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Alias(Answer):
    """A code object that goes on under another key."""

    old: str
    new: str
    revision: str
    """The commit that did it; the last one when there were several."""
    reason: Literal["file renamed", "same body", "same shape", "class renamed", "mostly the same"]
