"""Attributes and values out of ptars, as canonical text."""

import base64
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import ptars
import pyarrow as pa
import pyarrow.compute as pc
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from echoline.decoding.descriptors import KEY_VALUE, NESTED, trimmed
from echoline.decoding.oracle import member
from echoline.decoding.values import Canonical, composite
from echoline.decoding.wire import Values, WirePool, lengths_of
from echoline.model.batch import STRING, Bytes, ValueType

_TYPES = {
    "string_value": ValueType.STRING,
    "bool_value": ValueType.BOOL,
    "int_value": ValueType.INT,
    "double_value": ValueType.DOUBLE,
    "array_value": ValueType.ARRAY,
    "kvlist_value": ValueType.MAP,
    "bytes_value": ValueType.BYTES,
    "string_value_strindex": ValueType.EMPTY,  # belongs to profiles; no other signal has its table of strings
}


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
    is_deep = np.zeros(len(values), np.bool_)
    texts = [members["string_value"]]
    places = np.arange(len(values), dtype=np.int32)
    for name, kind in _TYPES.items():
        where = np.flatnonzero(types == kind)
        if name in NESTED and len(where):
            nested = _nested(members[name].flatten(), name, max_depth)
            is_deep[where] = [each.is_deep for each in nested]
            written = pa.array([each.text for each in nested])
        elif name in _WRITTEN and len(where):
            written = _WRITTEN[name](members[name].drop_null())
        else:
            continue
        places[where] = np.arange(len(where)) + sum(map(len, texts))
        texts.append(written)
    return Values(pa.concat_arrays(texts).take(pa.array(places)).fill_null(""), types, is_deep)


def _types(members: Mapping[str, pa.Array], size: int) -> Bytes:
    types = np.zeros(size, np.uint8)
    pieces = np.zeros(size, np.int32)
    for name, kind in _TYPES.items():
        column = members[name]
        if column.null_count < size:
            counts = lengths_of(column) if name in NESTED else np.asarray(column.is_valid())
            types[counts > 0] = kind
            pieces += counts
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


def _doubles(values: pa.DoubleArray) -> pa.StringArray:
    """As Python writes them; Arrow is four times as fast, and writes fractions of the usual sizes alike."""
    numbers = np.asarray(values)
    sizes = np.abs(numbers)
    with np.errstate(invalid="ignore"):  # a signalling NaN; it is none of those that are written alike
        is_other = ~((sizes >= 1e-4) & (sizes < 1e10) & (numbers != np.trunc(numbers)))
    others = pa.array([repr(each) for each in numbers[is_other].tolist()], pa.string())
    return pc.replace_with_mask(values.cast(pa.string()), pa.array(is_other), others)


def _base64(values: pa.BinaryArray) -> pa.StringArray:
    return pa.array([base64.b64encode(each).decode() for each in values.to_pylist()], pa.string())


def _as_text(values: pa.Array) -> pa.StringArray:
    return values.cast(pa.string())


_WRITTEN: Mapping[str, Callable[[pa.Array], pa.StringArray]] = {
    "bool_value": _as_text,
    "int_value": _as_text,
    "double_value": _doubles,
    "bytes_value": _base64,
}
