"""A canary in every string and bytes field that OTLP has is found nowhere after redaction."""

import base64
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.profiles.v1development.profiles_pb2 import KeyValueAndUnit

from canaries import Planting
from echoline import registry
from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.model.batch import Batch
from echoline.model.records import Request, Signal
from echoline.processors.redact import Redact

NOW_NS = 1_795_300_000_000_000_000
REQUESTS: dict[Signal, type[Any]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
    "profiles": ExportProfilesServiceRequest,
}
CANARIES = {"key": "AKIA" + "IOSFODNN7EXAMPLE", "card": "4111 1111" + " 1111 1111"}
# Not decoded yet: which attributes of a resource identify it, by their keys, which stand beside them. Of a profile its
# id and the format that it was made from are not kept.
_NOT_DECODED = ("EntityRef", "profile_id", "original_payload")


def _texts(batch: Batch) -> Iterator[str]:
    """Every text of a batch, that of bytes also as it was sent."""
    columns = [column for part in batch.parts.values() for column in part.columns.columns]
    texts = [column for column in columns if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type)]
    for column in (batch.pool.keys, batch.pool.values, *texts):
        for text in filter(None, pc.unique(column).to_pylist()):
            yield text
            for run in re.findall(r"[A-Za-z0-9+/]{8,}={0,2}", text):
                if len(run) % 4 == 0:
                    yield base64.b64decode(run).decode("utf-8", "replace")


def _places(batch: Batch) -> set[int]:
    return {int(number) for text in _texts(batch) for number in re.findall(r"p(\d+)p", text)}


def _unnamed(planting: Planting) -> set[int]:
    """Strings of the table that nothing names: the planted indexes are 1, and each attribute has a key of its own."""
    keys = len(planting.variants(KeyValueAndUnit))
    tables = {number: place for number, place in planting.places.items() if "string_table[" in place}
    return {number for number, place in tables.items() if not 1 <= int(place[:-1].rpartition("[")[2]) <= keys}


@pytest.mark.parametrize("canary", CANARIES)
@pytest.mark.parametrize("signal", REQUESTS)
def test_a_canary_in_every_field_is_found_nowhere(signal: Signal, canary: str) -> None:
    planting = Planting(CANARIES[canary], NOW_NS)
    bodies = [message.SerializeToString() for message in planting.variants(REQUESTS[signal])]
    requests = [Request(signal, "protobuf", "identity", body, NOW_NS) for body in bodies]

    decoded = decode(signal, requests, LimitsConfig(), NOW_NS)

    expected = {number for number, place in planting.places.items() if not any(each in place for each in _NOT_DECODED)}
    expected -= _unnamed(planting)
    assert decoded.rejected == {}
    assert expected - _places(decoded.batch) == set(), "a planted field did not arrive: the test would prove nothing"
    normalised = registry.component("processors", "normalise")().process(decoded.batch)  # type: ignore[operator]
    assert CANARIES[canary] not in " ".join(_texts(Redact().process(normalised)))
