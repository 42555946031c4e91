"""What Echoline tells about itself, and where it sends that."""

import time
from pathlib import Path
from typing import Any

from echoline import telemetry, tokens_file
from echoline.app.own_metrics import destination, observations, receiver
from echoline.config import Settings
from echoline.errors import Unavailable
from echoline.journal.status import JournalStatus, ReceiveStatus
from echoline.pipeline.quarantine import Quarantine
from echoline.source.library import Library
from echoline.state.database import Database
from echoline.state.deployments import Deployments
from echoline.state.tokens import Tokens
from echoline.surfaces.http_api.parts import Parts

NOW_NS = time.time_ns()
STATUS = {
    "stored": {"spans": 7, "logs": 0, "metric_points": 1},
    "disk_bytes": 99,
    "quarantined": 3,
    "loading": {"loaded": {"traces": 7}, "rejected": {"too_old": 2}, "lag_seconds": 0.25},
}


class Engine:
    """Answers one operation, or is away."""

    def __init__(self, status: dict[str, Any] | None) -> None:
        self.status = status

    def operate(self, operation: str, **_: object) -> dict[str, Any]:
        if self.status is None:
            raise Unavailable("away")
        return self.status


def received(written_ns: int = NOW_NS) -> ReceiveStatus:
    journal = JournalStatus(
        accepted_requests={"traces": 5}, accepted_bytes={"traces": 500}, duplicates=1, refused={}, queue_bytes=0,
        journal_bytes=500, segments=1, remembered=5, last_error=None, last_error_ns=None,
    )  # fmt: skip
    return ReceiveStatus(1, 0, written_ns, {"unauthenticated": 4}, 0, journal)


def parts(folder: Path, *, status: dict[str, Any] | None = None, receiving: ReceiveStatus | None = None) -> Parts:
    settings, published = Settings(data_dir=folder), tokens_file.path_in(folder)
    return Parts(
        engine=Engine(status),  # type: ignore[arg-type]
        settings=settings,
        authority=tokens_file.Authority(published, is_open=True),
        tokens=Tokens(Database(folder / "state.sqlite"), published),
        deployments=Deployments(Database(folder / "state.sqlite")),
        quarantine=Quarantine(folder / "quarantine", settings.limits),
        library=Library(settings),
        receive_status=lambda: receiving,
        otlp_http=lambda: receiver(settings),
        redaction_preview=lambda *_: [],
        clock=lambda: NOW_NS,
        version="1",
    )


def test_both_processes_are_told_of(tmp_path: Path) -> None:
    found = {
        (each.instrument.name, each.text): each.value
        for each in observations(parts(tmp_path, status=STATUS, receiving=received()))
    }
    assert found[telemetry.REQUESTS.name, "traces"] == 5
    assert found[telemetry.REFUSED.name, "unauthenticated"] == 4
    assert found[telemetry.ROWS.name, "spans"] == 7
    assert found[telemetry.REJECTED.name, "too_old"] == 2
    assert found[telemetry.LAG.name, ""] == 0.25
    assert {name for name, _ in found} <= {each.name for each in telemetry.OBSERVED}


def test_what_is_away_tells_nothing(tmp_path: Path) -> None:
    assert list(observations(parts(tmp_path))) == []


def test_it_is_sent_to_the_receiver_that_runs(tmp_path: Path) -> None:
    assert destination(parts(tmp_path)) is None
    assert destination(parts(tmp_path, receiving=received(NOW_NS - 60 * 10**9))) is None
    usual = destination(parts(tmp_path, receiving=received()))
    assert usual is not None
    assert usual.url == "http://127.0.0.1:4318"
    (tmp_path / "run.json").write_text('{"listeners": {"http": "http://127.0.0.1:5555"}}')
    found = destination(parts(tmp_path, receiving=received()))
    assert found is not None
    assert found.url == "http://127.0.0.1:5555"


def test_it_may_send_where_tokens_are_needed(tmp_path: Path) -> None:
    made = parts(tmp_path, receiving=received())
    made.tokens.create("laptop", ["read"])
    found = destination(made)
    assert found is not None
    assert made.authority.verdict(None, "ingest") == "unauthenticated"
    assert made.authority.verdict(f"Bearer {found.token}", "ingest") == "allowed"
