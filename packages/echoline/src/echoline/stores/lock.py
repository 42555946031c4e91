"""One process per data directory: an advisory lock that ends with its process, however it ends."""

import fcntl
import os
import time
from pathlib import Path

from echoline.errors import BadConfig


class Lock:
    """Held from construction until `release` or the end of the process; the file stays and carries the holder's pid."""

    def __init__(self, path: Path, wait_s: float = 10.0) -> None:
        """Raises BadConfig naming the holder when the lock is not free within `wait_s`, or when the folder refuses."""
        self._path = path
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BadConfig(
                f"setting 'data_dir' = '{path.parent}': cannot be written ({error.strerror}); choose another folder"
            ) from error
        self._acquire(wait_s)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def _acquire(self, wait_s: float) -> None:
        end = time.monotonic() + wait_s
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    holder = os.pread(self._file, 32, 0).decode().strip() or "unknown"
                    os.close(self._file)
                    raise BadConfig(
                        f"setting 'data_dir' = '{self._path.parent}': in use by process {holder}; "
                        "stop it or choose another folder"
                    ) from None
                time.sleep(0.05)
            else:
                return

    def release(self) -> None:
        os.close(self._file)
