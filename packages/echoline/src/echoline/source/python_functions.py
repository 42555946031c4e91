"""How Python's tree names functions, their kinds and their local names."""

import unicodedata
from collections.abc import Iterator

from tree_sitter import Node

from echoline.model.code import CodeKind
from echoline.source.grammars import Shape, text_of

DEFINITIONS = "[(function_definition) (class_definition) (lambda)] @definition"

SHAPE = Shape(
    definitions=frozenset({"function_definition", "class_definition", "decorated_definition"}),
    blocks=frozenset({"block", "module"}),
    comments=frozenset({"comment", "line_continuation"}),
    transparent=frozenset({"parenthesized_expression"}),
    alike={"expression_list": "tuple", "pattern_list": "tuple", "tuple_pattern": "tuple"},
)

_PROPERTIES = frozenset({"property", "cached_property", "hybrid_property", "setter", "getter", "deleter"})
_BINDING = frozenset(
    {
        "assignment",
        "augmented_assignment",
        "for_statement",
        "for_in_clause",
        "as_pattern_target",
        "named_expression",
        "parameters",
        "lambda_parameters",
        "function_definition",
        "class_definition",
        "case_pattern",
    }
)
BINDINGS = (
    "[" + " ".join(f"({each})" for each in sorted(_BINDING)) + "] @binding "
    "[(global_statement) (nonlocal_statement)] @free"
)
_PARAMETERS = frozenset({"default_parameter", "typed_default_parameter"})
_HOLDING = frozenset(
    {
        "pattern_list",
        "tuple_pattern",
        "list_pattern",
        "list_splat_pattern",
        "dictionary_splat_pattern",
        "typed_parameter",
        "tuple",
        "list",
        "splat_pattern",
        "as_pattern",
        "case_pattern",
        "list_splat",
    }
)


def name(node: Node) -> str | None:
    """Its own name; None when the text breaks off before it."""
    if node.type == "lambda":
        return "<lambda>"
    named = text_of(node.child_by_field_name("name"))
    return unicodedata.normalize("NFKC", named) if named else None


def kind(node: Node, outer: CodeKind | None) -> CodeKind:
    """What it is, by its decorators and by what it stands in."""
    if node.type == "class_definition":
        return "class"
    if node.type == "lambda":
        return "lambda"
    if outer != "class":
        return "function"
    decorators = (each for each in whole(node).children if each.type == "decorator")
    words = {text_of(each).strip("@ \t()").rpartition(".")[2] for each in decorators}
    return "method" if words.isdisjoint(_PROPERTIES) else "property"


def whole(node: Node) -> Node:
    """With its decorators."""
    parent = node.parent
    return parent if parent is not None and parent.type == "decorated_definition" else node


def docstring(node: Node) -> Node | None:
    """The statement that documents a function or class."""
    body = node.child_by_field_name("body")
    first = next((each for each in body.children if each.type not in SHAPE.comments), None) if body else None
    if first is None or first.type != "expression_statement" or first.child_count != 1:
        return None
    return first if first.children[0].type in ("string", "concatenated_string") else None


def bound_names(node: Node) -> Iterator[str]:
    """Names that this very node makes local: parameters, targets, inner functions."""
    if node.type in ("parameters", "lambda_parameters"):
        for each in node.named_children:
            target = each.child_by_field_name("name") if each.type in _PARAMETERS else each
            yield from _names(target)
    elif node.type in ("as_pattern_target", "case_pattern"):
        for each in node.named_children:
            yield from _names(each)
    elif node.type in ("function_definition", "class_definition", "named_expression"):
        yield from _names(node.child_by_field_name("name"))
    else:
        yield from _names(node.child_by_field_name("left"))


def free_names(node: Node) -> Iterator[str]:
    """Names that this very node declares to be of outside."""
    if node.type in ("global_statement", "nonlocal_statement"):
        yield from (text_of(each) for each in node.named_children)


def is_variable(node: Node) -> bool:
    """Whether an identifier is a variable: not an attribute, and not the name of an argument."""
    parent = node.parent
    if node.type != "identifier" or parent is None:
        return False
    if parent.type == "attribute":
        return parent.child_by_field_name("object") == node
    return not (parent.type == "keyword_argument" and parent.child_by_field_name("name") == node)


def _names(node: Node | None) -> Iterator[str]:
    if node is None:
        return
    if node.type == "identifier":
        yield text_of(node)
    elif node.type == "typed_parameter":
        yield from _names(node.named_children[0] if node.named_children else None)
    elif node.type in _HOLDING:
        for each in node.named_children:
            yield from _names(each)
