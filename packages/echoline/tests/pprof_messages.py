"""Reads pprof with protobuf itself: `pprof(content)` is the message of a file, by a description of profile.proto."""

import gzip
from functools import cache
from typing import Any

from google.protobuf.descriptor_pb2 import FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

# Message, and its fields as (name, number, type), where * is repeated and a capital letter begins a message.
_MESSAGES = {
    "ValueType": ["type 1 int64", "unit 2 int64"],
    "Line": ["function_id 1 uint64", "line 2 int64"],
    "Location": ["id 1 uint64", "mapping_id 2 uint64", "address 3 uint64", "*line 4 Line"],
    "Function": ["id 1 uint64", "name 2 int64", "system_name 3 int64", "filename 4 int64", "start_line 5 int64"],
    "Sample": ["*location_id 1 uint64", "*value 2 int64"],
    "Profile": [
        "*sample_type 1 ValueType", "*sample 2 Sample", "*location 4 Location", "*function 5 Function",
        "*string_table 6 string", "time_nanos 9 int64", "duration_nanos 10 int64", "period_type 11 ValueType",
        "period 12 int64", "default_sample_type 14 int64",
    ],
}  # fmt: skip


def pprof(content: bytes) -> Any:
    return _profile().FromString(gzip.decompress(content))


def stacks(message: Any) -> list[tuple[list[tuple[str, str, int]], list[int]]]:
    """Frames, innermost first, as (function, file, line), and the values of each sample."""
    functions = {each.id: each for each in message.function}
    locations = {each.id: each.line[0] for each in message.location}
    texts = message.string_table

    def frame(number: int) -> tuple[str, str, int]:
        line = locations[number]
        function = functions[line.function_id]
        return texts[function.name], texts[function.filename], line.line

    return [([frame(each) for each in sample.location_id], list(sample.value)) for sample in message.sample]


@cache
def _profile() -> Any:
    file: Any = FileDescriptorProto(name="pprof.proto", package="pprof", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field in fields:
            label, number, kind = field.split()
            added = message.field.add(name=label.lstrip("*"), number=int(number))
            is_many = label.startswith("*")
            added.label = FieldDescriptorProto.LABEL_REPEATED if is_many else FieldDescriptorProto.LABEL_OPTIONAL
            if kind[0].isupper():
                added.type, added.type_name = FieldDescriptorProto.TYPE_MESSAGE, f".pprof.{kind}"
            else:
                added.type = getattr(FieldDescriptorProto, f"TYPE_{kind.upper()}")
    pool = DescriptorPool()
    pool.Add(file)
    return GetMessageClass(pool.FindMessageTypeByName("pprof.Profile"))
