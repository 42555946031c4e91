"""A source file with what each of its functions costs beside it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_code import CodeObject
from echoline.surfaces.cli.rendering import styles, units

_WIDTHS = (7, 8, 8, 6)
_TITLES = ("calls", "p95", "own p95", "errors")
_SEPARATOR = " │ "
# From this share of the file's own time on a function stands out.
_HOT = 0.2


@dataclass(frozen=True)
class SourceFile:
    """The lines of a file, and the code objects by the line that they begin on, numbered from 1."""

    lines: Sequence[str]
    costs: Mapping[int, Sequence[CodeObject]]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws it line by line, cut at the width."""
        whole = sum(each.self_sum_ns for found in self.costs.values() for each in found)
        digits = len(str(len(self.lines)))
        yield Text(f"{_columns(_TITLES)}{_SEPARATOR}{' ' * digits}", style=styles.QUIET)
        for number, line in enumerate(self.lines, 1):
            found = self.costs.get(number, ())
            text = _gutter(found, whole)
            text.append(f"{_SEPARATOR}{number:>{digits}} ", style=styles.QUIET)
            text.append(line.expandtabs(4), style="bold" if found else "")
            text.truncate(options.max_width, overflow="ellipsis")
            yield text


def placed(
    found: Sequence[CodeObject], starts: Mapping[str, int], lines: int
) -> tuple[dict[int, list[CodeObject]], list[CodeObject]]:
    """Code objects by the line of their function in this file, by its name; those that are not in it any more apart.

    `starts` has the line of each qualified name; without any, the lines are those that telemetry told.
    """
    by_line: dict[int, list[CodeObject]] = {}
    gone = []
    for each in found:
        line = starts.get(each.qualname) if starts else each.line
        if line is None or not 1 <= line <= lines:
            gone.append(each)
        else:
            by_line.setdefault(line, []).append(each)
    return by_line, gone


def _gutter(found: Sequence[CodeObject], whole_ns: int) -> Text:
    if not found:
        return Text(" " * len(_columns(_TITLES)))
    calls, errors = sum(each.calls for each in found), sum(each.errors for each in found)
    own_ns = sum(each.self_sum_ns for each in found)
    cells = (
        units.count(calls),
        units.duration(max(each.p95_ns for each in found)),
        units.duration(max(each.self_p95_ns for each in found)),
        units.share(errors, calls),
    )
    text = Text(_columns(cells), style=styles.WARN if own_ns > _HOT * max(whole_ns, 1) else styles.GOOD)
    if errors:
        text.stylize(styles.ERROR, len(text) - _WIDTHS[-1])
    return text


def _columns(cells: Sequence[str]) -> str:
    return " ".join(_padded(cells))


def _padded(cells: Sequence[str]) -> Iterator[str]:
    for cell, width in zip(cells, _WIDTHS, strict=True):
        yield f"{cell:>{width}}"
