"""In which attributes a selection of spans differs from the rest: two bars per value, one under the other's eye."""

from collections.abc import Sequence

from rich.text import Text

from echoline.model.answers_traces import Difference
from echoline.surfaces.cli.rendering import styles
from echoline.surfaces.cli.rendering.bars import bar
from echoline.surfaces.cli.rendering.grid import Column, Grid

BAR_WIDTH = 12


def differences(items: Sequence[Difference]) -> Grid[Difference]:
    """One row per attribute value, strongest difference first."""
    return Grid(
        (
            Column("attribute", lambda row: row.key, wide=20),
            Column("value", lambda row: row.value, wide=16),
            Column("selected", lambda row: _percent(row.selected_share), is_number=True),
            Column("", lambda row: Text(bar(row.selected_share, 1, BAR_WIDTH), style=styles.WARN), rank=1),
            Column("rest", lambda row: _percent(row.rest_share), is_number=True),
            Column("", lambda row: Text(bar(row.rest_share, 1, BAR_WIDTH), style=styles.BAR), rank=2),
        ),
        items,
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 or not share else "<1 %"
