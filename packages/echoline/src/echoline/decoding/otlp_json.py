"""Reads OTLP/JSON directly, attributes by their distinct JSON texts.

As the OTLP specification says: keys are lowerCamelCase and no others are known, ids are hex, enums are numbers (names
are taken too, as protobuf's JSON does), 64-bit numbers are strings or numbers, bytes are base64, unknown fields are
ignored. A wrong type refuses the request; an id that is no hex is an id of the wrong length.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import astuple
from opentelemetry.proto.logs.v1.logs_pb2 import SeverityNumber
from opentelemetry.proto.metrics.v1.metrics_pb2 import AggregationTemporality
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from echoline.decoding import objects
from echoline.decoding.fields import KINDS
from echoline.decoding.json_messages import AnyValue, KeyValue, request_type
from echoline.decoding.values import canonical
from echoline.decoding.wire import Values, Wire, WirePool, complete, offsets_of, pool_of
from echoline.errors import BadInput
from echoline.model.batch import Int32s, MetricType
from echoline.model.records import PlainSignal

_ENUMS: dict[str, int] = {
    name: number
    for enum in (Span.SpanKind, Status.StatusCode, SeverityNumber, AggregationTemporality)
    for name, number in enum.items()
}
_INTEGER = re.compile("-?[0-9]{1,20}")
_DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|NaN|-?Infinity")
_NO_OTHERS = [None] * (len(AnyValue.__struct_fields__) - 1)
# Any bytes that are too short for an id will do.
_NO_ID = b"?"


def read(signal: PlainSignal, bodies: Iterable[bytes], numbers: Sequence[int], max_depth: int) -> Wire:
    """The wire columns of JSON bodies, whose places in the call are `numbers`.

    Raises BadInput, reason `malformed` or `wrong_type`, naming the place.
    """
    try:
        messages = [_decoder(request_type(signal)).decode(body) for body in bodies]
        return objects.read(signal, messages, numbers, _Json(max_depth))
    except msgspec.ValidationError as error:
        raise BadInput(f"body is no OTLP/JSON: {error}", reason="wrong_type") from error
    except (ValueError, OverflowError, pa.ArrowException, RecursionError) as error:
        raise BadInput(f"body is no OTLP/JSON: {error}", reason="malformed") from error


@cache
def _decoder(kind: Any) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(kind)


class _Json:
    """The dialect of messages that come from JSON."""

    def __init__(self, max_depth: int) -> None:
        self._max_depth = max_depth
        self._found: dict[tuple[str, str, int, bool], int] = {}

    def column(self, values: Sequence[Any], kind: pa.DataType) -> pa.Array:
        if pa.types.is_list(kind):
            lists = [each or () for each in values]
            lengths = np.array([len(each) for each in lists], np.int32)
            inner = self.column([each for several in lists for each in several], kind.value_type)
            members = complete(inner, kind.value_type, "")
            return pa.ListArray.from_arrays(pa.array(offsets_of(lengths)), members, type=kind)
        if pa.types.is_binary(kind):
            return _ids(values)
        if pa.types.is_integer(kind):
            return _integers(values, kind)
        if pa.types.is_floating(kind):
            return pa.array([_double(each) if isinstance(each, str) else each for each in values], kind)
        return pa.array(values, kind)

    def optional(self, message: Any, name: str) -> Any:
        if name == "as_int" and message.as_int is not None and message.as_double is not None:
            raise BadInput("a number is asInt and asDouble at once", reason="wrong_type")
        return getattr(message, name)

    def kind(self, metric: Any) -> MetricType | None:
        kinds = [kind for kind in KINDS if getattr(metric, KINDS[kind].member) is not None]
        if len(kinds) > 1:
            raise BadInput(f"metric {metric.name!r} has data of several kinds", reason="wrong_type")
        return kinds[0] if kinds else None

    def codes(self, key_values: Sequence[Any]) -> Int32s:
        texts = pa.array([bytes(each) for each in key_values], pa.binary()).dictionary_encode()
        distinct = _decoder(list[KeyValue]).decode(b"[%s]" % b",".join(texts.dictionary.to_pylist()))
        codes: Int32s = np.array([self._code(each) for each in distinct], np.int32)[np.asarray(texts.indices)]
        return codes

    def bodies(self, values: Sequence[Any]) -> Values:
        return pool_of([("", *canonical(value, _member, self._max_depth)) for value in values]).values

    def pool(self) -> WirePool:
        return pool_of(list(self._found))

    def _code(self, pair: KeyValue) -> int:
        entry = (pair.key or "", *canonical(pair.value, _member, self._max_depth))
        return self._found.setdefault(entry, len(self._found))


def _member(value: AnyValue) -> tuple[str | None, Any]:
    """Takes an AnyValue apart, for values.canonical."""
    text, *others = astuple(value)
    if others == _NO_OTHERS:  # what most values are, in half the time
        return (None, None) if text is None else ("string_value", text)
    members = [each for each in zip(AnyValue.__struct_fields__, (text, *others), strict=True) if each[1] is not None]
    if len(members) > 1:
        raise BadInput(f"a value has several members: {members}", reason="wrong_type")
    match members:
        case [("int_value", found)]:
            return "int_value", _int64(found)
        case [("double_value", str(found))]:
            return "double_value", _double(found)
        case [("bytes_value", found)]:
            return "bytes_value", _bytes(found)
    return members[0] if members else (None, None)


def _integers(values: Sequence[int | str | None], kind: pa.DataType) -> pa.Array:
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        texts = pa.array([each if each is None else str(_ENUMS.get(str(each), each)) for each in values], pa.string())
    wrong = texts.filter(pc.invert(pc.match_substring_regex(texts, f"^{_INTEGER.pattern}$")))
    if len(wrong):
        raise BadInput(f"{wrong[0].as_py()!r} is no whole number", reason="wrong_type")
    return texts.cast(kind)


def _int64(number: int | str) -> int:
    if isinstance(number, str):
        if not _INTEGER.fullmatch(number):
            raise BadInput(f"{number!r} is no whole number", reason="wrong_type")
        number = int(number)
    if not -(2**63) <= number < 2**63:
        raise BadInput(f"{number} does not fit 64 bits", reason="wrong_type")
    return number


def _double(text: str) -> float:
    if not _DECIMAL.fullmatch(text):
        raise BadInput(f"{text!r} is no number", reason="wrong_type")
    return float(text)


def _bytes(text: str) -> bytes:
    """Base64 of either alphabet, padded or not."""
    try:
        padded = text.replace("-", "+").replace("_", "/").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, validate=True)
    except binascii.Error as error:
        raise BadInput(f"bytesValue is no base64: {error}", reason="wrong_type") from error


def _ids(values: Sequence[str | None]) -> pa.BinaryArray:
    """Ids from hex, all at once when all of them are hex."""
    texts = [each or "" for each in values]
    lengths = np.array([len(each) for each in texts], np.int32)
    try:
        joined = bytes.fromhex("".join(texts))
    except ValueError:
        joined = b""
    if (lengths % 2).any() or 2 * len(joined) != lengths.sum():
        return pa.array([_id(each) for each in texts], pa.binary())
    offsets = pa.py_buffer(offsets_of(lengths // 2))
    return pa.Array.from_buffers(pa.binary(), len(texts), [None, offsets, pa.py_buffer(joined)])


def _id(text: str) -> bytes:
    return bytes.fromhex(text) if re.fullmatch("([0-9a-fA-F]{2})*", text) else _NO_ID
