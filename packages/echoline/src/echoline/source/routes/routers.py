"""Routes of Flask, FastAPI and Starlette: objects that collect routes and are put into each other."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from echoline.conventions.routes import route
from echoline.model.code import RouteView
from echoline.source.program import Definition, Program, PythonModule, argument, dotted_name, key_of, keyword

Framework = Literal["flask", "starlette"]

_APPLICATIONS: Mapping[str, Framework] = {"Flask": "flask", "FastAPI": "starlette", "Starlette": "starlette"}
_COLLECTORS: Mapping[str, Framework] = {"Blueprint": "flask", "APIRouter": "starlette", "Router": "starlette"}
_VERBS = frozenset({"get", "post", "put", "patch", "delete", "head", "options", "trace"})
_INCLUDING = {"include_router": "prefix", "register_blueprint": "url_prefix"}
_ADDING = frozenset({"add_api_route", "add_route", "add_url_rule", "add_websocket_route", "add_api_websocket_route"})
_DEEPEST = 12


@dataclass
class Place:
    """One route in a collector, before its front is known."""

    path: str
    methods: tuple[str, ...]
    view: str
    file: str
    line: int


@dataclass
class Collector:
    """An application, router or blueprint."""

    framework: Framework
    is_application: bool
    prefix: str | None
    """None when the source does not say it plainly."""
    places: list[Place] = field(default_factory=list)
    children: list[tuple[str, str | None]] = field(default_factory=list)
    """What is put into it, with the prefix given there; "" for none, None for one that the source does not say."""


def routes(program: Program) -> Iterator[RouteView]:
    """All routes that can be read; those of collectors that are put nowhere come without what may be before them."""
    reading = _Reading(program)
    for module in program.modules.values():
        reading.read(module)
    yield from reading.views()


class _Reading:
    """Collects from all modules, then joins."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._collectors: dict[str, Collector] = {}
        self._returned: dict[str, str] = {}
        self._pending: list[tuple[PythonModule, str, ast.Call, _Scope]] = []

    def read(self, module: PythonModule) -> None:
        """Notes what a module makes, decorates and puts together."""
        self._block(module, module.tree.body, _Scope(module, "", {}))

    def views(self) -> Iterator[RouteView]:
        for module, target, call, scope in self._pending:
            self._joined(module, target, call, scope)
        inside = {child for each in self._collectors.values() for child, _ in each.children}
        seen = set[str]()
        for ref, collector in self._collectors.items():
            if collector.is_application and ref not in inside:
                yield from self._expanded(ref, collector.prefix or "", seen, is_attached=True)
        for ref, collector in self._collectors.items():
            if ref not in seen:
                yield from self._expanded(ref, collector.prefix or "", set(), is_attached=False)

    def _expanded(
        self, ref: str, front: str, seen: set[str], *, is_attached: bool, depth: int = 0
    ) -> Iterator[RouteView]:
        collector = self._collectors[ref]
        seen.add(ref)
        for place in collector.places:
            path = _join(collector.framework, front, place.path)
            yield RouteView(
                collector.framework, place.methods, route(path), place.view, place.file, place.line, is_attached
            )
        for child, prefix in collector.children if depth < _DEEPEST else ():
            inner = self._collectors.get(child)
            if inner is None:
                continue
            own = inner.prefix
            # Flask's registration replaces the prefix of the blueprint, the others add to it.
            added = (prefix or own) if inner.framework == "flask" else _sum(prefix, own)
            is_known = is_attached and added is not None
            path = _join(collector.framework, front, added or "")
            yield from self._expanded(child, path, seen, is_attached=is_known, depth=depth + 1)

    def _block(self, module: PythonModule, body: list[ast.stmt], scope: "_Scope") -> None:
        for statement in body:
            if isinstance(statement, Definition):
                self._decorated(module, statement, scope)
                self._block(module, statement.body, scope.inside(statement))
                continue
            if isinstance(statement, ast.Assign | ast.AnnAssign):
                self._assigned(module, statement, scope)
            elif isinstance(statement, ast.For):
                scope.loops[dotted_name(statement.target)] = _elements(statement.iter)
            elif isinstance(statement, ast.Return) and scope.function:
                self._returned[scope.function] = scope.ref(self._program, dotted_name(statement.value))
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
                self._called(module, statement.value, scope)
            for each in ("body", "orelse", "finalbody"):
                self._block(module, getattr(statement, each, []) or [], scope)

    def _assigned(self, module: PythonModule, statement: ast.Assign | ast.AnnAssign, scope: "_Scope") -> None:
        if not isinstance(statement.value, ast.Call):
            return
        where, call = self._making(module, statement.value)
        framework, is_application = _made(call)
        if framework is None:
            return
        given = keyword(call, "url_prefix" if framework == "flask" else "prefix")
        prefix = "" if given is None else self._program.text(where, given)
        for each in statement.targets if isinstance(statement, ast.Assign) else [statement.target]:
            if target := dotted_name(each):
                scope.names.add(target)
                ref = scope.ref(self._program, target)
                self._collectors[ref] = Collector(framework, is_application, prefix)
                self._listed(where, keyword(call, "routes"), ref, scope)

    def _making(self, module: PythonModule, call: ast.Call) -> tuple[PythonModule, ast.Call]:
        """The call that makes a collector: this one, or the one that a function of the program returns."""
        name = dotted_name(call.func)
        found = self._program.find(self._program.absolute(module, name)) if name else None
        if found is not None and isinstance(found[1].node, ast.FunctionDef):
            for each in found[1].node.body:
                if isinstance(each, ast.Return) and isinstance(each.value, ast.Call):
                    return found[0], each.value
        return module, call

    def _listed(self, module: PythonModule, given: ast.expr | None, ref: str, scope: "_Scope") -> None:
        """Starlette's `routes=[Route(...), Mount(...)]`, in place or as a name."""
        if name := dotted_name(given):
            where, rest = self._program.split(self._program.absolute(module, name))
            given = where.constants.get(rest) if where else None
        for each in _elements(given):
            if not isinstance(each, ast.Call):
                continue
            kind, path = (
                dotted_name(each.func).rpartition(".")[2],
                self._program.text(module, argument(each, 0, "path")),
            )
            if kind == "Mount":
                inner = f"{ref}#{path}{each.lineno}"
                mounted = argument(each, 1, "app")
                if mounted is not None and isinstance(mounted, ast.Name | ast.Attribute):
                    self._pending.append((module, ref, ast.Call(ast.Name("mount"), each.args, each.keywords), scope))
                    continue
                self._collectors[inner] = Collector("starlette", False, path)
                self._collectors[ref].children.append((inner, ""))
                self._listed(module, keyword(each, "routes"), inner, scope)
            elif kind in ("Route", "WebSocketRoute", "APIRoute") and path is not None:
                view = self._view(module, argument(each, 1, "endpoint"), scope)
                methods = _methods(keyword(each, "methods"))
                self._collectors[ref].places.append(Place(path, methods, view, module.path, each.lineno))

    def _decorated(self, module: PythonModule, definition: Definition, scope: "_Scope") -> None:
        for call in definition.decorator_list:
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            verb, target = call.func.attr, dotted_name(call.func.value)
            path = self._program.text(module, argument(call, 0, "rule") or keyword(call, "path"))
            collector = self._collectors.get(scope.ref(self._program, target)) if target else None
            if collector is None or path is None:
                continue
            if verb in _VERBS or verb in ("route", "api_route", "websocket", "websocket_route"):
                default = ("GET",) if verb == "route" and collector.framework == "flask" else ()
                methods = (verb.upper(),) if verb in _VERBS else _methods(keyword(call, "methods")) or default
                view = key_of(module, scope.qualname(definition.name))
                collector.places.append(Place(path, methods, view, module.path, call.lineno))

    def _called(self, module: PythonModule, call: ast.Call, scope: "_Scope") -> None:
        if not isinstance(call.func, ast.Attribute):
            return
        what, target = call.func.attr, dotted_name(call.func.value)
        if target and (what in _INCLUDING or what == "mount" or what in _ADDING):
            # Routers may be defined in modules that are read later.
            self._pending.append((module, scope.ref(self._program, target), call, scope.copy()))

    def _joined(self, module: PythonModule, target: str, call: ast.Call, scope: "_Scope") -> None:
        collector = self._collectors.get(target)
        if collector is None:
            return
        what = call.func.attr if isinstance(call.func, ast.Attribute) else "mount"
        if what in _ADDING:
            path = self._program.text(module, argument(call, 0, "rule") or keyword(call, "path"))
            given = keyword(call, "view_func") or keyword(call, "endpoint") or (call.args[-1] if call.args else None)
            view = self._view(module, given, scope)
            if path is not None:
                methods = _methods(keyword(call, "methods"))
                collector.places.append(Place(path, methods, view, module.path, call.lineno))
            return
        given, place = (keyword(call, _INCLUDING[what]), 0) if what in _INCLUDING else (argument(call, 0, "path"), 1)
        prefix = "" if given is None else self._program.text(module, given)
        inner = argument(call, place, {"mount": "app", "include_router": "router"}.get(what, "blueprint"))
        collector.children += [(ref, prefix) for ref in self._refs(module, inner, scope)]

    def _refs(self, module: PythonModule, expression: ast.expr | None, scope: "_Scope") -> Iterator[str]:
        """The collectors that an expression can be: a name, a loop's names, what a function returns."""
        if isinstance(expression, ast.Call):
            made = self._program.absolute(module, dotted_name(expression.func))
            if made in self._returned:
                yield self._returned[made]
            return
        name = dotted_name(expression)
        first, _, rest = name.partition(".")
        for each in scope.loops.get(first, []):
            looped = dotted_name(each)
            yield scope.ref(self._program, f"{looped}.{rest}" if rest else looped)
        if name and first not in scope.loops:
            yield scope.ref(self._program, name)

    def _view(self, module: PythonModule, expression: ast.expr | None, scope: "_Scope") -> str:
        """Key of a view: a function, a class, or `View.as_view()`."""
        if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Attribute):
            expression = expression.func.value
        name = dotted_name(expression)
        local = module.defined.get(scope.qualname(name))
        if local is not None:
            return key_of(module, local.qualname)
        found = self._program.find(self._program.absolute(module, name)) if name else None
        return key_of(found[0], found[1].qualname) if found else f"python:?:{name or '?'}"


