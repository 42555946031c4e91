"""Recorded telemetry of real applications: both ways read it alike, and it has what facts.json counted."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard

from builders import request
from decoding_checks import LIMITS, assert_same, decoded, read_alike
from echoline.decoding import decode
from echoline.model.batch import Decoded, MetricType
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from otlp_json_bodies import as_json

APPLICATIONS = ("mealie", "django-oscar", "flaskr")
KINDS = ("UNSPECIFIED", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")
pytestmark = [pytest.mark.corpora, pytest.mark.parametrize("application", APPLICATIONS)]


def bodies(corpora: Path, application: str, signal: PlainSignal) -> list[bytes]:
    data = zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(
        (corpora / application / f"{signal}.otlp.zst").read_bytes()
    )
    found = []
    while length := data.read(4):
        found.append(data.read(int.from_bytes(length, "big")))
    return found


def facts(corpora: Path, application: str, signal: PlainSignal) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((corpora / application / "facts.json").read_text())[signal]
    return told


def counted(found: Decoded, column: str) -> Counter[Any]:
    return Counter(found.batch.parts["rows"].columns[column].to_pylist())


def keys(found: Decoded, part: str = "rows") -> Counter[str]:
    names = found.batch.pool.keys.to_pylist()
    return Counter(names[code] for code in found.batch.parts[part].attributes.codes.tolist())


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_recordings_are_read_alike_and_whole(corpora: Path, application: str, signal: PlainSignal) -> None:
    found = read_alike(signal, *bodies(corpora, application, signal))
    assert (found.rejected, found.cut, found.bad) == ({}, {}, ())


def test_spans_are_as_they_were_counted(corpora: Path, application: str) -> None:
    told = facts(corpora, application, "traces")
    found = decoded("traces", *bodies(corpora, application, "traces"))
    kinds = counted(found, "kind")
    assert len(found.batch) == told["spans"]
    assert len(counted(found, "trace_id")) == told["traces"]
    assert counted(found, "parent_span_id")[bytes(8)] == told["roots"]
    assert counted(found, "status_code")[2] == told["error_spans"]
    assert {KINDS[kind]: count for kind, count in kinds.items()} == told["kinds"]
    assert len(found.batch.parts["links"]) == told["links"]
    assert Counter(found.batch.parts["events"].columns["name"].to_pylist()) == told["events"]
    assert told["attr_keys"].items() <= keys(found).items()


def test_scopes_are_as_they_were_counted(corpora: Path, application: str) -> None:
    signals: dict[PlainSignal, str] = {"traces": "spans", "logs": "records"}
    for signal, items in signals.items():
        told = facts(corpora, application, signal)
        found = decoded(signal, *bodies(corpora, application, signal))
        names = found.batch.parts["scopes"].columns["name"].to_pylist()
        assert (
            Counter(names[scope] for scope in found.batch.parts["rows"].columns["scope"].to_pylist()) == told["scopes"]
        )
        assert len(found.batch) == told[items]


def test_log_records_are_as_they_were_counted(corpora: Path, application: str) -> None:
    told = facts(corpora, application, "logs")
    found = decoded("logs", *bodies(corpora, application, "logs"))
    assert len(found.batch) - counted(found, "trace_id")[bytes(16)] == told["with_trace_id"]
    assert counted(found, "severity_text") == told["severity"]
    assert keys(found) == told["attr_keys"]


def test_points_are_as_they_were_counted(corpora: Path, application: str) -> None:
    told = facts(corpora, application, "metrics")
    found = decoded("metrics", *bodies(corpora, application, "metrics"))
    described = found.batch.parts["metrics"].columns
    names = described["name"].to_pylist()
    types = Counter(MetricType(number).name.lower() for number in described["type"].to_pylist())
    assert len(found.batch) == told["datapoints"]
    assert len(set(names)) == told["instruments"]
    assert types == told["kinds"]
    assert Counter(names[metric] for metric in counted(found, "metric").elements()) == told["names"]
    assert len(found.batch.parts["exemplars"]) == told["exemplars"]


def test_gzip_and_json_of_a_recording_say_the_same(corpora: Path, application: str) -> None:
    body = bodies(corpora, application, "traces")[-1]
    plain = decoded("traces", body)
    assert_same(decode("traces", [request(body, encoding="gzip")], LIMITS, 1), plain)
    assert_same(decoded("traces", orjson.dumps(as_json("traces", body)), wire_format="json"), plain)
