"""Keeps copies of repositories up to date while the answering process runs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from echoline.source.library import Library

_LOOK_S = 15.0


@contextmanager
def fetching(library: Library, *, is_on: bool, look_s: float = _LOOK_S) -> Iterator[None]:
    """Fetches what is due, in a thread, for the length of the block; what fails is told by the library's states."""
    ended = threading.Event()

    def fetch() -> None:
        while not ended.is_set():
            library.fetch(only_due=True)
            ended.wait(look_s)

    # A daemon, because a fetch may hang for longer than anybody wants to wait for the end.
    thread = threading.Thread(target=fetch, name="fetching", daemon=True)
    if is_on:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        library.close()