@dataclass
class _Scope:
    """A function, class or module while it is read."""

    module: PythonModule
    front: str
    loops: dict[str, list[ast.expr]]
    names: set[str] = field(default_factory=set)
    """Collectors that are local to it."""
    outer: "_Scope | None" = None
    function: str = ""
    """Absolute name of the function, for what it returns."""

    def inside(self, definition: Definition) -> "_Scope":
        is_class = isinstance(definition, ast.ClassDef)
        front = f"{self.qualname(definition.name)}{'.' if is_class else '.<locals>.'}"
        function = "" if is_class else f"{self.module.name}.{self.qualname(definition.name)}"
        return _Scope(self.module, front, dict(self.loops), set(), self, function)

    def copy(self) -> "_Scope":
        return _Scope(self.module, self.front, dict(self.loops), self.names, self.outer, self.function)

    def qualname(self, name: str) -> str:
        return self.front + name

    def ref(self, program: Program, name: str) -> str:
        """What a name stands for: something local, or an absolute name."""
        scope: _Scope | None = self
        while scope is not None and scope.front:
            if name in scope.names:
                return f"{scope.module.name}:{scope.front}{name}"
            scope = scope.outer
        return program.absolute(self.module, name) if name else ""


def _made(call: ast.Call) -> tuple[Framework | None, bool]:
    """Which framework's collector a call makes, and whether it is an application."""
    name = dotted_name(call.func).rpartition(".")[2]
    if name in _APPLICATIONS:
        return _APPLICATIONS[name], True
    return next((framework for end, framework in _COLLECTORS.items() if name.endswith(end)), None), False


def _elements(expression: ast.expr | None) -> list[ast.expr]:
    return list(expression.elts) if isinstance(expression, ast.List | ast.Tuple | ast.Set) else []


def _methods(expression: ast.expr | None) -> tuple[str, ...]:
    values = (each.value for each in _elements(expression) if isinstance(each, ast.Constant))
    return tuple(sorted(str(value).upper() for value in values))


def _sum(one: str | None, other: str | None) -> str | None:
    return None if one is None or other is None else one + other


def _join(framework: Framework, front: str, path: str) -> str:
    if framework == "flask" and front:
        return f"{front.rstrip('/')}/{path.lstrip('/')}" if path else front
    return front + path
