"""The flags that say which settings are in effect, alike for every command that has them."""

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from echoline import config
from echoline.errors import BadConfig

DataDir = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where everything is kept.", envvar="ECHOLINE_DATA_DIR", show_envvar=False),
]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Settings file.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on; all but loopback need tokens.")]
GrpcPort = Annotated[int | None, typer.Option(help="OTLP/gRPC; 0 picks a free one.  [default: 4317]")]
HttpPort = Annotated[int | None, typer.Option(help="OTLP/HTTP; 0 picks a free one.  [default: 4318]")]
ApiPort = Annotated[int | None, typer.Option(help="API; 0 picks a free one.  [default: 4319]")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="SECTION.NAME=VALUE", help="Any other setting; may be repeated.")
]
ReadyFile = Annotated[
    Path | None, typer.Option(metavar="PATH", help="Write ports and process ids here (JSON) when ready.")
]


def load(file: Path | None, assignments: Sequence[str] | None = None, **flags: object) -> config.Loaded:
    """The settings in effect; `flags` by their names with a double underscore for the dot.

    Raises BadConfig naming setting, value and what is allowed.
    """
    named = {name.replace("__", "."): value for name, value in flags.items()}
    for assignment in assignments or ():
        name, is_assigned, text = assignment.partition("=")
        if not is_assigned:
            raise BadConfig(f"--set {assignment!r}: expected SECTION.NAME=VALUE, like retention.raw=30d")
        named[name.strip()] = _value(text.strip())
    return config.load(named, file=file)


def _value(text: str) -> object:
    """A TOML value (a number, a list), else the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
