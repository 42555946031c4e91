"""The modules of a Python program as text: what they import, define and call things, without importing any."""

import ast
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from echoline.model.code import code_key

_DEEPEST = 10
"""Names that are only handed on from module to module, followed so far."""

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Defined:
    """A function or class of a module."""

    qualname: str
    node: Definition
    owner: str
    """Qualified name of the class it is a member of; "" for others."""


@dataclass
class PythonModule:
    """One file, read."""

    name: str
    path: str
    tree: ast.Module
    imports: dict[str, str] = field(default_factory=dict)
    """Absolute dotted names by the name that they have here."""
    stars: list[str] = field(default_factory=list)
    """Modules of which everything is imported."""
    defined: dict[str, Defined] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    """What names at the top are assigned, last one first seen."""


class Program:
    """All modules that could be read; `unread` counts those that are no Python of this interpreter."""

    def __init__(self, texts: Mapping[str, tuple[str, bytes]]) -> None:
        """`texts` has path and content by module name."""
        self.modules: dict[str, PythonModule] = {}
        self.unread = 0
        for name, (path, content) in texts.items():
            tree = _tree(content)
            if tree is None:
                self.unread += 1
            else:
                self.modules[name] = _read(name, path, tree)

    def absolute(self, module: PythonModule, dotted: str) -> str:
        """What a dotted name in a module means: its import, or something of the module itself."""
        first, _, rest = dotted.partition(".")
        start = module.imports.get(first) or self._by_star(module, first) or f"{module.name}.{first}"
        return self.canonical(f"{start}.{rest}" if rest else start)

    def canonical(self, dotted: str) -> str:
        """The name where it is defined, when modules in between only hand it on."""
        for _ in range(_DEEPEST):
            module, rest = self.split(dotted)
            if module is None or not rest:
                return dotted
            first, _, more = rest.partition(".")
            if first in module.defined or first in module.constants:
                return dotted
            start = module.imports.get(first) or self._by_star(module, first)
            if start is None or start == f"{module.name}.{first}":
                return dotted
            dotted = f"{start}.{more}" if more else start
        return dotted

    def split(self, dotted: str) -> tuple[PythonModule | None, str]:
        """The module of an absolute name, the longest there is, and the name in it."""
        parts = dotted.split(".")
        for length in range(len(parts), 0, -1):
            module = self.modules.get(".".join(parts[:length]))
            if module is not None:
                return module, ".".join(parts[length:])
        return None, dotted

    def find(self, dotted: str) -> tuple[PythonModule, Defined] | None:
        """The function or class of an absolute name; a method also where its class inherits it."""
        module, rest = self.split(self.canonical(dotted))
        if module is None:
            return None
        if rest in module.defined:
            return module, module.defined[rest]
        owner, _, name = rest.rpartition(".")
        return self.member(module, owner, name) if owner in module.defined else None

    def member(
        self, module: PythonModule, owner: str, name: str, depth: int = 0
    ) -> tuple[PythonModule, Defined] | None:
        """A method by its class, its own or one of its bases that are in the program."""
        found = module.defined.get(f"{owner}.{name}")
        if found is not None:
            return module, found
        around = module.defined.get(owner)
        if around is None or not isinstance(around.node, ast.ClassDef) or depth > _DEEPEST:
            return None
        for base in around.node.bases:
            known = self.find(self.absolute(module, text)) if (text := dotted_name(base)) else None
            if known and (inherited := self.member(known[0], known[1].qualname, name, depth + 1)):
                return inherited
        return None

    def text(self, module: PythonModule, expression: ast.expr | None, depth: int = 0) -> str | None:
        """A text that can be read off the source: a literal, a constant, a sum of those; None for any other."""
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
            return expression.value
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
            return _joined([self.text(module, each, depth) for each in (expression.left, expression.right)])
        if isinstance(expression, ast.JoinedStr):
            parts = [each.value if isinstance(each, ast.FormattedValue) else each for each in expression.values]
            return _joined([self.text(module, each, depth) for each in parts])
        name = dotted_name(expression)
        if not name or depth > _DEEPEST:
            return None
        where, rest = self.split(self.absolute(module, name))
        value = where.constants.get(rest) if where else None
        return self.text(where, value, depth + 1) if where and value is not None else None

    def _by_star(self, module: PythonModule, name: str) -> str | None:
        if name in module.defined or name in module.constants:
            return None
        for each in module.stars:
            other = self.modules.get(each)
            if other and (name in other.defined or name in other.constants or name in other.imports):
                return f"{each}.{name}"
        return None


def key_of(module: PythonModule, qualname: str) -> str:
    """Its key as a code object."""
    return code_key("python", module.name, qualname)


def dotted_name(expression: ast.AST | None) -> str:
    """`a.b.c` as text; "" for what is no dotted name."""
    if isinstance(expression, ast.Name):
        return expression.id
    if isinstance(expression, ast.Attribute):
        front = dotted_name(expression.value)
        return f"{front}.{expression.attr}" if front else ""
    return ""


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument of that name."""
    return next((each.value for each in call.keywords if each.arg == name), None)


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """An argument by place or by name."""
    return call.args[place] if len(call.args) > place else keyword(call, name)


def _tree(content: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the interpreter thinks of a text is its author's matter
            return ast.parse(content)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _read(name: str, path: str, tree: ast.Module) -> PythonModule:
    module = PythonModule(name, path, tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for each in node.names:
                # `import a.b` makes `a` known, `import a.b as c` the whole.
                module.imports[each.asname or each.name.split(".")[0]] = (
                    each.name if each.asname else each.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom):
            _from(module, node)
    for statement in _at_the_top(tree.body):
        if isinstance(statement, ast.Assign):
            module.constants |= {
                dotted_name(target): statement.value for target in statement.targets if dotted_name(target)
            }
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            module.constants[dotted_name(statement.target)] = statement.value
    module.defined = {each.qualname: each for each in _definitions(tree.body, "", "")}
    return module


def _from(module: PythonModule, node: ast.ImportFrom) -> None:
    source = node.module or ""
    if node.level:
        is_package = module.path.endswith("__init__.py")
        parts = module.name.split(".")
        parts = parts[: len(parts) - node.level + is_package]
        source = ".".join([*parts, source] if source else parts)
    for each in node.names:
        if each.name == "*":
            module.stars.append(source)
        else:
            module.imports[each.asname or each.name] = f"{source}.{each.name}"


def _at_the_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, also those under `if` and `try`."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try | ast.With):
            yield from _at_the_top(statement.body)
            yield from _at_the_top(getattr(statement, "orelse", []))


def _definitions(body: list[ast.stmt], front: str, owner: str) -> Iterator[Defined]:
    for statement in body:
        if isinstance(statement, Definition):
            qualname = front + statement.name
            yield Defined(qualname, statement, owner)
            is_class = isinstance(statement, ast.ClassDef)
            inner = f"{qualname}." if is_class else f"{qualname}.<locals>."
            yield from _definitions(statement.body, inner, qualname if is_class else "")
        else:
            for each in ("body", "orelse", "finalbody"):
                yield from _definitions(getattr(statement, each, []) or [], front, owner)


def _joined(parts: list[str | None]) -> str | None:
    known = [each for each in parts if each is not None]
    return "".join(known) if len(known) == len(parts) else None
