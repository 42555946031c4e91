"""Groups of errors, each as a block: what, how often, where from, and the way to a trace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.text import Text

from echoline.model.answers import ErrorGroup
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.stacks import abridged, innermost

Stack = Literal["none", "own", "whole"]
_TOLD_BY = {"span": "span", "log": "log record"}


def error_blocks(groups: Sequence[ErrorGroup], now_ns: int, stack: Stack = "none") -> Group:
    """All groups, with an empty line between them."""
    blocks = [ErrorBlock(group, now_ns, stack) for group in groups]
    return Group(*[part for block in blocks for part in (block, Text())][:-1])


@dataclass(frozen=True)
class ErrorBlock:
    """One group. `stack` says how much of the newest stack is printed: nothing but the line of the program that it came
    from, the program's own frames, or all of it."""

    group: ErrorGroup
    now_ns: int
    stack: Stack = "none"

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Three or four lines, then the stack."""
        group = self.group
        # A type that is a number is an HTTP status: instrumentations have nothing else to say.
        kind = f"HTTP {group.type}" if group.type.isdecimal() else group.type
        said = ": ".join(filter(None, (kind, names.first_line(group.message)))) or "an error without words"
        times = f"×{units.count(group.count)}  "
        head = Text.assemble((times, f"bold {styles.WARN}"), (said, styles.ERROR))
        head.truncate(options.max_width, overflow="ellipsis")
        yield head
        indent = " " * len(times)
        place = Text.assemble(
            indent, (group.service, styles.service(group.service)), names.environment(group.environment)
        )
        if group.operation:
            place = Text.assemble(place, "  ", names.operation(group.kind, group.operation))
        # One bug is often told by both: without this it looks like two.
        place.append(f"  from {group.source}s", styles.QUIET)
        place.truncate(options.max_width, overflow="ellipsis")
        yield place
        if frame := innermost(group.stack):
            yield Text(f"{indent}at {frame}")
        yield Text(indent + self._facts(), style=styles.QUIET)
        for line in self._stack():
            yield Text(f"{indent}│ {line}", style=styles.QUIET, no_wrap=True, overflow="ellipsis")

    def _stack(self) -> Sequence[str]:
        if self.stack == "none":
            return ()
        return abridged(self.group.stack) if self.stack == "own" else self.group.stack.splitlines()

    def _facts(self) -> str:
        group = self.group
        first, last = (ago(nanoseconds(each), self.now_ns) for each in (group.first_seen, group.last_seen))
        seen = f"last {last}" if first == last else f"first {first}, last {last}"
        counted = units.several(group.count, _TOLD_BY[group.source])
        if group.traces:
            counted += f" in {units.several(group.traces, 'trace')}"
        example = f"echoline trace {names.trace_id(group.trace_id)}" if group.trace_id else ""
        return " · ".join(filter(None, (seen, counted, example)))
