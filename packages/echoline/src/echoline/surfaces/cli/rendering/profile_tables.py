"""Functions of a profile as a table."""

from rich.text import Text

from echoline.model.answers_profiles import Profile, ProfiledFunction
from echoline.surfaces.cli.rendering import styles, units
from echoline.surfaces.cli.rendering.bars import bar
from echoline.surfaces.cli.rendering.grid import Column, Grid

BAR_WIDTH = 8
_UNITS = {"nanoseconds": "ns", "microseconds": "us", "milliseconds": "ms", "seconds": "s", "bytes": "By", "count": ""}


def measured(value: int, unit: str) -> str:
    """A value in the words of its unit, which profiles spell out."""
    return units.in_unit(value, _UNITS.get(unit, unit))


def functions(profile: Profile) -> Grid[ProfiledFunction]:
    """One row per function, with its own part of the whole as a bar."""
    return Grid(
        (
            Column("own", lambda row: _own(row, profile), is_number=True),
            Column("", lambda row: units.share(row.own, profile.value), rank=3, is_number=True),
            Column("", lambda row: Text(bar(row.own, profile.value, BAR_WIDTH), style=styles.BAR), rank=5),
            Column("total", lambda row: measured(row.total, profile.unit), is_number=True),
            Column("", lambda row: units.share(row.total, profile.value), rank=2, is_number=True),
            Column("function", lambda row: row.function, wide=30),
            Column("at", lambda row: Text(_place(row), style=styles.QUIET), rank=1, wide=24),
            Column("hits", lambda row: units.count(row.hits) if row.hits else "", rank=4, is_number=True),
        ),
        profile.functions,
    )


def _own(row: ProfiledFunction, profile: Profile) -> str:
    mark = "~" if row.own_approximate * 2 > row.own else ""
    return f"{mark}{measured(row.own, profile.unit)}" if row.own else ""


def _place(row: ProfiledFunction) -> str:
    """The end of a path tells more than its beginning."""
    file = "/".join(row.file.replace("\\", "/").rsplit("/", 3)[-3:])
    return f"{file}:{row.line}" if row.line else file
