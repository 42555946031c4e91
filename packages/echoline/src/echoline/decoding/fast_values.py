"""Attributes and values out of ptars, as canonical text."""

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import ptars
import pyarrow as pa
import pyarrow.compute as pc
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from echoline.decoding.descriptors import KEY_VALUE, trimmed
from echoline.decoding.oracle import member
from echoline.decoding.values import Canonical, composite
from echoline.decoding.wire import Mask, Values, WirePool
from echoline.model.batch import STRING, Bytes, ValueType

_SCALARS = {
    "string_value": ValueType.STRING,
    "bool_value": ValueType.BOOL,
    "int_value": ValueType.INT,
    "double_value": ValueType.DOUBLE,
    "bytes_value": ValueType.BYTES,
    "string_value_strindex": ValueType.EMPTY,  # belongs to profiles; no other signal has its table of strings
}
_COMPOSITES = {"array_value": ValueType.ARRAY, "kvlist_value": ValueType.MAP}


@cache
def handler(message: str) -> Any:
    """What ptars reads messages of this name with, by the trimmed descriptors."""
    pool, files = trimmed()
    return ptars.HandlerPool(files).get_for_message(pool.FindMessageTypeByName(message))


def attributes_of(blobs: pa.BinaryArray, max_depth: int) -> WirePool:
    """The attributes in the bytes of KeyValue messages, one for each. Raises ValueError."""
    pairs = handler(KEY_VALUE).array_to_record_batch(blobs)
    return WirePool(pairs.column("key").dictionary_encode().cast(STRING), values_of(pairs.column("value"), max_depth))


def values_of(values: pa.StructArray, max_depth: int) -> Values:
    """The canonical forms of AnyValue structs; a null is one without a value.

    Raises ValueError for a value with two members or in two pieces, and for nested bytes that are no value.
    """
    members = dict(zip(values.type.names, values.flatten(), strict=True))
    types = _types(members, len(values))
    nested = {name: _nested(members[name].flatten(), name, max_depth) for name in _COMPOSITES}
    texts = [
        members["string_value"],
        members["bool_value"].cast(pa.string()),
        members["int_value"].cast(pa.string()),
        _placed([repr(each) for each in _set(members["double_value"])], types == ValueType.DOUBLE),
        _placed([base64.b64encode(each).decode() for each in _set(members["bytes_value"])], types == ValueType.BYTES),
        *(_placed([each.text for each in nested[name]], types == kind) for name, kind in _COMPOSITES.items()),
    ]
    is_deep = np.zeros(len(values), np.bool_)
    for name, kind in _COMPOSITES.items():
        is_deep[types == kind] = [each.is_deep for each in nested[name]]
    return Values(pc.coalesce(*texts, pa.scalar("")), types, is_deep)


def _types(members: dict[str, pa.Array], size: int) -> Bytes:
    types = np.zeros(size, np.uint8)
    pieces = np.zeros(size, np.int32)
    for name, kind in _SCALARS.items():
        is_set = np.asarray(members[name].is_valid())
        types[is_set] = kind
        pieces += is_set
    for name, kind in _COMPOSITES.items():
        of_list = np.asarray(pc.list_value_length(members[name]).fill_null(0))
        types[of_list > 0] = kind
        pieces += of_list
    if (pieces > 1).any():
        raise ValueError("a value has two members, or one in two pieces")
    return types


def _nested(blobs: pa.BinaryArray, name: str, max_depth: int) -> list[Canonical]:
    """Arrays or maps from their bytes."""
    found = []
    for blob in blobs.to_pylist():
        value = AnyValue()
        try:
            getattr(value, name).MergeFromString(blob)
        except DecodeError as error:
            raise ValueError(str(error)) from error
        getattr(value, name).SetInParent()
        found.append(composite(value, member, max_depth))
    return found


def _set(values: pa.Array) -> Sequence[Any]:
    found: Sequence[Any] = values.drop_null().to_pylist()
    return found


def _placed(texts: Sequence[str], where: Mask) -> pa.StringArray:
    """The texts at the true places, in order, and null between them."""
    places = np.cumsum(where, dtype=np.int32) - 1
    return pa.array(texts, pa.string()).take(pa.array(places, mask=~where))
