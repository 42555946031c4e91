"""Stack traces: where in the program itself an error came from."""

import re
from collections.abc import Sequence

from echoline.conventions.stack_traces import Frame, frames, raised

_ROOT = re.compile(r".*(?:site-packages|dist-packages|node_modules)/")


def innermost(stack: str) -> str:
    """The call that raised it, by file, line and function; empty when the stack has none that can be read.

    >>> innermost('File "/app/a.py", line 1, in a\\nFile "/x/site-packages/lib/b.py", line 2, in b')
    '/app/a.py:1 in a'
    """
    found = raised(stack)
    return placed(found.file, found.line, found.function) if found else ""


def placed(file: str, line: int, function: str) -> str:
    """Where a call is, in one text; the path of an installed package begins with its name.

    >>> placed("/x/site-packages/lib/b.py", 2, "b"), placed("", 0, "java.lang.Thread.run")
    ('lib/b.py:2 in b', 'java.lang.Thread.run')
    """
    place = f"{_ROOT.sub('', file)}:{line}" if line else _ROOT.sub("", file)
    return f"{place} in {function}" if place else function


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
        frame = _python(line)
        if frame:
            is_library = frame.is_library
            if is_library:
                passed.append(_package(frame.file))
        elif not line.startswith("    "):
            is_library = False
        if not is_library:
            lines += [*_passed(passed), line]
            passed = []
    return lines + _passed(passed)


def _python(line: str) -> Frame | None:
    found = frames(line)
    return found[0] if found and found[0].language == "python" else None


def _passed(passed: Sequence[str]) -> list[str]:
    packages = ", ".join(dict.fromkeys(passed))
    return [f"  ⋮ {len(passed)} {'frame' if len(passed) == 1 else 'frames'} of {packages}"] if passed else []


def _package(file: str) -> str:
    return _ROOT.sub("", file).split("/")[0] if _ROOT.match(file) else "Python"
