"""What the engine says when something fails, as one of our four errors."""

import re

from echoline.errors import BadInput, Busy, EcholineError, Unavailable

# Codes of ClickHouse 26.9, src/Common/ErrorCodes.cpp.
_FULL = {
    202,  # TOO_MANY_SIMULTANEOUS_QUERIES
    241,  # MEMORY_LIMIT_EXCEEDED
    252,  # TOO_MANY_PARTS
    439,  # CANNOT_SCHEDULE_TASK
}
_FAILED = {
    33,  # CANNOT_READ_ALL_DATA
    40,  # CHECKSUM_DOESNT_MATCH
    74,  # CANNOT_READ_FROM_FILE_DESCRIPTOR
    75,  # CANNOT_WRITE_TO_FILE_DESCRIPTOR
    76,  # CANNOT_OPEN_FILE
    159,  # TIMEOUT_EXCEEDED
    160,  # TOO_SLOW
    173,  # CANNOT_ALLOCATE_MEMORY
    204,  # CANNOT_FSYNC
    228,  # PART_IS_TEMPORARILY_LOCKED
    236,  # ABORTED
    242,  # TABLE_IS_READ_ONLY
    243,  # NOT_ENOUGH_SPACE
    246,  # CORRUPTED_DATA
    394,  # QUERY_WAS_CANCELLED
    425,  # SYSTEM_ERROR
    473,  # DEADLOCK_AVOIDED
    1000,  # POCO_EXCEPTION: among others a failed file operation
    1001,  # STD_EXCEPTION: among others a failed file operation
    1002,  # UNKNOWN_EXCEPTION
}
_WORDS = {
    159: "the query took longer than its limit; narrow the window or raise store.query_timeout_s",
    241: "the query needs more memory than its limit; narrow the window or raise store.query_memory_bytes",
    394: "the query was cancelled",
    396: "the answer is larger than its limit; narrow the window or ask for fewer rows",
}


def failure(error: Exception) -> EcholineError:
    """BadInput for what fails every time, Busy beyond a limit, Unavailable for what may pass.

    A message without a code does not come from a statement but from the engine itself: Unavailable.
    """
    text = str(error)
    match = re.match(r"Code: (\d+)\. ", text)
    if match is None:
        return Unavailable(f"the engine failed: {text[:500]}")
    code = int(match[1])
    message = f"{_WORDS[code]} (engine code {code})" if code in _WORDS else _brief(text)
    if code in _FULL:
        return Busy(message)
    if code in _FAILED:
        return Unavailable(message)
    return BadInput(message, reason=f"engine_{code}")


def _brief(text: str) -> str:
    """The message without the engine's version and repeated prefixes."""
    return re.sub(r"Code: \d+\. DB::Exception: |\s*\(version [^)]*\)", "", text).strip()[:1000]
