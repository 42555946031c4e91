"""Series of a metric as spark lines, with the numbers that a line cannot say."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from echoline.model.answers_metrics import Series, SeriesSet
from echoline.model.instants import nanoseconds, rfc3339
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.bars import spark, thinned
from echoline.surfaces.cli.rendering.grid import Column, Grid

MOST_SPARK, LEAST_SPARK = 60, 16
SMALL_PART = 0.25
MOST_WIDE = 3


@dataclass(frozen=True)
class SeriesPicture:
    """All lines of a metric over one window, one below the other."""

    answer: SeriesSet

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A row per line: its labels, its course, least, most and latest value."""
        answer = self.answer
        width = max(LEAST_SPARK, min(MOST_SPARK, options.max_width - 56))
        # No finer than points come, or every line would be full of gaps.
        places = min(width, max([len(each.points) for each in answer.items], default=width))
        wide = min(MOST_WIDE, max(1, width // max(places, 1)))

        def line(row: Series) -> Text:
            return Text("".join(glyph * wide for glyph in spark(thinned(self._steps(row), places))), style=styles.BAR)

        def number(value: float | None) -> str:
            return "" if value is None else units.in_unit(value, answer.unit)

        yield Grid(
            (
                Column("series", lambda row: _labels(row, answer), wide=14),
                Column("", line),
                Column("least", lambda row: number(min(_known(row), default=None)), rank=1, is_number=True),
                Column("most", lambda row: number(max(_known(row), default=None)), is_number=True),
                Column("latest", lambda row: number(_known(row)[-1] if _known(row) else None), is_number=True),
            ),
            answer.items,
        )

    def _steps(self, series: Series) -> list[float | None]:
        """The values of every step of the window; None where the series has none."""
        since_ns, step_ns = nanoseconds(self.answer.since), self.answer.step_ns
        values: list[float | None] = [None] * max(1, (nanoseconds(self.answer.until) - since_ns) // step_ns)
        for point in series.points:
            place = (nanoseconds(point.time) - since_ns) // step_ns
            if 0 <= place < len(values):
                values[place] = point.value
        return values


def _known(series: Series) -> Sequence[float]:
    return [point.value for point in series.points if point.value is not None]


def _labels(series: Series, answer: SeriesSet) -> str:
    said = " ".join(value or "(none)" for value in series.labels.values())
    return said or answer.metric


def filled(answer: SeriesSet) -> tuple[str, str] | None:
    """The part of the window that has all the points, when that is a small one: worth a look of its own."""
    times = [nanoseconds(point.time) for series in answer.items for point in series.points]
    if not times:
        return None
    since_ns, until_ns = nanoseconds(answer.since), nanoseconds(answer.until)
    first, behind = min(times), max(times) + answer.step_ns
    return (rfc3339(first), rfc3339(behind)) if behind - first <= (until_ns - since_ns) * SMALL_PART else None
