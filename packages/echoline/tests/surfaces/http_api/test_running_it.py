"""Health, flushing, keeping, quarantine, tokens, settings, rules."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from asking import Api, api_over, problem
from batches import NOW_NS, SECOND_NS, log, span
from echoline.errors import BadInput
from echoline.journal.status import JournalStatus, ReceiveStatus
from echoline.model.answers import Health
from echoline.model.answers_admin import (
    Backup,
    Deleted,
    ExportDays,
    Flushed,
    NewToken,
    QuarantineList,
    SettingList,
    TokenList,
)
from echoline.model.answers_redaction import RedactionPreviews
from echoline.model.records import Request
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

LOADING = {"lag_seconds": 0.0, "error": None}
STATUS = {"stored": {"spans": 2, "logs": 1, "metric_points": 0}, "loading": LOADING, "quarantined": 0}
MANIFEST = {"folder": "/backups/one", "echoline": "1.2.3", "made_ns": NOW_NS, "stored": {"spans": 2}}


class Asked:
    """Operations as the engine's process offers them, which remember what they were asked."""

    def __init__(self) -> None:
        self.arguments: dict[str, Mapping[str, object]] = {}
        self.status: dict[str, Any] = STATUS

    def by_name(self) -> dict[str, Any]:
        return {
            "status": lambda _: self.status,
            "flush": lambda _: self.status["loading"],
            "delete": self._answering("delete", {"deleted": {"spans": 2}}),
            "backup": self._answering("backup", MANIFEST),
            "restore": self._answering("restore", MANIFEST),
            "days": lambda asked: {"days": {"2026-11-22": 7} if asked["signal"] == "traces" else {}},
            "export": self._export,
        }

    def _answering(self, name: str, answer: object) -> Any:
        def operation(asked: Mapping[str, object]) -> object:
            self.arguments[name] = {key: value for key, value in asked.items() if key != "op"}
            return answer

        return operation

    def _export(self, asked: Mapping[str, object]) -> Iterator[bytes]:
        if asked["day"] == "2026-02-30":
            raise BadInput("no day: '2026-02-30'")
        return iter([b"PAR1", b"x" * 100_000, b"PAR1"])


@pytest.fixture
def asked() -> Asked:
    return Asked()


@pytest.fixture
def run(engine: "Engine", folder: Path, asked: Asked) -> Iterator[Api]:
    with api_over(engine, folder, operations=asked.by_name()) as made:
        yield made


def received(**journal: Any) -> ReceiveStatus:
    usual = JournalStatus(
        accepted_requests={}, accepted_bytes={}, duplicates=0, refused={}, queue_bytes=0, journal_bytes=0, segments=0,
        remembered=0, last_error=None, last_error_ns=None,
    )  # fmt: skip
    return ReceiveStatus(1, NOW_NS, NOW_NS, {"content_type": 3}, 0, replace(usual, **journal))


def health(run: Api) -> Health:
    return msgspec.json.decode(run.get("health").content, type=Health)


def test_health_tells_what_is_stored_and_refused(run: Api, engine: "Engine") -> None:
    engine.execute(
        "INSERT INTO refusals VALUES (now(), 'traces', 'too_old', 0, 5), (now(), 'logs', 'value_bytes', 1, 2)"
    )
    run.received[0] = received()
    found = run.json("health")
    assert {"status", "version", "stored", "rejected", "quarantined", "lag_seconds"} <= set(found)
    assert (found["status"], found["version"]) == ("ok", "1.2.3")
    assert found["stored"] == {"spans": 2, "logs": 1, "metric_points": 0, "profile_samples": 0}
    assert (found["rejected"], found["cut"], found["refused"]) == (
        {"too_old": 5},
        {"value_bytes": 2},
        {"content_type": 3},
    )


@pytest.mark.parametrize(
    ("status", "receiving", "words"),
    [
        ({"loading": {"lag_seconds": 9.0, "error": "disk full"}}, received(), "loading stands still: disk full"),
        ({"loading": {"lag_seconds": 90.0, "error": None}}, received(), "90 s behind"),
        ({"upkeep_error": "read-only"}, received(), "could not be dropped: read-only"),
        ({}, received(last_error="no space"), "journal could not be written: no space"),
        ({}, replace(received(), written_ns=NOW_NS - 60 * SECOND_NS), "receiving process does not run"),
    ],
)
def test_health_says_why_it_is_degraded(
    run: Api, asked: Asked, status: Any, receiving: ReceiveStatus, words: str
) -> None:
    asked.status, run.received[0] = {**STATUS, **status}, receiving
    found = health(run)
    assert found.status == "degraded"
    assert words in found.problems[0]


def test_flushing_tells_how_far_loading_is(run: Api, asked: Asked) -> None:
    assert msgspec.json.decode(run.send("POST", "flush").content, type=Flushed) == Flushed(True, 0.0, None)
    asked.status = {**STATUS, "loading": {"lag_seconds": 3.0, "error": "disk full"}}
    assert run.send("POST", "flush").json() == {"is_complete": False, "lag_seconds": 3.0, "problem": "disk full"}


