"""Routes of Django: the lists `urlpatterns`, put into each other by `include`."""

import ast
from collections.abc import Iterator

from echoline.conventions.routes import route
from echoline.model.code import RouteView
from echoline.source.program import Program, PythonModule, argument, dotted_name, key_of

_PATHS = frozenset({"path", "re_path", "url"})
_DEEPEST = 12
_LANGUAGE = "<str:language>/"
"""What `i18n_patterns` puts before a route: the language of the request."""


def routes(program: Program) -> Iterator[RouteView]:
    """From the root of each project: what ROOT_URLCONF names, else the lists that no other one includes."""
    reading = _Reading(program)
    lists = [module for module in program.modules.values() if reading.entries(module)]
    included = {name for module in lists for name in reading.included(module)}
    roots = {program.text(module, module.constants.get("ROOT_URLCONF")) for module in program.modules.values()}
    named = [module for module in lists if module.name in roots]
    free = [module for module in lists if module.name not in included]
    seen = set[str]()
    for module in named or free:
        yield from reading.expanded(module, "", seen, is_attached=True)
    for module in lists:
        if module.name not in seen:
            yield from reading.expanded(module, "", seen, is_attached=False)


class _Reading:
    def __init__(self, program: Program) -> None:
        self._program = program

    def entries(self, module: PythonModule) -> list[tuple[str, ast.Call]]:
        """The entries of its `urlpatterns`, each with what stands before it."""
        found: list[tuple[str, ast.Call]] = []
        for statement in ast.walk(module.tree):
            if isinstance(statement, ast.Assign):
                names, value = {dotted_name(target) for target in statement.targets}, statement.value
            elif isinstance(statement, ast.AugAssign | ast.AnnAssign) and statement.value is not None:
                names, value = {dotted_name(statement.target)}, statement.value
            else:
                continue
            if "urlpatterns" in names:
                found += self._listed(module, value, "")
        return found

    def included(self, module: PythonModule) -> Iterator[str]:
        """Names of the modules that it includes."""
        for _, call in self.entries(module):
            target = argument(call, 1, "view")
            if isinstance(target, ast.Call) and dotted_name(target.func).endswith("include"):
                name = self._included(module, target)
                if name:
                    yield name

    def expanded(
        self, module: PythonModule, front: str, seen: set[str], *, is_attached: bool, depth: int = 0
    ) -> Iterator[RouteView]:
        """All routes of a list and of those in it."""
        seen.add(module.name)
        yield from self._views(module, self.entries(module), front, seen, is_attached, depth)

    def _views(
        self, module: PythonModule, entries: list[tuple[str, ast.Call]], front: str, seen: set[str], is_attached: bool,
        depth: int,
    ) -> Iterator[RouteView]:  # fmt: skip
        for before, call in entries:
            text = self._program.text(module, argument(call, 0, "route"))
            target = argument(call, 1, "view")
            whole = f"{front}{before}{text or ''}"
            is_known = is_attached and text is not None
            if not (isinstance(target, ast.Call) and dotted_name(target.func).endswith("include")):
                view = self._view(module, target)
                yield RouteView(
                    "django", (), route(f"/{whole.removeprefix('^')}"), view, module.path, call.lineno, is_known
                )
                continue
            inner = self._program.modules.get(self._included(module, target))
            if depth > _DEEPEST:
                continue
            if inner is not None:
                yield from self.expanded(inner, whole, seen, is_attached=is_known, depth=depth + 1)
            else:
                listed = self._listed(module, _patterns(target), "")
                yield from self._views(module, listed, whole, seen, is_known, depth + 1)

    def _listed(self, module: PythonModule, value: ast.expr | None, front: str) -> list[tuple[str, ast.Call]]:
        """Calls of `path` and the like in a list, a sum of lists, a name for one, or `i18n_patterns`."""
        if isinstance(value, ast.List | ast.Tuple):
            calls = [each for each in value.elts if isinstance(each, ast.Call)]
            return [(front, each) for each in calls if dotted_name(each.func).rpartition(".")[2] in _PATHS]
        if isinstance(value, ast.BinOp):
            return self._listed(module, value.left, front) + self._listed(module, value.right, front)
        if isinstance(value, ast.Call) and dotted_name(value.func).endswith("i18n_patterns"):
            return self._listed(module, ast.List(value.args), front + _LANGUAGE)
        name = dotted_name(value)
        if name and name != "urlpatterns" and (stored := module.constants.get(name)) is not None:
            return self._listed(module, stored, front)
        return []

    def _included(self, module: PythonModule, call: ast.Call) -> str:
        """The module that `include` names, by text or as an object; "" for a list."""
        given = call.args[0] if call.args else None
        if isinstance(given, ast.Tuple) and given.elts:
            given = given.elts[0]
        text = self._program.text(module, given)
        if text is not None:
            return text
        name = dotted_name(given)
        dotted = self._program.absolute(module, name) if name else ""
        return dotted if dotted in self._program.modules else ""

    def _view(self, module: PythonModule, target: ast.expr | None) -> str:
        """Key of a view: a function, also behind decorators, a class behind `as_view`, a dotted text."""
        while isinstance(target, ast.Call):
            is_made = isinstance(target.func, ast.Attribute) and target.func.attr == "as_view"
            target = (
                target.func.value
                if is_made and isinstance(target.func, ast.Attribute)
                else next(iter(target.args), None)
            )
        name = self._program.text(module, target) or dotted_name(target)
        is_text = isinstance(target, ast.Constant)
        found = self._program.find(name if is_text else self._program.absolute(module, name)) if name else None
        return key_of(found[0], found[1].qualname) if found else f"python:?:{name or '?'}"


def _patterns(call: ast.Call) -> ast.expr | None:
    given = call.args[0] if call.args else None
    return (
        given.elts[0]
        if isinstance(given, ast.Tuple) and given.elts and isinstance(given.elts[0], ast.List | ast.Name)
        else given
    )
