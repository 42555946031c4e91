"""Keeps the agent's failures out of the program: each is counted, and told once per part."""

import functools
from collections import Counter
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from echoline_agent.loud import say

P = ParamSpec("P")
R = TypeVar("R")

failures: Counter[str] = Counter()
"""How often each part failed since the process started."""


def guard(part: str) -> Callable[[Callable[P, R]], Callable[P, R | None]]:
    """A decorator: what the function raises is counted under `part` and told once; the caller gets None instead.

    `KeyboardInterrupt` and `SystemExit` are the program's own and pass.
    """

    def guarded(function: Callable[P, R]) -> Callable[P, R | None]:
        @functools.wraps(function)
        def harmless(*args: P.args, **kwargs: P.kwargs) -> R | None:
            try:
                return function(*args, **kwargs)
            except Exception as error:  # noqa: BLE001 - this is the one place
                failed(part, error)
                return None

        return harmless

    return guarded


def failed(part: str, error: Exception) -> None:
    """Counts a failure, and tells the first one of its part; for places that must catch for themselves."""
    failures[part] += 1
    if failures[part] == 1:
        say(f"{part} failed and is left out where it fails; the program goes on: {type(error).__name__}: {error}")
