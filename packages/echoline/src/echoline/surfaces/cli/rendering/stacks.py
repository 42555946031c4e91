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
_INSTRUMENTATION = re.compile(r"/opentelemetry/")
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
    # An instrumentation is never where it came from, only where it was seen.
    known = own or [frame for frame in found if not _INSTRUMENTATION.search(frame.file)]
    return known[-1] if known else None


def abridged(stack: str) -> list[str]:
    """The lines of a Python stack without those of libraries, which are counted; other stacks as they are.

    >>> lib = '  File "/x/site-packages/lib/b.py", line 2, in b\\n    b()\\n'
    >>> abridged(lib * 2 + '  File "/app/a.py", line 1, in a\\n    1 / 0\\nZeroDivisionError')
    ['  ⋮ 2 frames of lib', '  File "/app/a.py", line 1, in a', '    1 / 0', 'ZeroDivisionError']
    """
    lines: list[str] = []
    passed: list[str] = []
    is_library = False
    for line in stack.splitlines():
        match = _PYTHON.match(line)
        if match:
            is_library = _frame(match).is_library
            if is_library:
                passed.append(_package(match["file"]))
        elif not line.startswith("    "):
            is_library = False
        if not is_library:
            lines += [*_told(passed), line]
            passed = []
    return lines + _told(passed)


def _told(passed: Sequence[str]) -> list[str]:
    packages = ", ".join(dict.fromkeys(passed))
    return [f"  ⋮ {len(passed)} {'frame' if len(passed) == 1 else 'frames'} of {packages}"] if passed else []


def _package(file: str) -> str:
    return _ROOT.sub("", file).split("/")[0] if _ROOT.match(file) else "Python"


def _frame(match: re.Match[str]) -> Frame:
    return Frame(match["file"], int(match["line"]), (match["function"] or "(anonymous)").strip())
