from dataclasses import replace
from pathlib import Path

import pytest

from echoline.config import LimitsConfig
from echoline.errors import BadInput
from echoline.model.records import Request
from echoline.pipeline.quarantine import Quarantine

DAY_NS = 86_400 * 10**9
NOW_NS = 1_795_300_000 * 10**9


def request(body: bytes = b"\0\n{bad", received_ns: int = NOW_NS) -> Request:
    return Request("traces", "protobuf", "gzip", body, received_ns)


def test_a_request_is_kept_with_its_bytes_and_reason(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "quarantine", LimitsConfig())
    kept = quarantine.put(request(), "no_otlp", "wrong wire type")
    assert quarantine.all() == [kept]
    assert quarantine.body(kept.id) == b"\0\n{bad"
    assert (kept.reason, kept.encoding, kept.size_bytes, kept.received_ns) == ("no_otlp", "gzip", 6, NOW_NS)
    assert (tmp_path / "quarantine").stat().st_mode & 0o777 == 0o700


def test_the_same_request_is_kept_once(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, LimitsConfig())
    for _ in range(2):
        quarantine.put(request(), "no_otlp", "")
    assert len(quarantine.all()) == 1


def test_the_oldest_go_when_there_is_no_room(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, replace(LimitsConfig(), max_quarantine_bytes=2500))
    for number in range(5):
        quarantine.put(request(bytes([number]) * 1000, NOW_NS + number), "no_otlp", "")
    assert [kept.received_ns - NOW_NS for kept in quarantine.all()] == [3, 4]


def test_what_is_too_old_goes(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, LimitsConfig())
    quarantine.put(request(), "no_otlp", "")
    quarantine.tidy(NOW_NS + 6 * DAY_NS)
    assert len(quarantine.all()) == 1
    quarantine.tidy(NOW_NS + 8 * DAY_NS)
    assert quarantine.all() == []


def test_purging_deletes_what_is_wanted(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path, LimitsConfig())
    for number in range(3):
        quarantine.put(request(received_ns=NOW_NS + number), f"reason {number}", "")
    assert quarantine.purge(lambda kept: kept.reason == "reason 1") == 1
    assert quarantine.purge() == 2
    assert quarantine.all() == []


@pytest.mark.parametrize("name", ["nothing", "../intent", ""])
def test_an_unknown_id_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "intent.request").write_bytes(b"{}\nsecret")
    with pytest.raises(BadInput):
        Quarantine(tmp_path / "quarantine", LimitsConfig()).body(name)
