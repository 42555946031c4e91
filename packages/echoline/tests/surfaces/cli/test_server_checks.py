from typing import Any

from echoline.journal.status import JournalStatus, ReceiveStatus
from echoline.model.answers import Health, Stored
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.server_checks import of_the_journal, of_the_server


def _checks(**others: Any) -> dict[str, Check]:
    given: dict[str, Any] = {
        "status": "ok", "version": "1", "stored": Stored(42_000, 7, 0), "rejected": {}, "cut": {}, "refused": {},
        "quarantined": 0, "lag_seconds": 0.0,
    }  # fmt: skip
    return {check.name: check for check in of_the_server(Health(**(given | others)))}


def test_a_server_without_troubles_is_good_everywhere() -> None:
    checks = _checks()
    assert {check.state for check in checks.values()} == {"good"}
    assert checks["stored"].found == "42.0k spans, 7 log records, 0 metric points"


def test_what_was_refused_or_cut_is_told_by_reason() -> None:
    checks = _checks(rejected={"too_old": 12}, refused={"queue_full": 3}, cut={"value": 5}, quarantined=2)
    assert checks["refused"].found == "12 too_old, 3 queue_full"
    assert checks["cut"] == Check("cut", "advice", "5 value", "echoline config show")
    assert checks["quarantine"].mend == "echoline quarantine list"


def test_a_server_that_is_behind_decodes_slowly_or_complains_is_bad() -> None:
    checks = _checks(lag_seconds=60.0, decoding="slow", problems=("loading stands still: disk full",))
    assert {name for name, check in checks.items() if check.state == "bad"} == {"lag", "decoding", "problem"}


def test_the_journal_tells_its_size_duplicates_and_errors() -> None:
    journal = JournalStatus({"traces": 3}, {"traces": 9}, 2, {}, 0, 2048, 1, 3, "No space left on device", 1)
    size, problem = of_the_journal(ReceiveStatus(1, 1, 1, {}, 0, journal))
    assert (size.state, size.found) == ("bad", "2.00 KiB to load, 3 requests taken, 2 duplicates left out")
    assert problem.found == "the journal could not be written: No space left on device"
