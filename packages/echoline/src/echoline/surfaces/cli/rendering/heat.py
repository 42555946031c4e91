"""A heat map: durations upwards, time to the right, the more spans the denser."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_traces import HeatMap
from echoline.model.instants import nanoseconds
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.bars import SHADES, shade

LABEL_WIDTH = 8


@dataclass(frozen=True)
class Heat:
    """A heat map with its scales; cells in which a span failed are red. `zone` is that of the terminal if None."""

    map: HeatMap
    zone: tzinfo | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Each column as wide as there is room for, at most four cells."""
        heat = self.map
        cells = {(cell.column, cell.row): cell for cell in heat.cells}
        most = max((cell.spans for cell in heat.cells), default=0)
        width = max(1, min(4, (options.max_width - LABEL_WIDTH - 2) // max(heat.columns, 1)))
        for row in reversed(range(len(heat.bounds_ns) - 1)):
            line = Text(f"{units.duration(heat.bounds_ns[row]):>{LABEL_WIDTH}} ┤", style=styles.QUIET)
            for column in range(heat.columns):
                cell = cells.get((column, row))
                painted = shade(cell.spans, most) * width if cell else " " * width
                line.append(painted, style=styles.ERROR if cell and cell.errors else styles.BAR)
            yield line
        yield Text(" " * LABEL_WIDTH + " └" + "─" * (heat.columns * width), style=styles.QUIET)
        yield self._times(heat.columns * width)
        legend = f"{SHADES[1]} 1 … {SHADES[4]} {units.count(most)} spans a cell"
        yield Text.assemble((" " * (LABEL_WIDTH + 2) + legend, styles.QUIET), ("   red: some failed", styles.ERROR))

    def _times(self, width: int) -> Text:
        first, last = (
            datetime.fromtimestamp(nanoseconds(each) / 1e9, self.zone).astimezone(self.zone)
            for each in (self.map.since, self.map.until)
        )
        form = "%H:%M" if first.date() == last.date() else "%m-%d %H:%M"
        start, end = first.strftime(form), last.strftime(form)
        gap = max(1, width - len(start) - len(end))
        return Text(" " * (LABEL_WIDTH + 2) + start + " " * gap + end, style=styles.QUIET)
