"""Keeps the key of hashed redactions: a secret of this installation, so that hashes cannot be looked up elsewhere."""

import secrets
from pathlib import Path

from echoline import files
from echoline.errors import BadConfig

_NAME = "redaction.key"
_SIZE_BYTES = 32


def hash_key(data_dir: Path) -> bytes:
    """The key of this data directory, mode 0600; the first who asks makes it, which is the engine at its start.

    Raises BadConfig when the file is not one of ours or cannot be kept.
    """
    path = data_dir / _NAME
    try:
        if not path.exists():
            files.replace(path, secrets.token_bytes(_SIZE_BYTES))
        key = path.read_bytes()
    except OSError as error:
        raise BadConfig(f"the key of redaction {path} cannot be kept: {error}") from error
    if len(key) != _SIZE_BYTES:
        raise BadConfig(f"the key of redaction {path} has {len(key)} bytes instead of {_SIZE_BYTES}")
    return key
