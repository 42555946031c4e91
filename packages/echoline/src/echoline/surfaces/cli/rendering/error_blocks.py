"""Groups of errors, each as a block: what, how often, where from, and the way to a trace."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers import ErrorGroup
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.clock import ago
from echoline.surfaces.cli.rendering.stacks import innermost


@dataclass(frozen=True)
class ErrorBlock:
    """One group; `with_stack` prints the newest stack whole, else only the line of the program it came from."""

    group: ErrorGroup
    now_ns: int
    with_stack: bool = False

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Three or four lines, then the stack."""
        group = self.group
        said = ": ".join(filter(None, (group.type, names.first_line(group.message)))) or "an error without words"
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
        place.truncate(options.max_width, overflow="ellipsis")
        yield place
        if frame := innermost(group.stack):
            yield Text(f"{indent}at {frame}")
        yield Text(indent + self._facts(), style=styles.QUIET)
        if self.with_stack:
            yield from (Text(f"{indent}│ {line}", style=styles.QUIET) for line in group.stack.splitlines())

    def _facts(self) -> str:
        group = self.group
        first, last = (ago(nanoseconds(each), self.now_ns) for each in (group.first_seen, group.last_seen))
        seen = f"last {last}" if first == last else f"first {first}, last {last}"
        traces = f"in {units.count(group.traces)} {'trace' if group.traces == 1 else 'traces'}" if group.traces else ""
        example = f"echoline trace {names.trace_id(group.trace_id)}" if group.trace_id else ""
        return " · ".join(filter(None, (seen, traces, example)))
