"""Which functions of a Python program call which, as far as the text says so."""

import ast
import builtins
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from echoline.model.code import Call
from echoline.source.program import Defined, Definition, Program, PythonModule, dotted_name, key_of

_BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class CallGraph:
    """Calls that could be followed, and how many could not."""

    calls: tuple[Call, ...]
    outside: int
    """Calls of what the program imports from elsewhere, and of built-in functions."""
    unknown: Mapping[str, int]
    """Calls that nothing in the text decides, by caller: those of parameters, of results, of computed names."""

    @cached_property
    def callers(self) -> Mapping[str, frozenset[str]]:
        """Who calls each code object."""
        found: dict[str, set[str]] = {}
        for call in self.calls:
            found.setdefault(call.callee, set()).add(call.caller)
        return {key: frozenset(each) for key, each in found.items()}

    @cached_property
    def callees(self) -> Mapping[str, frozenset[str]]:
        """Whom each code object calls."""
        found: dict[str, set[str]] = {}
        for call in self.calls:
            found.setdefault(call.caller, set()).add(call.callee)
        return {key: frozenset(each) for key, each in found.items()}


def call_graph(program: Program) -> CallGraph:
    """Of all modules. A class that is called is its `__init__` where it has one, else the class."""
    counting = _Counting(program)
    calls = tuple(call for module in program.modules.values() for call in counting.module(module))
    return CallGraph(calls, counting.outside, dict(counting.unknown))


class _Counting:
    def __init__(self, program: Program) -> None:
        self._program = program
        self.outside = 0
        self.unknown = Counter[str]()

    def module(self, module: PythonModule) -> Iterator[Call]:
        top = _Caller(module, "<module>", "", set(), {})
        yield from self._calls(module.tree.body, top)
        for defined in module.defined.values():
            if not isinstance(defined.node, ast.ClassDef):
                yield from self._calls(defined.node.body, _caller(self._program, module, defined))

    def _calls(self, body: list[ast.stmt], caller: "_Caller") -> Iterator[Call]:
        for node in _own(body):
            if not isinstance(node, ast.Call):
                continue
            name = dotted_name(node.func)
            found = self._callee(caller, name, node.func)
            if found is not None:
                module, defined = found
                yield Call(caller.key, key_of(module, defined.qualname), caller.module.path, node.lineno)
            elif self._is_outside(caller, name):
                self.outside += 1
            else:
                self.unknown[caller.key] += 1

    def _callee(self, caller: "_Caller", name: str, node: ast.expr) -> tuple[PythonModule, Defined] | None:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call):
            if dotted_name(node.value.func) == "super" and caller.owner:
                return self._of_bases(caller, node.attr)
            return None
        first, _, rest = name.partition(".")
        if not name:
            return None
        if first in ("self", "cls") and caller.owner and "." not in rest:
            return self._program.member(caller.module, caller.owner, rest) if rest else None
        if first in caller.made and "." not in rest and rest:
            module, defined = caller.made[first]
            return self._program.member(module, defined.qualname, rest)
        local = caller.local(name)
        if local is not None:
            return self._called(caller.module, local)
        if first in caller.names:
            return None
        found = self._program.find(self._program.absolute(caller.module, name))
        return self._called(*found) if found else None

    def _called(self, module: PythonModule, defined: Defined) -> tuple[PythonModule, Defined]:
        if isinstance(defined.node, ast.ClassDef):
            return self._program.member(module, defined.qualname, "__init__") or (module, defined)
        return module, defined

    def _of_bases(self, caller: "_Caller", name: str) -> tuple[PythonModule, Defined] | None:
        around = caller.module.defined[caller.owner].node
        for base in around.bases if isinstance(around, ast.ClassDef) else ():
            known = self._program.find(self._program.absolute(caller.module, dotted_name(base) or "?"))
            if known and (found := self._program.member(known[0], known[1].qualname, name)):
                return found
        return None

    def _is_outside(self, caller: "_Caller", name: str) -> bool:
        first = name.partition(".")[0]
        if not first or first in caller.names:
            return False
        if first in caller.module.imports:
            return self._program.split(self._program.absolute(caller.module, name))[0] is None
        return first in _BUILTINS and first not in caller.module.constants


@dataclass(frozen=True)
class _Caller:
    """Whose calls are being read."""

    module: PythonModule
    qualname: str
    owner: str
    """The class that `self` is of."""
    names: set[str]
    """Its local names: nothing in the text says what they are."""
    made: Mapping[str, tuple[PythonModule, Defined]]
    """Local names of which the text does say it: they are assigned a new object of a class of the program."""

    @property
    def key(self) -> str:
        return key_of(self.module, self.qualname)

    def local(self, name: str) -> Defined | None:
        """A function that is defined inside it, or inside what is around it."""
        front = self.qualname
        while front and front != "<module>":
            found = self.module.defined.get(f"{front}.<locals>.{name}")
            if found is not None:
                return found
            front = front.rpartition(".<locals>.")[0]
        return None


def _caller(program: Program, module: PythonModule, defined: Defined) -> _Caller:
    node = defined.node
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    names = {each.arg for each in arguments if each is not None}
    made: dict[str, tuple[PythonModule, Defined]] = {}
    for each in _own(node.body):
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store):
            names.add(each.id)
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Call) and len(each.targets) == 1:
            found = program.find(program.absolute(module, dotted_name(each.value.func) or "?"))
            name = dotted_name(each.targets[0])
            if found and isinstance(found[1].node, ast.ClassDef) and name.isidentifier():
                made[name] = found
    owner = defined.owner or _owner_around(module, defined.qualname)
    return _Caller(module, defined.qualname, owner, names, made)


def _owner_around(module: PythonModule, qualname: str) -> str:
    """The class of the method that a local function is in: it sees its `self`."""
    around = module.defined.get(qualname.partition(".<locals>.")[0])
    return around.owner if around is not None and around.qualname != qualname else ""


def _own(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes of a function but those of functions in it, which are callers of their own."""
    stack: list[ast.AST] = list(reversed(body))
    while stack:
        node = stack.pop()
        if isinstance(node, Definition):
            # Its decorators and defaults are evaluated out here.
            stack += node.decorator_list
            continue
        yield node
        stack += reversed(list(ast.iter_child_nodes(node)))
