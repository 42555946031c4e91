"""Secrets are planted wherever the SDK takes a text; afterwards none is anywhere on the disk, nor was one printed."""

import base64
import json
import random
import string
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import trace as trace_api
from opentelemetry._logs import LogRecord as SdkLogRecord
from opentelemetry._logs import SeverityNumber
from opentelemetry.sdk.resources import Resource
from opentelemetry.trace import Link, Status, StatusCode, TraceState

from echoline.model.answers import Health, Stored
from echoline_process import Started, echoline, settled, started
from privacy.secrets_made import with_luhn
from receiving import JSON
from route import disk
from route.sdk import logging, metering, tracing
from sending import post

MARK = "kanarek"
"""Stands beside every secret, so that it is certain that the search sees what is kept."""
_LETTERS = string.ascii_letters + string.digits
# A journal segment that is loaded ends at ten seconds of age; another look a second later deletes it.
JOURNAL_KEEPS_S = 12.0
pytestmark = pytest.mark.xdist_group("privacy of the route")


@dataclass
class Planting:
    """Makes texts that carry secrets of every kind, other ones for each place."""

    secrets: dict[str, str] = field(default_factory=dict)

    def text(self, place: str) -> str:
        made = {
            "token": "gh" + "p_" + self._letters(place, 36),
            "card": with_luhn("4" + self._letters(place + "card", 14, string.digits)),
            "password": self._letters(place + "password", 14),
            "connection": self._letters(place + "connection", 12),
            "bearer": self._letters(place + "bearer", 24),
            "mail": f"{self._letters(place, 9, string.ascii_lowercase)}@example.com",
            "claims": _base64(json.dumps({"sub": place, "shop": "y" * 30})),
        }
        self.secrets |= {f"{kind} in {place}": secret for kind, secret in made.items()}
        signed = ".".join((_base64('{"alg":"HS256","typ":"JWT"}'), made["claims"], "s" * 43))
        return (
            f"{MARK} {made['token']} paid by {made['card']}; password={made['password']} of {made['mail']} "
            f"at postgres://shop:{made['connection']}@db/shop Authorization: Bearer {made['bearer']} {signed}"
        )

    def attributes(self, place: str) -> dict[str, Any]:
        """Secrets in values, in lists, in maps, and under keys that say so."""
        return {
            f"{MARK}.text": self.text(f"{place} attributes"),
            f"{MARK}.texts": [self.text(f"{place} list"), "b"],
            "db.password": self.bare(place),
            "http.request.header.authorization": [self.text(f"{place} header")],
        }

    def bare(self, place: str) -> str:
        """A secret that only its key tells."""
        made = self._letters(f"{place} bare", 12)
        self.secrets[f"value of a key in {place}"] = made
        return made

    def _letters(self, place: str, count: int, letters: str = _LETTERS) -> str:
        return "".join(random.Random(place).choices(letters, k=count))


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def plant(up: Started, planting: Planting) -> None:
    """One span with a parent, one log record and one point, with secrets in every text."""
    resource = Resource({"service.name": "planted", **planting.attributes("resource")})
    spans, logs, metrics = tracing(up, resource), logging(up, resource), metering(up, resource)
    tracer = spans.get_tracer(f"{MARK}.scope", "1", attributes=planting.attributes("scope"))
    state = TraceState([("vendor", planting.text("state")[:200].replace("=", ":").replace(",", ";"))])
    parent = trace_api.SpanContext(1, 2, is_remote=True, trace_flags=trace_api.TraceFlags(1), trace_state=state)
    below = trace_api.set_span_in_context(trace_api.NonRecordingSpan(parent))
    link = Link(trace_api.SpanContext(3, 4, is_remote=True), planting.attributes("link"))
    attributes = planting.attributes("span")
    with tracer.start_as_current_span(planting.text("name"), below, attributes=attributes, links=[link]) as span:
        span.add_event(planting.text("event name"), planting.attributes("event"))
        span.record_exception(ValueError(planting.text("exception")))
        span.set_status(Status(StatusCode.ERROR, planting.text("status")))
        inside = trace_api.set_span_in_context(span)
    log(logs, planting)
    meter = metrics.get_meter(f"{MARK}.meter")
    counter = meter.create_counter("planted.total", "{order}", planting.text("description"))
    counter.add(1, planting.attributes("point"), inside)
    for provider in (spans, logs, metrics):
        provider.force_flush()
        provider.shutdown()


