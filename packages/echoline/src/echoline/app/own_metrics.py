"""What Echoline measures about itself, from the status of its processes; and where that is sent."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from echoline import files, telemetry, tokens_file
from echoline.app.listeners import RUN_FILE
from echoline.config import Settings
from echoline.errors import EcholineError
from echoline.journal.status import ReceiveStatus
from echoline.state.tokens import Tokens
from echoline.surfaces.http_api.parts import Parts
from echoline.telemetry.sending import Destination, Observation, Sending

_TOKEN_FILE = "own-telemetry.token"  # noqa: S105 (a name)
_FRESH_NS = 10 * 10**9


def sending(parts: Parts) -> Sending:
    """Starts to send our own metrics."""
    place = str(parts.settings.data_dir.resolve()).encode()
    return Sending(
        lambda: list(observations(parts)),
        lambda: destination(parts),
        version=parts.version,
        instance=hashlib.sha256(place).hexdigest()[:16],
        interval_s=parts.settings.telemetry.interval_s,
    )


def observations(parts: Parts) -> Iterator[Observation]:
    """Everything there is to tell; what is away tells nothing."""
    received = parts.receive_status()
    if received is not None:
        yield from _of_receiving(received)
    try:
        status: Mapping[str, Any] = parts.engine.operate("status", timeout_s=5.0)
    except EcholineError:
        return
    loading = status["loading"]
    yield from _each(telemetry.LOADED, loading["loaded"], "signal")
    yield from _each(telemetry.REJECTED, loading["rejected"], "reason")
    yield from _each(telemetry.ROWS, status["stored"], "kind")
    yield Observation(telemetry.LAG, loading["lag_seconds"])
    yield Observation(telemetry.DISK, status["disk_bytes"])
    yield Observation(telemetry.QUARANTINED, status["quarantined"])


def _of_receiving(received: ReceiveStatus) -> Iterator[Observation]:
    journal = received.journal
    yield from _each(telemetry.REQUESTS, journal.accepted_requests, "signal")
    yield from _each(telemetry.BYTES, journal.accepted_bytes, "signal")
    yield from _each(telemetry.REFUSED, received.refused, "reason")
    yield Observation(telemetry.DUPLICATES, journal.duplicates)
    yield Observation(telemetry.QUEUE, journal.queue_bytes)
    yield Observation(telemetry.JOURNAL, journal.journal_bytes)


def _each(instrument: telemetry.Instrument, values: Mapping[Any, float], key: str) -> Iterator[Observation]:
    return (Observation(instrument, value, f"echoline.{key}", str(text)) for text, value in values.items())


def destination(parts: Parts) -> Destination | None:
    """Our own receiver; None while it does not run, or when it wants a token and ours was revoked."""
    received = parts.receive_status()
    if received is None or parts.clock() - received.written_ns > _FRESH_NS:
        return None
    folder = parts.settings.data_dir
    url = _receiver(parts.settings)
    published = tokens_file.path_in(folder)
    if not tokens_file.read(published):
        return Destination(url, None)
    token = _own_token(folder / _TOKEN_FILE, parts.tokens)
    is_valid = any(each.sha256 == tokens_file.sha256(token) for each in tokens_file.read(published))
    return Destination(url, token) if is_valid else None


def _receiver(settings: Settings) -> str:
    """As `up` has told it, since its port may be any; else as the settings say."""
    try:
        return str(json.loads((settings.data_dir / RUN_FILE).read_bytes())["listeners"]["http"])
    except (OSError, ValueError, KeyError):
        return f"http://{settings.server.host}:{settings.server.http_port}"


def _own_token(path: Path, tokens: Tokens) -> str:
    """Made once when others have tokens; whoever revokes it ends our telemetry."""
    if path.exists():
        return path.read_text()
    _, secret = tokens.create("echoline itself", ["ingest"])
    files.replace(path, secret.encode())
    return secret
