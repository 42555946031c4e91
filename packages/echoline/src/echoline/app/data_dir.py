"""The data directory: made if need be, private, and owned by one running Echoline."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from echoline.errors import BadConfig

LOCK = "up.lock"


def prepare(data_dir: Path) -> None:
    """Makes the folder with mode 0700, or takes one that is there back to it.

    Raises BadConfig when it is something else, or cannot be made or written.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        data_dir.chmod(0o700)
    except (FileExistsError, NotADirectoryError) as error:
        raise BadConfig(
            f"setting 'data_dir' = '{data_dir}' is no folder; choose another one with --data-dir"
        ) from error
    except OSError as error:
        raise _unwritable(data_dir, error) from error


@contextmanager
def owned(data_dir: Path) -> Iterator[None]:
    """Makes the folder and keeps it for this process until the end of the block.

    Raises BadConfig, naming the other's process id, when another Echoline runs on it.
    """
    prepare(data_dir)
    try:
        lock = os.open(data_dir / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unwritable(data_dir, error) from error
    try:
        _lock(lock, data_dir)
        yield
    finally:
        os.close(lock)


def _lock(lock: int, data_dir: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        owner = os.pread(lock, 20, 0).decode() or "unknown"
        raise BadConfig(
            f"data directory {data_dir} belongs to a running Echoline (process {owner}); "
            "stop that one, or choose another folder with --data-dir"
        ) from error
    os.ftruncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)


def _unwritable(data_dir: Path, error: OSError) -> BadConfig:
    return BadConfig(
        f"setting 'data_dir' = '{data_dir}' cannot be written ({error.strerror}); choose another one with --data-dir"
    )
