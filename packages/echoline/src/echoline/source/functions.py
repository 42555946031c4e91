"""Finds the functions, methods and classes of a text, also of one that does not parse."""

from collections.abc import Sequence

from tree_sitter import Node, QueryCursor

from echoline.model.code import CodeKind, FunctionSpan
from echoline.source import javascript_functions, python_functions
from echoline.source.grammars import Variant, parse, query


def functions(source: bytes, variant: Variant) -> list[FunctionSpan]:
    """All code objects of a text in the order of their first lines; an outer one comes before its inner ones."""
    return [span for span, _ in spans_and_nodes(source, variant)]


def spans_and_nodes(source: bytes, variant: Variant) -> list[tuple[FunctionSpan, Node]]:
    """The same, each with its node in the tree, decorators included."""
    language = python_functions if variant == "python" else javascript_functions
    wanted = language.DEFINITIONS
    if variant in ("typescript", "tsx"):
        wanted = javascript_functions.TYPESCRIPT_DEFINITIONS
    tree = parse(source, variant)
    found = QueryCursor(query(variant, wanted)).captures(tree.root_node).get("definition", [])
    spans: list[tuple[FunctionSpan, Node]] = []
    around: list[_Open] = []
    for node in sorted(found, key=lambda each: (each.start_byte, -each.end_byte)):
        while around and not around[-1].holds(node):
            around.pop()
        outer = _scope(around, node)
        name = language.name(node)
        if name is None:
            continue
        kind = language.kind(node, outer.kind if outer else None)
        qualname = _qualified(outer, name)
        whole = language.whole(node)
        spans.append((_span(qualname, kind, node, whole), whole))
        around.append(_Open(node, qualname, kind))
    return spans


class _Open:
    """A definition that others may lie in."""

    def __init__(self, node: Node, qualname: str, kind: CodeKind) -> None:
        self.qualname, self.kind = qualname, kind
        body = node.child_by_field_name("body")
        self._end, self._body = node.end_byte, body.start_byte if body is not None else node.start_byte

    def holds(self, node: Node) -> bool:
        return node.start_byte < self._end

    def has_in_body(self, node: Node) -> bool:
        """What stands in parameters, bases or decorators belongs to the scope outside."""
        return node.start_byte >= self._body


def _scope(around: Sequence[_Open], node: Node) -> _Open | None:
    return next((each for each in reversed(around) if each.has_in_body(node)), None)


def _qualified(outer: _Open | None, name: str) -> str:
    if outer is None:
        return name
    return f"{outer.qualname}.{name}" if outer.kind == "class" else f"{outer.qualname}.<locals>.{name}"


def _span(qualname: str, kind: CodeKind, node: Node, whole: Node) -> FunctionSpan:
    named = node.child_by_field_name("name") or node
    return FunctionSpan(
        qualname=qualname,
        kind=kind,
        first_line=whole.start_point.row + 1,
        def_line=named.start_point.row + 1,
        last_line=_last_row(node) + 1,
    )


def _last_row(node: Node) -> int:
    # A node can end at the start of the line behind it.
    end = node.end_point
    return end.row - 1 if end.column == 0 and end.row > node.start_point.row else end.row
