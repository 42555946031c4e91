"""Finds the file that a running program means by a path of its own machine, and the function in it."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from echoline.model.code import CodeObject

# Installed packages of others: a file of ours is there only with its whole module path.
_INSTALLED = re.compile(r"/(?:site-packages|dist-packages|node_modules|lib/python\d[\d.]*)/")


class Files:
    """Files of a repository by their endings. Each comes with the root that its module is imported from."""

    def __init__(self, roots: Mapping[str, str]) -> None:
        self._roots = roots
        self._by_name = defaultdict[str, list[str]](list)
        for path in roots:
            self._by_name[path.rpartition("/")[2]].append(path)

    def find(self, path: str) -> str | None:
        """The file with the longest equal ending; None when two have it, or when too little of it is equal.

        What is equal must hold all of the module: `/app/shop/cart.py` is `src/shop/cart.py`, `/x/cart.py` is not.
        """
        parts = PurePosixPath(path.replace("\\", "/")).parts
        if not parts:
            return None
        best: list[str] = []
        longest = 0
        for each in self._by_name.get(parts[-1], ()):
            common = _common(parts, each.split("/"))
            if common < self._least(each, path) or common < longest:
                continue
            best = [each] if common > longest else [*best, each]
            longest = common
        return best[0] if len(best) == 1 else None

    def _least(self, file: str, path: str) -> int:
        inner = file[len(self._roots[file]) :].strip("/").count("/") + 1
        installed = _INSTALLED.search(path)
        # `site-packages/utils.py` of somebody else would be any `utils.py` of ours.
        return inner if not installed or inner > 1 else len(PurePosixPath(file).parts) + 1


def named(objects: Sequence[CodeObject], module: str, function: str, line: int) -> CodeObject | None:
    """The one of a file's code objects that is called so; the innermost at the line where no name helps."""
    name = function.removeprefix(f"{module}.").replace(":", ".")
    fitting = [each for each in objects if each.qualname == name] or [
        each for each in objects if name and _ends_with(each.qualname, name)
    ]
    at_line = [each for each in fitting if each.first_line <= line <= each.last_line]
    if len({each.key for each in fitting}) == 1:
        return (at_line or fitting)[0]
    if fitting or not name or name == "<module>":
        inside = at_line or ([] if name else [each for each in objects if each.first_line <= line <= each.last_line])
        return min(inside, key=lambda each: each.last_line - each.first_line, default=None)
    return None


def _ends_with(qualname: str, name: str) -> bool:
    """Whether a name says the end of a qualified one, as interpreters before 3.11 and stack traces do."""
    return qualname.endswith(f".{name}") or name.endswith(f".{qualname}")


def _common(parts: Sequence[str], file: Sequence[str]) -> int:
    count = 0
    while count < min(len(parts), len(file)) and parts[-1 - count] == file[-1 - count]:
        count += 1
    return count
