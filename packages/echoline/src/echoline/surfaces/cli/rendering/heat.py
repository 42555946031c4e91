"""A heat map: durations upwards, time to the right, the more spans the denser."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_traces import HeatMap
from echoline.model.instants import nanoseconds, rfc3339
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.bars import SHADES, shade

LABEL_WIDTH = 8
MOST_ROWS = 20
SMALL_PART = 0.25


@dataclass(frozen=True)
class Heat:
    """A heat map with its scales; cells in which a span failed are red. `zone` is that of the terminal if None."""

    map: HeatMap
    zone: tzinfo | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Each column as wide as there is room for, at most four cells; rows are joined until they fit on a screen."""
        heat = self.map
        rows = len(heat.bounds_ns) - 1
        joined = -(-rows // MOST_ROWS)
        cells, is_plain = self._joined(joined), console.no_color or console.color_system is None
        most = max((spans for spans, _ in cells.values()), default=0)
        width = max(1, min(4, (options.max_width - LABEL_WIDTH - 2) // max(heat.columns, 1)))
        for row in reversed(range(-(-rows // joined))):
            line = Text(f"{units.duration(heat.bounds_ns[row * joined]):>{LABEL_WIDTH}} ┤", style=styles.QUIET)
            for column in range(heat.columns):
                spans, errors = cells.get((column, row), (0, 0))
                glyph = "×" if errors and is_plain else shade(spans, most)
                line.append(glyph * width, style=styles.ERROR if errors else styles.BAR)
            yield line
        yield Text(" " * LABEL_WIDTH + " └" + "─" * (heat.columns * width), style=styles.QUIET)
        yield self._times(heat.columns * width)
        legend = f"{SHADES[1]} 1 … {SHADES[4]} {units.count(most)} spans a cell"
        failed = f"   {'×' if is_plain else 'red'}: some failed"
        yield Text.assemble((" " * (LABEL_WIDTH + 2) + legend, styles.QUIET), (failed, styles.ERROR))

    def _joined(self, rows: int) -> dict[tuple[int, int], tuple[int, int]]:
        """Spans and errors by column and row, of so many rows one."""
        cells: dict[tuple[int, int], tuple[int, int]] = {}
        for cell in self.map.cells:
            place = (cell.column, cell.row // rows)
            spans, errors = cells.get(place, (0, 0))
            cells[place] = (spans + cell.spans, errors + cell.errors)
        return cells

    def _times(self, width: int) -> Text:
        first, last = (
            datetime.fromtimestamp(nanoseconds(each) / 1e9, self.zone).astimezone(self.zone)
            for each in (self.map.since, self.map.until)
        )
        form = (
            "%H:%M:%S" if self.map.step_ns < 60 * 10**9 else "%H:%M" if first.date() == last.date() else "%m-%d %H:%M"
        )
        start, end = first.strftime(form), last.strftime(form)
        gap = max(1, width - len(start) - len(end))
        return Text(" " * (LABEL_WIDTH + 2) + start + " " * gap + end, style=styles.QUIET)


def filled(heat: HeatMap) -> tuple[str, str] | None:
    """The part of the window that has all the spans, when that is a small one: worth a look of its own."""
    columns = [cell.column for cell in heat.cells]
    if not columns or max(columns) - min(columns) + 1 > heat.columns * SMALL_PART:
        return None
    since_ns = nanoseconds(heat.since)
    ends = since_ns + min(columns) * heat.step_ns, since_ns + (max(columns) + 1) * heat.step_ns
    return rfc3339(ends[0]), rfc3339(ends[1])
