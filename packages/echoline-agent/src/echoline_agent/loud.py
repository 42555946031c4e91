"""Says one line on standard error, once: what the agent cannot do must not pass in silence, nor flood its host."""

import sys

_said: set[str] = set()


def say(line: str) -> None:
    """Writes `echoline: LINE` to standard error, unless this process has said it already."""
    if line in _said:
        return
    _said.add(line)
    try:
        sys.stderr.write(f"echoline: {line}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return  # a daemon may have closed it
