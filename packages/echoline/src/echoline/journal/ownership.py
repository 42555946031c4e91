"""One writer a journal: a lock that ends with its process."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from echoline.errors import BadConfig
from echoline.journal import segment

_NAME = "receive.lock"


def claim(journal: Path) -> TextIO:
    """Makes the folders of the journal (0700) if need be and takes its lock; closing the file gives it back.

    Raises BadConfig if the folder cannot be written, or naming the process that holds the lock.
    """
    try:
        for folder in (journal, segment.folder_of(journal)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.fdopen(os.open(journal / _NAME, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8")
    except OSError as error:
        raise BadConfig(f"setting 'data_dir': the journal {journal} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = file.read().strip() or "unknown"
        file.close()
        raise BadConfig(
            f"setting 'data_dir': the journal {journal} is in use by the receiver with process id {holder}; "
            "end it, or choose another data directory"
        ) from error
    with suppress(OSError):  # a full disk: the lock holds without a name
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
    return file
