"""Which language a file is written in, and what its grammar calls functions, blocks and names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Literal

import tree_sitter_javascript
import tree_sitter_python
import tree_sitter_typescript
from tree_sitter import Language as Grammar
from tree_sitter import Node, Parser, Query, Tree

from echoline.model.code import Language

Variant = Literal["python", "javascript", "typescript", "tsx"]

_VARIANTS: Mapping[str, Variant] = {
    ".py": "python",
    ".js": "javascript",
    ".jsx": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
}
_LANGUAGES: Mapping[Variant, Language] = {
    "python": "python",
    "javascript": "javascript",
    # Programs do not tell the two apart: TypeScript runs as JavaScript.
    "typescript": "javascript",
    "tsx": "javascript",
}
_POINTERS: Mapping[Variant, Callable[[], object]] = {
    "python": tree_sitter_python.language,
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
# What others wrote, or a machine did.
_FOREIGN_FOLDERS = frozenset({"node_modules", "site-packages", "bower_components", ".git", ".venv", "venv"})
_FOREIGN_ENDINGS = (".min.js", ".d.ts", ".bundle.js")


@dataclass(frozen=True)
class Shape:
    """The names of a grammar's nodes, as far as we care."""

    definitions: frozenset[str]
    """Functions, methods, classes."""
    blocks: frozenset[str]
    """Whose children are statements."""
    comments: frozenset[str]
    transparent: frozenset[str]
    """Nodes that formatting adds and takes away."""
    alike: Mapping[str, str] = field(default_factory=dict)
    """Nodes that mean the same as another one."""


def variant_of(path: str) -> Variant | None:
    """The grammar for a file; None for what is no code that we read, or is not of this repository."""
    pure = PurePosixPath(path)
    if path.endswith(_FOREIGN_ENDINGS) or not _FOREIGN_FOLDERS.isdisjoint(pure.parts[:-1]):
        return None
    return _VARIANTS.get(pure.suffix.lower())


def language_of(variant: Variant) -> Language:
    """The language that keys say."""
    return _LANGUAGES[variant]


@lru_cache
def grammar(variant: Variant) -> Grammar:
    """The compiled grammar."""
    return Grammar(_POINTERS[variant]())


@lru_cache
def query(variant: Variant, text: str) -> Query:
    """A compiled search in a tree."""
    return Query(grammar(variant), text)


def parse(source: bytes, variant: Variant) -> Tree:
    """The tree of a text; what is no code of the language becomes ERROR nodes. A parser is not shared by threads."""
    return Parser(grammar(variant)).parse(source)


def text_of(node: Node | None) -> str:
    """The source of a node; "" for none."""
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""
