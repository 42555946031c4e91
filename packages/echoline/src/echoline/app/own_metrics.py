"""What Echoline measures about itself, from the status of its processes; and where that is sent."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from echoline import telemetry, tokens_file
from echoline.app.listeners import RUN_FILE
from echoline.config import Settings
from echoline.errors import EcholineError
from echoline.journal.status import ReceiveStatus
from echoline.surfaces.http_api.parts import Parts
from echoline.telemetry.sending import Destination, Observation, Sending

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
    """Our own receiver, which knows us as the owner of the data directory; None while it does not run."""
    received = parts.receive_status()
    if received is None or parts.clock() - received.written_ns > _FRESH_NS:
        return None
    return Destination(parts.otlp_http(), tokens_file.owner_token(parts.settings.data_dir))


def receiver(settings: Settings) -> str:
    """Address of OTLP/HTTP: as `up` has told it, since its port may be any; else as the settings say."""
    try:
        return str(json.loads((settings.data_dir / RUN_FILE).read_bytes())["listeners"]["http"])
    except (OSError, ValueError, KeyError):
        return f"http://{settings.server.host}:{settings.server.http_port}"
