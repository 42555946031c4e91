"""Writes recorded OTLP files for tests, whole and broken."""

from collections.abc import Iterable
from pathlib import Path

import zstandard


def recorded(bodies: Iterable[bytes]) -> bytes:
    """The contents of a recording: each body behind its length."""
    return b"".join(len(body).to_bytes(4, "big") + body for body in bodies)


def write_recording(path: Path, bodies: Iterable[bytes] = ()) -> Path:
    """A recording of these bodies."""
    path.write_bytes(zstandard.compress(recorded(bodies)))
    return path
