"""What tests of decoding ask again and again."""

from typing import Any

from builders import request
from echoline.config import LimitsConfig
from echoline.decoding import decode, decode_slowly
from echoline.decoding.compare import attributes, difference
from echoline.model.batch import Decoded
from echoline.model.records import PlainSignal, Signal, WireFormat

LIMITS = LimitsConfig()
NOW_NS = 1_770_000_000_000_000_000


def decoded(signal: Signal, *bodies: bytes, wire_format: WireFormat = "protobuf", **limits: int) -> Decoded:
    """Requests with these bodies, decoded; `limits` other than the default ones by their names."""
    requests = [request(body, signal=signal, format=wire_format) for body in bodies]
    return decode(signal, requests, LimitsConfig(**limits), NOW_NS)


def read_alike(signal: PlainSignal, *bodies: bytes, **limits: int) -> Decoded:
    """What protobuf bodies are decoded to, once it is certain that both ways do the same."""
    requests = [request(body, signal=signal) for body in bodies]
    quick, slow = (way(signal, requests, LimitsConfig(**limits), NOW_NS) for way in (decode, decode_slowly))
    assert_same(quick, slow)
    return quick


def assert_same(one: Decoded, other: Decoded) -> None:
    assert difference(one.batch, other.batch) == ""
    assert (one.rejected, one.cut, one.bad) == (other.rejected, other.cut, other.bad)


def rows(found: Decoded, part: str = "rows") -> list[dict[str, Any]]:
    """The rows of a part, each with its `attributes` as (key, text, type)."""
    columns = found.batch.parts[part].columns.to_pylist()
    listed = attributes(found.batch.parts[part].attributes, found.batch.pool)
    return [{**row, "attributes": several} for row, several in zip(columns, listed, strict=True)]


def texts(found: Decoded, part: str = "rows") -> list[dict[str, str]]:
    """The attributes of the rows of a part as text by key."""
    return [{key: text for key, text, _ in row["attributes"]} for row in rows(found, part)]
