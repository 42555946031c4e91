"""A table that drops its less important columns when the terminal is narrow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from echoline.surfaces.cli.rendering.styles import QUIET

Row = TypeVar("Row")
GAP = 2


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column. `rank` 0 is always there; of the others the highest goes first. A `wide` one takes what is left."""

    title: str
    cell: Callable[[Row], Text | str]
    rank: int = 0
    is_number: bool = False
    wide: int = 0
    """The least width of a column that is cut when there is no room; 0 for one that never is."""
    hides_alike: bool = False
    """Left out when it says the same in every row."""


@dataclass(frozen=True)
class Grid(Generic[Row]):
    """Rows under columns, without lines."""

    columns: Sequence[Column[Row]]
    rows: Sequence[Row]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draws what fits."""
        cells = {column.title: [_text(column.cell(row)) for row in self.rows] for column in self.columns}
        shown = self._fitting([each for each in self.columns if not _is_idle(each, cells[each.title])], cells, options)
        table = Table(box=None, padding=(0, GAP, 0, 0), pad_edge=False, header_style=QUIET, show_edge=False)
        for column in shown:
            table.add_column(
                column.title,
                justify="right" if column.is_number else "left",
                no_wrap=True,
                overflow="ellipsis",
                min_width=None if column.wide else _width(column.title, cells[column.title]),
            )
        for place in range(len(self.rows)):
            table.add_row(*(cells[column.title][place] for column in shown))
        yield table

    def _fitting(
        self, columns: list[Column[Row]], cells: dict[str, list[Text]], options: ConsoleOptions
    ) -> list[Column[Row]]:
        def least(column: Column[Row]) -> int:
            natural = _width(column.title, cells[column.title])
            return GAP + (min(column.wide, natural) if column.wide else natural)

        while sum(map(least, columns)) - GAP > options.max_width and any(column.rank for column in columns):
            columns.remove(max(columns, key=lambda column: column.rank))
        return columns


def _is_idle(column: Column[Row], cells: list[Text]) -> bool:
    texts = {cell.plain for cell in cells}
    return len(cells) > 0 and (texts == {""} or (column.hides_alike and len(texts) == 1))


def _width(title: str, cells: list[Text]) -> int:
    return max([len(title), *(cell.cell_len for cell in cells)])


def _text(cell: Text | str) -> Text:
    return cell if isinstance(cell, Text) else Text(cell)
