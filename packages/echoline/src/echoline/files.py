"""Small files that are there whole or not at all, also after a power cut."""

import os
from pathlib import Path


def replace(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Puts `content` in the place of what `path` held, mode 0600; a reader sees the old or the new, never a part.

    `durable` waits for the disk, as what others rely on after a crash must. One writer a path. Raises OSError.
    """
    new = path.with_name(f".{path.name}.new")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        if durable:
            sync_data(descriptor)
    new.replace(path)
    if durable:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable: files made, renamed or deleted. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_data(descriptor: int) -> None:
    """Makes what was written to a file durable. Raises OSError."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:  # macOS has none
        os.fsync(descriptor)
