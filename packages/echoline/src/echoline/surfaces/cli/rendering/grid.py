"""A table that drops its less important columns when the terminal is narrow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.console import Console, ConsoleOptions, JustifyMethod, RenderResult
from rich.table import Table
from rich.text import Text

from echoline.surfaces.cli.rendering.styles import QUIET

Row = TypeVar("Row")
GAP = 2
NARROWEST = 12


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `rank` 0 is always there; of the others the highest goes first. A `wide` one takes what is left."""

    title: str
    cell: Callable[[Row], Text | str]
    rank: int = 0
    is_number: bool = False
    wide: int = 0
    """The least width of a column that is cut while others can go; 0 for one that never is."""
    hides_alike: bool = False
    """Left out when it says the same in every row."""


@dataclass(frozen=True)
class Grid(Generic[Row]):
    """Rows under columns, without lines."""

    columns: Sequence[Column[Row]]
    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws what fits."""
        drawn = [_Drawn(column, [_text(column.cell(row)) for row in self.rows]) for column in self.columns]
        shown = _fitting([each for each in drawn if not each.is_idle], options.max_width)
        table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style=QUIET)
        for each, width in zip(shown, _widths(shown, options.max_width), strict=True):
            justify: JustifyMethod = "right" if each.column.is_number else "left"
            table.add_column(each.column.title, justify=justify, no_wrap=True, overflow="ellipsis", width=width)
        for place in range(len(self.rows)):
            table.add_row(*(each.cells[place] for each in shown))
        yield table


@dataclass(frozen=True)
class _Drawn(Generic[Row]):
    """A column with its cells."""

    column: Column[Row]
    cells: Sequence[Text]

    @property
    def is_idle(self) -> bool:
        """It says nothing, or nothing that tells rows apart."""
        texts = {cell.plain for cell in self.cells}
        return texts == {""} or (self.column.hides_alike and len(texts) == 1)

    @property
    def width(self) -> int:
        return max([len(self.column.title), *(cell.cell_len for cell in self.cells)])

    @property
    def least(self) -> int:
        return min(self.column.wide or self.width, self.width)

    @property
    def narrowest(self) -> int:
        """What is left of a wide column when all others that can go have gone."""
        return min(NARROWEST, self.least) if self.column.wide else self.width


def _fitting(columns: list[_Drawn[Row]], width: int) -> list[_Drawn[Row]]:
    """Leaves out the least important ones until the rest has room, at last those on the right; never all."""
    while sum(each.least + GAP for each in columns) - GAP > width and any(each.column.rank for each in columns):
        columns.remove(max(columns, key=lambda each: each.column.rank))
    while sum(each.narrowest + GAP for each in columns) - GAP > width and len(columns) > 1:
        columns.remove(columns[-1])
    return columns


def _widths(columns: Sequence[_Drawn[Row]], width: int) -> list[int]:
    """What each column gets: all it wants, but for the wide ones, which share what is left."""
    leasts = [each.least for each in columns]
    if sum(least + GAP for least in leasts) - GAP > width:
        leasts = [each.narrowest for each in columns]
    excess = sum(each.width + GAP for each in columns) - GAP - width
    spare = sum(each.width - least for each, least in zip(columns, leasts, strict=True))
    widths = []
    for each, least in zip(columns, leasts, strict=True):
        given = -(-max(excess, 0) * (each.width - least) // spare) if spare else 0
        widths.append(max(least, each.width - given))
    return widths


def _text(cell: Text | str) -> Text:
    """On one line."""
    if isinstance(cell, str):
        return Text(" ".join(cell.split()) if "\n" in cell else cell)
    return cell
