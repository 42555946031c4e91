"""The recording of the example shop: small, clean of this machine, and what its facts say."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.model.records import PLAIN_SIGNALS, PlainSignal, Request
from echoline.surfaces.cli.replay.recording import bodies
from facts import facts

FOLDER = Path(__file__).with_name("shop")
MAX_BYTES = 300_000
ROWS = {"traces": "spans", "logs": "records", "metrics": "datapoints"}


@pytest.fixture(scope="module")
def recorded() -> Mapping[str, list[bytes]]:
    return {signal: [body.data for body in bodies(FOLDER / f"{signal}.otlp.zst")] for signal in PLAIN_SIGNALS}


@pytest.fixture(scope="module")
def told() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((FOLDER / "facts.json").read_text("utf-8"))
    return found


def test_recording_is_small() -> None:
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) <= MAX_BYTES


def test_facts_are_those_of_the_recording(recorded: Mapping[str, list[bytes]], told: Mapping[str, Any]) -> None:
    assert facts(recorded) == told


def test_recording_holds_what_there_is_to_find(told: Mapping[str, Any]) -> None:
    spans, logs = told["traces"], told["logs"]
    assert {"500", "503", "402"} <= spans["server_status"].keys()
    assert spans["by_service"].keys() == {"shop", "backoffice"}
    assert {"ZeroDivisionError", "IndexError"} <= logs["exceptions"].keys()
    assert max(spans["queries"].values()) > 10 * spans["server_ops"]["GET /categories/{slug}/products"]


def test_recording_names_no_folder_of_the_machine_that_made_it(recorded: Mapping[str, list[bytes]]) -> None:
    everything = b"".join(body for signal in recorded.values() for body in signal)
    assert re.findall(rb"/(?:home|root|Users|tmp|work|build|workspace)/[\w./-]*", everything) == []
    assert b"/srv/shop/shop/web/" in everything


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_decoding_keeps_every_item(
    signal: PlainSignal, recorded: Mapping[str, list[bytes]], told: Mapping[str, Any]
) -> None:
    now_ns = told["traces"]["last_end_ns"]
    requests = [Request(signal, "protobuf", "identity", body, now_ns) for body in recorded[signal]]
    decoded = decode(signal, requests, LimitsConfig(), now_ns)
    assert (len(decoded.batch), dict(decoded.rejected), decoded.bad) == (told[signal][ROWS[signal]], {}, ())
