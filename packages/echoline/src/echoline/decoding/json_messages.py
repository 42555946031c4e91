"""OTLP's messages as OTLP/JSON writes them: types made from the protobuf descriptors, which refuse wrong types by name.

Keys are protobuf's JSON names, unknown ones are ignored, null and absent are both None. 64-bit numbers may be strings,
enums may be names. Attributes stay raw JSON, so that equal ones are read only once.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.descriptor_pool import Default

from echoline.decoding.descriptors import COMMON, KEY_VALUE, REQUEST_NAMES
from echoline.model.records import PlainSignal

_SCALARS: Mapping[int, Any] = {
    FieldDescriptor.CPPTYPE_STRING: str,  # ids and other bytes too
    FieldDescriptor.CPPTYPE_BOOL: bool,
    FieldDescriptor.CPPTYPE_DOUBLE: float | str,
}


class AnyValue(msgspec.Struct, rename="camel", gc=False):
    """A value: at most one of its members is not None."""

    string_value: str | None = None
    bool_value: bool | None = None
    int_value: int | str | None = None
    double_value: float | str | None = None
    array_value: "ArrayValue | None" = None
    kvlist_value: "KeyValueList | None" = None
    bytes_value: str | None = None


class ArrayValue(msgspec.Struct, gc=False):
    """Values in order."""

    values: list[AnyValue] | None = None


class KeyValue(msgspec.Struct, gc=False):
    """An attribute, or an entry of a map."""

    key: str | None = None
    value: AnyValue | None = None


class KeyValueList(msgspec.Struct, gc=False):
    """The entries of a map."""

    values: list[KeyValue] | None = None


def request_type(signal: PlainSignal) -> type[msgspec.Struct]:
    """The type of an export request, whose fields have the names that they have in protobuf."""
    return _type(REQUEST_NAMES[signal])


@cache
def _type(name: str) -> type[msgspec.Struct]:
    if name == COMMON + "AnyValue":
        return AnyValue
    message: Descriptor = Default().FindMessageTypeByName(name)
    return msgspec.defstruct(
        message.name,
        [(field.name, _field_type(field), None) for field in message.fields],
        rename={field.name: field.json_name for field in message.fields},
        gc=False,
    )


def _field_type(field: FieldDescriptor) -> Any:
    if field.message_type is None:
        single: Any = _SCALARS.get(field.cpp_type, int | str)
    elif field.message_type.full_name == KEY_VALUE:
        single = msgspec.Raw
    else:
        single = _type(field.message_type.full_name)
    return (list[single] if field.is_repeated else single) | None
