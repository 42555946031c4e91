import io
from dataclasses import replace
from datetime import UTC

from inline_snapshot import snapshot
from rich.console import Console

from answer_builders import MS, drawn
from echoline.model.answers_traces import HeatCell, HeatMap
from echoline.surfaces.cli.rendering.heat import Heat, filled

MAP = HeatMap(
    since="2026-11-22T09:00:00.000000000Z",
    until="2026-11-22T10:00:00.000000000Z",
    step_ns=300 * 10**9,
    columns=12,
    bounds_ns=(1 * MS, 3 * MS, 10 * MS, 30 * MS, 100 * MS),
    cells=tuple(HeatCell(column, column % 4, 1 + 5 * column, int(column == 7)) for column in range(12)),
    spans=342,
    errors=1,
)


def test_a_heat_map_with_its_scales() -> None:
    assert drawn(Heat(MAP, UTC), 60) == snapshot("""\

 30.0 ms ┤            ▒▒▒▒            ××××            ████
 10.0 ms ┤        ▒▒▒▒            ▓▓▓▓            ████
 3.00 ms ┤    ░░░░            ▓▓▓▓            ████
 1.00 ms ┤░░░░            ▒▒▒▒            ▓▓▓▓
         └────────────────────────────────────────────────
          09:00                                      10:00
          ░ 1 … █ 56 spans a cell   ×: some failed
""")


def test_many_rows_are_joined_until_they_fit_on_a_screen() -> None:
    bounds = tuple(int(10 ** (3 + row / 8)) for row in range(50))
    cells = tuple(HeatCell(0, row, 1, 0) for row in range(49))
    text = drawn(Heat(replace(MAP, bounds_ns=bounds, cells=cells), UTC))
    assert text.count("┤") == 17
    assert "1 … █ 3 spans a cell" in text


def test_the_filled_part_is_named_when_it_is_small() -> None:
    assert filled(MAP) is None
    assert filled(replace(MAP, cells=(HeatCell(6, 0, 1, 0), HeatCell(7, 0, 1, 0)))) == (
        "2026-11-22T09:30:00.000000000Z",
        "2026-11-22T09:40:00.000000000Z",
    )
    assert filled(replace(MAP, cells=())) is None


def test_it_fits_into_a_narrow_terminal() -> None:
    assert max(map(len, drawn(Heat(MAP, UTC), 30).splitlines()[:6])) <= 30


def test_cells_with_errors_are_red() -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard", highlight=False)
    console.print(Heat(MAP, UTC))
    assert console.file.getvalue().count("\x1b[31m") == 2  # type: ignore[attr-defined]  # the cell and the legend
