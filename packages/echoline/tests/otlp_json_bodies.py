"""OTLP/JSON as senders write it, made from protobuf."""

import base64
from typing import Any

from google.protobuf import json_format

from echoline.decoding.oracle import REQUESTS
from echoline.model.records import Signal

ID_KEYS = {"traceId", "spanId", "parentSpanId"}


def as_json(signal: Signal, body: bytes) -> Any:
    """What a sender of OTLP/JSON writes for a protobuf body: protobuf's JSON, but hex ids and enums as numbers."""
    message = REQUESTS[signal].FromString(body)
    return _with_hex_ids(json_format.MessageToDict(message, use_integers_for_enums=True))


def _with_hex_ids(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_hex_ids(each) for each in value]
    if isinstance(value, dict):
        return {
            key: base64.b64decode(each).hex() if key in ID_KEYS else _with_hex_ids(each) for key, each in value.items()
        }
    return value
