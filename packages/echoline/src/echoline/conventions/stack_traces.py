"""Reads stack traces of Python, Java and JavaScript as text: their frames, and the function that raised.

What stands in a trace is what the language prints; a name is as long as it says: Python has no class in it, Java has
package and class. A line of another form is no frame, and is passed over.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Language = Literal["python", "java", "javascript"]

# Longer lines are texts of messages. The patterns look at each character a bounded number of times.
_LONGEST = 2_000
# A frame of an exception inside a group stands behind bars.
_PYTHON = re.compile(r'[ |]*File "(?P<file>[^"]+)", line (?P<line>\d{1,9})(?:, in (?P<function>.+))?')
_JAVA = re.compile(
    r"\s*at (?:[\w.@-]*/{1,2}){0,2}(?P<function>[\w.$]+\.[\w$<>-]+)"
    r"\((?:(?P<file>[\w$-]+\.\w+)(?::(?P<line>\d{1,9}))?|Native Method|Unknown Source)\)(?: ~?\[.*\])?\s*"
)
_V8 = re.compile(
    r"\s*at (?:(?P<function>(?:async |new )*[^\s()]+(?: \[as [^\]]+\])?) \()?(?:async )?"
    r"(?P<file>(?:[a-z][\w+.-]*:|/|[A-Za-z]:[\\/]|<)[^()]*?):(?P<line>\d{1,9})(?::\d{1,9})?\)?\s*"
)
_GECKO = re.compile(
    r"(?P<function>[\w$.<>/*\[\] ]{0,200})@(?P<file>[a-z][\w+.-]*:/{1,3}[^\s@]+?):(?P<line>\d{1,9}):\d{1,9}\s*"
)
_LIBRARIES = {
    "python": re.compile(r"(?:site|dist)-packages[/\\]|[/\\]lib(?:64)?[/\\]python\d[\d.]*[/\\]|^<frozen "),
    "javascript": re.compile(r"[/\\]node_modules[/\\]|^node:|^internal/|^<anonymous>"),
    # By the name of the class: a trace says no path.
    "java": re.compile(
        r"(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|groovy|clojure|org\.springframework|org\.apache"
        r"|org\.eclipse|org\.hibernate|org\.jboss|org\.postgresql|com\.mysql|com\.zaxxer|com\.fasterxml|com\.google"
        r"|io\.netty|io\.micrometer|io\.opentelemetry|io\.quarkus|io\.vertx|reactor|okhttp3|org\.junit|net\.bytebuddy)\."
    ),
}
_INSTRUMENTATION = re.compile(r"[/\\]opentelemetry[/\\]|[/\\]@opentelemetry[/\\]")
_ASIDE = re.compile(r"^(?:async |new )+| \[as [^\]]+\]$")
_BLOCK = "Traceback (most recent call last):"
_GROUP = re.compile(r"^ *\+-\+-", re.MULTILINE)


@dataclass(frozen=True)
class Frame:
    """One call of a stack trace."""

    language: Language
    function: str
    file: str
    line: int
    """0 when the trace does not say."""
    is_library: bool
    """Part of the language or of a package that was installed, as far as its place tells."""

    @property
    def is_instrumentation(self) -> bool:
        """It watched the call, and is never where an error came from."""
        return bool(_INSTRUMENTATION.search(self.file)) or self.function.startswith("io.opentelemetry.")


def frames(stack: str) -> tuple[Frame, ...]:
    """All frames, outermost first; of chained exceptions those of all. Nothing for other texts.

    >>> [f"{each.file}:{each.line} {each.function}" for each in frames('  File "/app/cart.py", line 9, in total')]
    ['/app/cart.py:9 total']
    >>> [each.function for each in frames("Error: x\\n    at total (/app/cart.js:9:3)\\n    at /app/main.js:1:1")]
    ['(anonymous)', 'total']
    """
    found = tuple(_frames(stack))
    return found if not found or found[0].language == "python" else found[::-1]


def raised(stack: str) -> Frame | None:
    """Where the error came from: the innermost call of the program's own code, else of a library that it uses.

    Of chained exceptions the one that was told in the end counts first. None when there is no frame.
    """
    several = [found for part in _told(stack) if (found := frames(part))]
    for part in several:
        own = [frame for frame in part if not frame.is_library]
        if own:
            return own[-1]
    foreign = [frame for part in several for frame in reversed(part) if not frame.is_instrumentation]
    return foreign[0] if foreign else None


def _told(stack: str) -> list[str]:
    """The exception that was told, then its causes: Python prints them before it, the others behind."""
    if _BLOCK in stack or '  File "' in stack:
        outside = _GROUP.split(stack, maxsplit=1)
        blocks = outside[0].split(_BLOCK)[::-1]
        return [*blocks, *outside[1:]]
    return re.split(r"^\s*(?:Caused by: |\[?cause\]?: )", stack, flags=re.MULTILINE)


def _frames(stack: str) -> Iterator[Frame]:
    """In the order of the text."""
    for text in stack.splitlines():
        if len(text) > _LONGEST:
            continue
        if 'File "' in text:
            if match := _PYTHON.fullmatch(text.rstrip()):
                yield _frame("python", match)
        elif match := _JAVA.fullmatch(text):
            yield _frame("java", match)
        elif match := _V8.fullmatch(text) or _GECKO.fullmatch(text):
            yield _frame("javascript", match)


def _frame(language: Language, match: re.Match[str]) -> Frame:
    file, function = match["file"] or "", _ASIDE.sub("", match["function"] or "").strip()
    library = _LIBRARIES[language].search if language != "java" else _LIBRARIES[language].match
    file = re.sub(r"^file:/{2}(?=/)", "", file)
    is_library = bool(library(function if language == "java" else file))
    unnamed = "<module>" if language == "python" else "(anonymous)"
    return Frame(language, function or unnamed, file, int(match["line"] or 0), is_library)
