"""`echoline config show`: the settings in effect."""

from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec
import typer
from rich.text import Text

from echoline.config import Loaded
from echoline.surfaces.cli import settings
from echoline.surfaces.cli.ask import Json
from echoline.surfaces.cli.output import Output
from echoline.surfaces.cli.rendering import styles
from echoline.surfaces.cli.rendering.grid import Column, Grid

group = typer.Typer(rich_markup_mode=None, add_completion=False, no_args_is_help=True)


@dataclass(frozen=True)
class Setting:
    """One setting by its dotted name. `origin`: default, flag, a variable or a file."""

    name: str
    value: Any
    origin: str


@group.callback()
def config() -> None:
    """The settings in effect and where each comes from."""


@group.command()
def show(
    data_dir: settings.DataDir = None,
    config: settings.ConfigFile = None,
    set_: settings.Set = None,
    as_json: Json = False,
) -> None:
    """Print every setting with its value and its origin.

    Later ones win: defaults, echoline.toml, ECHOLINE_* variables (ECHOLINE_SERVER__API_PORT), flags.
    """
    items = in_effect(settings.load(config, set_, data_dir=data_dir))
    Output(as_json).show({"items": items}, lambda: _table(items))


def in_effect(loaded: Loaded) -> list[Setting]:
    """All settings in the order of their definition."""
    return [
        Setting(name, msgspec.to_builtins(attrgetter(name)(loaded.settings), enc_hook=str), origin)
        for name, origin in loaded.origins.items()
    ]


def _table(items: list[Setting]) -> Grid[Setting]:
    def painted(text: str, row: Setting) -> Text:
        return Text(text, style=styles.QUIET if row.origin == "default" else "")

    return Grid(
        (
            Column("setting", lambda row: painted(row.name, row)),
            Column("value", lambda row: painted(_value(row.value), row), wide=20),
            Column("origin", lambda row: painted(row.origin, row), rank=1, wide=10),
        ),
        items,
    )


def _value(value: Any) -> str:
    """As one writes it in echoline.toml."""
    return (
        str(value)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else msgspec.json.encode(value).decode()
    )


commands = {"config": group}
