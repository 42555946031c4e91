"""An exception in two lines: what it is, and the place in the program that it came from."""

from collections.abc import Iterator, Mapping

from rich.text import Text

from echoline.surfaces.cli.rendering import names, styles
from echoline.surfaces.cli.rendering.stacks import innermost


def exception_lines(attributes: Mapping[str, object], kind: str = "") -> Iterator[Text]:
    """Of the attributes `exception.*`, without an indent; the second line only when the stack names a place.

    `kind` is the type where it is known from elsewhere.

    >>> said = {"exception.message": "'id'", "exception.stacktrace": 'File "/app/cart.py", line 9, in total'}
    >>> [line.plain for line in exception_lines(said, "KeyError")]
    ["✗ KeyError: 'id'", '  at /app/cart.py:9 in total']
    """
    type_, message, stack = (str(attributes.get(f"exception.{key}", "")) for key in ("type", "message", "stacktrace"))
    said = ": ".join(filter(None, (kind or type_, names.first_line(message))))
    yield Text(f"✗ {said}", style=styles.ERROR)
    if frame := innermost(stack):
        yield Text(f"  at {frame}", style=styles.QUIET)
