"""Says which module a file is, by the folders that modules are imported from."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from echoline.source.grammars import language_of, variant_of

_INIT = "__init__.py"


class Modules:
    """Names of modules by file, for one set of files.

    A configured package root wins, the longest one. Else Python's own mark does: the module starts at the highest
    folder of an unbroken row with `__init__.py`. Else it starts at `src`, or at the root of the repository.
    """

    def __init__(self, files: Iterable[str], roots: Sequence[str] = ()) -> None:
        self._files = files
        self._roots = sorted((root.strip("/") for root in roots), key=len, reverse=True)

    def module(self, path: str) -> str:
        """`src/shop/cart.py` as `shop.cart`; for JavaScript and TypeScript the path without its ending."""
        return self.split(path)[1]

    def split(self, path: str) -> tuple[str, str]:
        """The root that the module is imported from, and its name."""
        variant = variant_of(path)
        is_python = variant is not None and language_of(variant) == "python"
        root = self._root(path, is_python)
        inner = path[len(root) + 1 :] if root else path
        if not is_python:
            return root, str(PurePosixPath(inner).with_suffix(""))
        parts = inner.removesuffix(".py").split("/")
        if parts[-1] == "__init__" and len(parts) > 1:
            parts.pop()
        return root, ".".join(parts)

    def _root(self, path: str, is_python: bool) -> str:
        for root in self._roots:
            if root in ("", ".") or path.startswith(root + "/"):
                return "" if root == "." else root
        if not is_python:
            return ""
        folder = path.rpartition("/")[0]
        if folder not in self._packages:
            first, _, rest = path.partition("/src/")
            if path.startswith("src/"):
                return "src"
            return f"{first}/src" if rest else ""
        while folder in self._packages:
            folder = folder.rpartition("/")[0]
        return folder

    @cached_property
    def _packages(self) -> frozenset[str]:
        return frozenset(path[: -len(_INIT) - 1] for path in self._files if path.endswith("/" + _INIT))
