"""What stays of a function when it is formatted, commented, renamed or moved."""

import re
from collections.abc import Sequence

import xxhash
from tree_sitter import Node, QueryCursor

from echoline.model.code import Fingerprint, FunctionSpan
from echoline.source import javascript_functions, python_functions
from echoline.source.functions import spans_and_nodes
from echoline.source.grammars import Shape, Variant, query, text_of

_OWN = "<own name>"
_LOCAL = "<local>"
# Formatters add, drop and move these; what they group is told by the nodes around them.
_PUNCTUATION = frozenset(",;()[]{}:\"'`")
_NUMBERS = frozenset({"integer", "float", "number"})
_QUOTED = re.compile(r"\\(['\"])")


def fingerprints(source: bytes, variant: Variant) -> list[tuple[FunctionSpan, Fingerprint]]:
    """All code objects of a text with their fingerprints, in the order of `functions`."""
    return [(span, fingerprint(node, variant, span)) for span, node in spans_and_nodes(source, variant)]


def fingerprint(node: Node, variant: Variant, span: FunctionSpan) -> Fingerprint:
    """Of one definition, decorators included. That of a class leaves its methods out: they have their own."""
    return _Reader(node, variant, span).fingerprint()


class _Reader:
    """Turns a tree into tokens; a loop with a stack of its own, because code can be nested deeper than Python goes."""

    def __init__(self, node: Node, variant: Variant, span: FunctionSpan) -> None:
        self._node, self._is_class = node, span.kind == "class"
        self._language = python_functions if variant == "python" else javascript_functions
        self._shape: Shape = self._language.SHAPE
        self._name = span.qualname.rpartition(".")[2]
        self._locals = self._local_names(variant)
        self._statements: list[list[str]] = [[]]
        self._shapes: list[str] = []
        self._bodies: list[str] = []
        self._places: dict[str, str] = {}

    def fingerprint(self) -> Fingerprint:
        # A place on the stack is a node below one of a type, a word to write, or None for the end of a statement.
        stack: list[tuple[Node, str] | str | None] = [(self._node, "")]
        depths: list[list[str]] = []
        current = self._statements[0]
        while stack:
            top = stack.pop()
            if top is None:
                current = depths.pop()
            elif isinstance(top, str):
                self._write(current, top, top, top)
            elif not self._is_left_out(*top):
                node, above = top
                if above in self._shape.blocks and node.is_named:
                    depths.append(current)
                    current = []
                    self._statements.append(current)
                    stack.append(None)
                self._read(stack, current, node)
        return self._finished()

    def _read(self, stack: list[tuple[Node, str] | str | None], current: list[str], node: Node) -> None:
        kind, children = node.type, node.children
        if not children or kind == "string_content":
            self._leaf(current, node, kind)
            return
        if kind not in self._shape.transparent and node.is_named:
            mark = f"<{self._shape.alike.get(kind, kind)}"
            self._write(current, mark, mark, mark)
            stack.append(">")
        stack.extend([(child, kind) for child in reversed(children)])

    def _is_left_out(self, node: Node, above: str) -> bool:
        kind = node.type
        if kind in _PUNCTUATION or kind in self._shape.comments:
            return True
        if self._is_class and above in self._shape.blocks and kind in self._shape.definitions:
            return True
        if kind == "expression_statement" and above == "block":
            holder = node.parent.parent if node.parent is not None else None
            return holder is not None and self._language.docstring(holder) == node
        return kind == "argument_list" and above == "class_definition" and node.named_child_count == 0

    def _leaf(self, current: list[str], node: Node, kind: str) -> None:
        text = kind if not node.is_named else text_of(node)
        if kind.endswith("identifier"):
            self._identifier(current, node, text)
            return
        if kind == "string_start":
            text = "“" + text_of(node).rstrip("\"'").lower().replace("u", "")
        elif kind in ("string_content", "string_fragment"):
            text = _QUOTED.sub(r"\1", text)
        elif kind in _NUMBERS:
            text = text.lower()
        elif kind == "string_end":
            text = "”"
        self._write(current, text, text, text)

    def _identifier(self, current: list[str], node: Node, text: str) -> None:
        if text == self._name and self._names_itself(node):
            self._write(current, _OWN, _OWN, _OWN)
        elif text in self._locals and self._language.is_variable(node):
            place = self._places.setdefault(text, f"%{len(self._places)}")
            self._write(current, text, place, _LOCAL)
        else:
            self._write(current, text, text, text)

    def _names_itself(self, node: Node) -> bool:
        """Its definition, a recursive call, or one through `self`, `cls` or `this`."""
        if node.type == "identifier" and self._language.is_variable(node):
            return True
        holder = node.parent.child_by_field_name("object") if node.parent is not None else None
        return holder is None or text_of(holder) in ("self", "cls", "this")

    def _write(self, current: list[str], body: str, shape: str, statement: str) -> None:
        self._bodies.append(body)
        self._shapes.append(shape)
        current.append(statement)

    def _local_names(self, variant: Variant) -> frozenset[str]:
        found = QueryCursor(query(variant, self._language.BINDINGS)).captures(self._node)
        bound = {name for node in found.get("binding", ()) for name in self._language.bound_names(node)}
        free = {name for node in found.get("free", ()) for name in self._language.free_names(node)}
        return frozenset(bound - free)

    def _finished(self) -> Fingerprint:
        statements = (_digest(each)[:10] for each in self._statements if each)
        tokens = sum(not each.startswith("<") and each != ">" for each in self._bodies)
        return Fingerprint(_digest(self._bodies), _digest(self._shapes), tuple(statements), tokens)


def _digest(tokens: Sequence[str]) -> str:
    return xxhash.xxh3_128_hexdigest("\0".join(tokens).encode("utf-8", "replace"))[:24]
