"""Says one line on standard error, once: what the agent cannot do must not pass in silence, nor flood its host."""

import contextlib
import sys

_said: set[str] = set()


def say(line: str) -> None:
    """Writes `echoline: LINE` to standard error, unless this process has said it already."""
    if line in _said:
        return
    _said.add(line)
    # A daemon may have closed its standard error.
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"echoline: {line}\n")
        sys.stderr.flush()