def test_deleting_passes_on_what_was_named(run: Api, asked: Asked) -> None:
    answer = run.send("POST", "delete", json={"service": "shop", "before": "1h"})
    assert msgspec.json.decode(answer.content, type=Deleted) == Deleted({"spans": 2})
    assert asked.arguments["delete"] == {"service": "shop", "environment": None, "before_ns": NOW_NS - 3600 * SECOND_NS}
    assert "give service" in problem(run.send("POST", "delete", json={}), 400)
    assert "before" in problem(run.send("POST", "delete", json={"before": "soon"}), 400)


def test_a_backup_is_made_and_brought_back(run: Api, asked: Asked) -> None:
    made = msgspec.json.decode(run.send("POST", "backup", json={"folder": "one"}).content, type=Backup)
    assert (made.folder, made.stored) == ("/backups/one", {"spans": 2})
    run.send("POST", "restore", json={"folder": "one", "replace": True})
    assert asked.arguments["restore"] == {"folder": "one", "replace": True}


def test_an_export_is_listed_and_comes_as_parquet(run: Api) -> None:
    listed = msgspec.json.decode(run.get("export").content, type=ExportDays)
    assert [(each.signal, each.day, each.rows) for each in listed.items] == [("traces", "2026-11-22", 7)]
    answer = run.get("export/traces/2026-11-22")
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    assert answer.headers["content-disposition"] == 'attachment; filename="traces-2026-11-22.parquet"'
    assert answer.content == b"PAR1" + b"x" * 100_000 + b"PAR1"


def test_an_export_that_fails_is_told_as_such(run: Api) -> None:
    assert "no day" in problem(run.get("export/traces/2026-02-30"), 400)


def test_quarantined_requests_are_listed_shown_and_deleted(run: Api) -> None:
    for n in range(3):
        request = Request("traces", "protobuf", "identity", b"bad %d" % n, NOW_NS + n)
        run.parts.quarantine.put(request, "truncated", "it ends too early")
    listed = msgspec.json.decode(run.get("quarantine", params={"limit": 2}).content, type=QuarantineList)
    assert (len(listed.items), listed.total, listed.size_bytes) == (2, 3, 15)
    newest = listed.items[0]
    assert (newest.reason, newest.size_bytes) == ("truncated", 5)
    shown = run.get(f"quarantine/{newest.id}")
    assert (shown.content, shown.headers["content-type"]) == (b"bad 2", "application/octet-stream")
    assert run.send("DELETE", f"quarantine/{newest.id}").json() == {"items": 1}
    problem(run.get(f"quarantine/{newest.id}"), 404)
    problem(run.send("DELETE", f"quarantine/{newest.id}"), 404)
    assert run.send("DELETE", "quarantine").json() == {"items": 2}
    problem(run.get("quarantine/..%2F..%2Fstate.sqlite"), 404)


def test_a_token_is_made_and_listed_without_its_secret(run: Api) -> None:
    answer = run.send("POST", "tokens", json={"name": "laptop", "scopes": ["read", "admin"]})
    made = msgspec.json.decode(answer.content, type=NewToken)
    headers = {"authorization": f"Bearer {made.secret}"}
    listed = run.get("tokens", headers=headers)
    assert made.secret not in listed.text
    assert msgspec.json.decode(listed.content, type=TokenList).items == (made.token,)
    problem(run.send("POST", "tokens", json={"name": "x", "scopes": ["root"]}, headers=headers), 400)


def test_settings_are_shown_with_what_is_not_usual(run: Api, folder: Path) -> None:
    found = {each.name: each for each in msgspec.json.decode(run.get("config").content, type=SettingList).items}
    assert (found["data_dir"].value, found["data_dir"].is_default) == (str(folder), False)
    assert (found["retention.raw"].value, found["retention.raw"].is_default) == ("14d", True)


def test_rules_are_tried_on_given_texts(run: Api) -> None:
    body = {"items": [{"value": "order A-123"}], "rules": [{"name": "orders", "pattern": "A-[0-9]+"}]}
    answer = run.send("POST", "rules/test", json=body)
    (shown,) = msgspec.json.decode(answer.content, type=RedactionPreviews).items
    assert (shown.value, [hit.rule for hit in shown.hits]) == ("order A-123", ["orders"])
    assert "A-123" not in shown.value_after


def test_rules_are_tried_on_stored_texts(run: Api, engine: "Engine") -> None:
    keep(engine, "traces", span(attributes={"order": "A-1"}), span(attributes={"order": "A-2"}))
    keep(engine, "logs", log("sold A-3", attributes={"n": 1}))
    rules = [{"name": "orders", "pattern": "A-[0-9]+"}]
    for signal, keys in (("traces", ["order", "order"]), ("logs", ["", "n"]), ("metrics", [])):
        answer = run.send("POST", "rules/test", json={"stored": {"signal": signal}, "rules": rules})
        assert [each["key"] for each in answer.json()["items"]] == keys


def test_rules_that_cannot_be_meant_are_refused(run: Api) -> None:
    for body in (
        {},
        {"items": [{"value": "x"}], "rules": [{"name": "bad", "pattern": "("}]},
        {"items": [{"value": "x"}], "off": ["nothing"]},
    ):
        problem(run.send("POST", "rules/test", json=body), 400)
