import io
from datetime import UTC

from inline_snapshot import snapshot
from rich.console import Console

from answer_builders import MS, drawn
from echoline.model.answers_traces import HeatCell, HeatMap
from echoline.surfaces.cli.rendering.heat import Heat

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

 30.0 ms ┤            ▒▒▒▒            ▓▓▓▓            ████
 10.0 ms ┤        ▒▒▒▒            ▓▓▓▓            ████
 3.00 ms ┤    ░░░░            ▓▓▓▓            ████
 1.00 ms ┤░░░░            ▒▒▒▒            ▓▓▓▓
         └────────────────────────────────────────────────
          09:00                                      10:00
          ░ 1 … █ 56 spans a cell   red: some failed
""")


def test_it_fits_into_a_narrow_terminal() -> None:
    assert max(map(len, drawn(Heat(MAP, UTC), 30).splitlines()[:6])) <= 30


def test_cells_with_errors_are_red() -> None:
    console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system="standard", highlight=False)
    console.print(Heat(MAP, UTC))
    assert console.file.getvalue().count("\x1b[31m") == 2  # type: ignore[attr-defined]  # the cell and the legend
