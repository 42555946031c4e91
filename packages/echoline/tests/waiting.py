"""Waits for what comes by itself."""

import time
from collections.abc import Callable


def wait_until(is_so: Callable[[], bool], timeout_s: float = 10.0) -> None:
    """Returns as soon as it is so; fails when the time is over."""
    until_s = time.monotonic() + timeout_s
    while not is_so():
        assert time.monotonic() < until_s, "it did not happen"
        time.sleep(0.02)