def log(provider: Any, planting: Planting) -> None:
    body: Any = {"message": planting.text("body"), "inner": {"client_secret": planting.bare("body")}}
    record = SdkLogRecord(
        timestamp=time.time_ns(),
        severity_number=SeverityNumber.INFO,
        severity_text=planting.text("severity"),
        body=body,
        attributes=planting.attributes("log"),
        event_name=planting.text("event"),
    )
    provider.get_logger(f"{MARK}.logger").emit(record)


@dataclass(frozen=True)
class Left:
    """What is left of the secrets on the disk, and what the processes printed."""

    secrets: dict[str, str]
    data_dir: Path
    exported: Path
    journal_s: float
    health: Health
    printed: str


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Received, loaded, exported, backed up and ended; the bytes as they came are in quarantine only."""
    folder, planting = tmp_path_factory.mktemp("privacy"), Planting()
    with started("up", folder / "data", "--set", "telemetry.own_metrics=false") as up:
        plant(up, planting)
        began_s = time.monotonic()
        swollen = b'{"resourceSpans":[{"scopeSpans":[{"spans":[' + b",".join([b"{}"] * 5000)
        post(up.url("http"), swollen + b'],"x":"%s"}]}]}' % planting.text("quarantine").encode(), headers=JSON)
        health = settled(up)
        for command in (("export", folder / "exported"), ("backup", folder / "data" / "backups" / "one")):
            assert echoline(*command, "--url", up.url("api")).returncode == 0
        while raw_bytes(folder / "data"):
            assert time.monotonic() < began_s + 4 * JOURNAL_KEEPS_S
            time.sleep(0.2)
        journal_s = time.monotonic() - began_s
        token = json.loads(echoline("tokens", "create", "--url", up.url("api"), "--json").stdout)
        planting.secrets["a token of ours"] = token["secret"]
        assert up.end() == 0
        yield Left(planting.secrets, folder / "data", folder / "exported", journal_s, health, up.output.read_text())


def raw_bytes(data_dir: Path) -> bool:
    """Whether the journal still holds anything of what came."""
    return any(MARK.encode() in file.read_bytes() for file in disk.files(data_dir / "journal"))


def test_everything_was_kept(left: Left) -> None:
    assert left.health.stored == Stored(spans=1, logs=1, metric_points=1)
    assert (left.health.rejected, left.health.quarantined) == ({}, 1)


def test_no_secret_is_on_the_disk_but_in_quarantine(left: Left) -> None:
    found: dict[str, list[str]] = {}
    for file in [*disk.files(left.data_dir), *disk.files(left.exported)]:
        if "quarantine" not in file.parts:
            text = disk.text(file)
            hits = [place for place, secret in left.secrets.items() if secret.encode() in text]
            found |= {str(file): hits} if hits else {}
    assert found == {}


def test_the_search_sees_what_is_kept(left: Left) -> None:
    """What stands beside the secrets is in the store, in each backup and in each export."""
    for folder in (left.data_dir / "store", left.data_dir / "backups", *left.exported.iterdir()):
        assert any(MARK.encode() in disk.text(file) for file in disk.files(folder)), folder
    assert any(MARK.encode() in file.read_bytes() for file in disk.files(left.data_dir / "quarantine"))


def test_the_journal_lets_go_within_seconds(left: Left) -> None:
    print(f"no raw byte was left {left.journal_s:.1f} s after the last acknowledgement")
    assert left.journal_s < 2 * JOURNAL_KEEPS_S


def test_nothing_received_is_printed(left: Left) -> None:
    assert MARK not in left.printed
    assert [place for place, secret in left.secrets.items() if secret in left.printed] == []
