"""Where a command's words go: data to stdout, as a picture or as JSON; everything else to stderr."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import msgspec
from rich.console import Console, RenderableType
from rich.progress import Progress, ProgressColumn

from echoline.surfaces.cli.rendering import styles

# Where no terminal says how wide it is.
WIDTH = 160


def _console(*, stderr: bool = False) -> Console:
    """Plain without a terminal or with NO_COLOR; `highlight` is off, since it would colour numbers at random."""
    made = Console(stderr=stderr, highlight=False)
    if "COLUMNS" not in os.environ and not any(os.isatty(stream) for stream in range(3)):
        made.width = WIDTH
    return made


@dataclass(frozen=True)
class Output:
    """How one command answers."""

    as_json: bool = False
    data: Console = field(default_factory=_console)
    status: Console = field(default_factory=lambda: _console(stderr=True))

    def show(self, answer: object, picture: Callable[[], RenderableType]) -> None:
        """Prints the answer: as it is with --json, else its picture."""
        if self.as_json:
            sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer)) + b"\n")
            sys.stdout.buffer.flush()
        else:
            # Lines to be copied may be longer than the terminal; everything else keeps to its width by itself.
            self.data.print(picture(), crop=False)

    def line(self, answer: object, picture: RenderableType) -> None:
        """Like `show`, for one of many: JSON on one line."""
        if self.as_json:
            sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
            sys.stdout.buffer.flush()
        else:
            self.data.print(picture, crop=False)

    def note(self, words: str) -> None:
        """Tells a person something beside the data."""
        self.status.print(words, style=styles.QUIET, markup=False, soft_wrap=True)

    def after_interrupt(self) -> None:
        """Ends the line on which a terminal shows ^C."""
        if self.status.is_terminal:
            self.status.print()

    @contextmanager
    def busy(self, words: str) -> Iterator[None]:
        """Tells a person at a terminal that something takes its time."""
        with self.status.status(words) if self.status.is_terminal else nullcontext():
            yield

    def progress(self, *columns: ProgressColumn) -> Progress:
        """A bar for a person at a terminal, which is gone at the end."""
        return Progress(*columns, console=self.status, transient=True, disable=not self.status.is_terminal)
