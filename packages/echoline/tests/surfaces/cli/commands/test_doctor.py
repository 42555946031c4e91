import json
from pathlib import Path

from echoline_process import Started, echoline
from surfaces.cli.commands.conftest import Ask


def test_when_nothing_runs_it_checks_the_machine_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(0o700)
    done = echoline("doctor", "--data-dir", tmp_path / "data", "--json")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (1, "")
    assert found["services"] is None
    running = found["checks"][0]
    assert (running["name"], running["state"], running["mend"]) == ("running", "bad", "echoline up")


def test_a_running_one_is_checked_with_all_that_sends_to_it(shop: Started) -> None:
    done = echoline("doctor", "--data-dir", shop.ready["data_dir"], "--json")
    found = json.loads(done.stdout)
    assert done.returncode == 0, [check for check in found["checks"] if check["state"] == "bad"]
    names = [check["name"] for check in found["checks"]]
    assert {
        "running",
        "OTLP/gRPC",
        "disk",
        "tokens",
        "clock",
        "journal",
        "stored",
        "lag",
        "decoding",
        "refused",
    } <= set(names)
    assert [card["service"] for card in found["services"]] == ["backoffice", "shop"]


def test_a_card_says_what_a_service_tells_and_what_it_does_not(ask: Ask) -> None:
    told = ask("doctor")
    assert told.code == 0
    assert "\nshop (test)  6,116 spans · " in told.out
    assert "✓ tells       name, environment, version, revision, logs, functions, sampling" in told.out


def test_a_server_that_is_away_is_told(ask: Ask) -> None:
    told = ask("doctor", "--url", "http://127.0.0.1:1")
    assert told.code == 1
    assert "✗ server      no Echoline answers at http://127.0.0.1:1: connection refused" in told.out
    assert "What services send can be told when Echoline runs." in told.out
