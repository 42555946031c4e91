"""Stack traces: where in the program itself an error came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PYTHON = re.compile(r'^\s*File "(?P<file>[^"]+)", line (?P<line>\d+), in (?P<function>.+)$', re.MULTILINE)
_JAVA = re.compile(r"^\s*at (?P<function>[\w.$<>]+)\((?P<file>[\w.$]+):(?P<line>\d+)\)$", re.MULTILINE)
_JAVASCRIPT = re.compile(
    r"^\s*at (?:(?P<function>[^\s(][^(]*) \()?(?P<file>(?:file://|node:|/|\w:\\)[^):]*):(?P<line>\d+):\d+\)?$",
    re.MULTILINE,
)
_LIBRARY = re.compile(r"site-packages|dist-packages|/lib/python\d|node_modules|^node:|^<frozen")
_ROOT = re.compile(r".*(?:site-packages|dist-packages|node_modules)/|^file://")


@dataclass(frozen=True)
class Frame:
    """One line of a stack."""

    file: str
    line: int
    function: str

    @property
    def is_library(self) -> bool:
        return bool(_LIBRARY.search(self.file))

    def __str__(self) -> str:
        return f"{_ROOT.sub('', self.file)}:{self.line} in {self.function}"


def frames(stack: str) -> Sequence[Frame]:
    """The frames of a Python, Java or JavaScript stack, outermost first; empty for others. Of chained exceptions all.

    >>> [str(each) for each in frames('Traceback:\\n  File "/app/shop/cart.py", line 9, in total\\n    return 1 / 0')]
    ['/app/shop/cart.py:9 in total']
    >>> [
    ...     each.function
    ...     for each in frames("Error: x\\n    at total (/app/cart.js:9:3)\\n    at main (/app/main.js:1:1)")
    ... ]
    ['main', 'total']
    """
    found = [_frame(match) for match in _PYTHON.finditer(stack)]
    if found:
        return found
    return [_frame(match) for pattern in (_JAVA, _JAVASCRIPT) for match in pattern.finditer(stack)][::-1]


def innermost(stack: str) -> Frame | None:
    """The deepest frame of the program's own code, else of any; None when there are none.

    >>> str(innermost('File "/app/a.py", line 1, in a\\nFile "/x/site-packages/lib/b.py", line 2, in b'))
    '/app/a.py:1 in a'
    """
    found = frames(stack)
    own = [frame for frame in found if not frame.is_library]
    return own[-1] if own else found[-1] if found else None


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match["file"], int(match["line"]), (match["function"] or "(anonymous)").strip())
