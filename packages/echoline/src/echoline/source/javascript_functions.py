"""How the trees of JavaScript and TypeScript name functions, their kinds and their local names."""

from collections.abc import Iterator

from tree_sitter import Node

from echoline.model.code import CodeKind
from echoline.source.grammars import Shape, text_of

_DECLARED = ("function_declaration", "generator_function_declaration", "class_declaration", "method_definition")
_EXPRESSIONS = ("function_expression", "generator_function", "arrow_function", "class")
_CLASSES = frozenset({"class_declaration", "class", "abstract_class_declaration"})

DEFINITIONS = "[" + " ".join(f"({each})" for each in (*_DECLARED, *_EXPRESSIONS)) + "] @definition"
# Only the grammar of TypeScript knows this one.
TYPESCRIPT_DEFINITIONS = DEFINITIONS + "(abstract_class_declaration) @definition"

SHAPE = Shape(
    definitions=frozenset({*_DECLARED, "abstract_class_declaration", "class"}),
    blocks=frozenset({"statement_block", "class_body", "program", "switch_case", "switch_default"}),
    comments=frozenset({"comment", "html_comment"}),
    transparent=frozenset({"parenthesized_expression", "formal_parameters"}),
)

_BINDING = frozenset({"variable_declarator", "formal_parameters", "arrow_function", "catch_clause", "for_in_statement"})
BINDINGS = "[" + " ".join(f"({each})" for each in sorted(_BINDING)) + "] @binding"
_FIELDS = {"variable_declarator": "name", "arrow_function": "parameter", "catch_clause": "parameter"}


def name(node: Node) -> str | None:
    """Its own name, or that of what it is assigned to; None when the text breaks off before it."""
    own = text_of(node.child_by_field_name("name"))
    if node.type == "method_definition":
        return ".".join([*_owners(node.parent), _property(own)]) if own else None
    if own or node.type in _DECLARED:
        return own or None
    return _given_name(node) or ("default" if _is_default(node) else "<anonymous>")


def kind(node: Node, outer: CodeKind | None) -> CodeKind:
    """What it is, by its words and by what it stands in."""
    if node.type in _CLASSES:
        return "class"
    if node.type == "method_definition":
        is_accessor = any(each.type in ("get", "set") for each in node.children)
        return "property" if is_accessor else "method"
    if name(node) == "<anonymous>":
        return "lambda"
    return "method" if outer == "class" else "function"


def whole(node: Node) -> Node:
    """With `export` and the variable that it is assigned to, when those begin on a line before."""
    parent = node.parent
    while parent is not None and parent.type in ("variable_declarator", "lexical_declaration", "export_statement"):
        node, parent = parent, parent.parent
    return node


def docstring(_node: Node) -> Node | None:
    """Comments document these languages."""
    return None


def bound_names(node: Node) -> Iterator[str]:
    """Names that this very node makes local."""
    if node.type == "formal_parameters":
        for each in node.named_children:
            yield from _names(each)
    elif node.type == "for_in_statement":
        yield from _names(node.child_by_field_name("left"))
    else:
        yield from _names(node.child_by_field_name(_FIELDS[node.type]))


def free_names(_node: Node) -> Iterator[str]:
    """Nothing declares a name to be of outside."""
    return iter(())


def is_variable(node: Node) -> bool:
    """Whether an identifier is a variable; properties have a type of their own."""
    return node.type == "identifier"


def _names(node: Node | None) -> Iterator[str]:
    if node is None:
        return
    if node.type == "identifier":
        yield text_of(node)
    elif node.type in ("required_parameter", "optional_parameter"):
        yield from _names(node.child_by_field_name("pattern"))
    elif node.type in ("assignment_pattern", "object_assignment_pattern"):
        yield from _names(node.child_by_field_name("left"))
    elif node.type == "pair_pattern":
        yield from _names(node.child_by_field_name("value"))
    elif node.type in ("object_pattern", "array_pattern", "rest_pattern"):
        for each in node.named_children:
            yield from _names(each)


def _given_name(node: Node) -> str:
    """What a function expression is called by the place that it is put in."""
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "variable_declarator":
        return text_of(parent.child_by_field_name("name"))
    if parent.type == "assignment_expression":
        return _assigned(text_of(parent.child_by_field_name("left")))
    if parent.type == "pair":
        return ".".join([*_owners(parent.parent), _property(text_of(parent.child_by_field_name("key")))])
    if parent.type in ("field_definition", "public_field_definition"):
        named = parent.child_by_field_name("property") or parent.child_by_field_name("name")
        return _property(text_of(named))
    return ""


def _assigned(target: str) -> str:
    """`module.exports.total` as `total`, `Cart.prototype.total` as `Cart.total`, `module.exports` as `default`."""
    if target in ("module.exports", "exports"):
        return "default"
    for front in ("module.exports.", "exports.", "this."):
        target = target.removeprefix(front)
    short = target.replace(".prototype.", ".")
    return short if all(part.isidentifier() or part.startswith("#") for part in short.split(".")) else ""


def _owners(node: Node | None) -> list[str]:
    """Names of the objects that a function stands in: `api` for `const api = {get() {}}`."""
    owners: list[str] = []
    while node is not None and node.type == "object":
        holder = node.parent
        if holder is None:
            break
        if holder.type == "variable_declarator":
            owners.append(text_of(holder.child_by_field_name("name")))
        elif holder.type == "assignment_expression":
            owners.append(_assigned(text_of(holder.child_by_field_name("left"))))
        if holder.type != "pair":
            break
        owners.append(_property(text_of(holder.child_by_field_name("key"))))
        node = holder.parent
    return [each for each in reversed(owners) if each]


def _property(text: str) -> str:
    return text.strip("\"'`") if not text.startswith("[") else "<computed>"


def _is_default(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "export_statement"
        and any(each.type == "default" for each in parent.children)
    )
