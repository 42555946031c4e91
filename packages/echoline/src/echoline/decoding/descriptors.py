"""OTLP's own protobuf descriptors, changed: so that ptars stays shallow, and so that text need not be UTF-8."""

from collections.abc import Callable, Iterable, Iterator

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from opentelemetry.proto.collector.logs.v1 import logs_service_pb2
from opentelemetry.proto.collector.metrics.v1 import metrics_service_pb2
from opentelemetry.proto.collector.profiles.v1development import profiles_service_pb2
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
from opentelemetry.proto.common.v1 import common_pb2
from opentelemetry.proto.logs.v1 import logs_pb2
from opentelemetry.proto.metrics.v1 import metrics_pb2
from opentelemetry.proto.profiles.v1development import profiles_pb2
from opentelemetry.proto.resource.v1 import resource_pb2
from opentelemetry.proto.trace.v1 import trace_pb2

from echoline.model.records import Signal

_MODULES = (
    common_pb2,
    resource_pb2,
    trace_pb2,
    logs_pb2,
    metrics_pb2,
    trace_service_pb2,
    logs_service_pb2,
    metrics_service_pb2,
    profiles_pb2,
    profiles_service_pb2,
)
REQUEST_NAMES: dict[Signal, str] = {
    "traces": "opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest",
    "logs": "opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest",
    "metrics": "opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest",
    "profiles": "opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest",
}
COMMON = "opentelemetry.proto.common.v1."
KEY_VALUE = COMMON + "KeyValue"
NESTED = {"array_value": COMMON + "ArrayValue", "kvlist_value": COMMON + "KeyValueList"}


def trimmed() -> tuple[DescriptorPool, list[FileDescriptor]]:
    """For ptars: attributes, arrays and maps are opaque bytes, so that nothing is recursive.

    All of them are repeated: protobuf appends a message that is given twice to the first, and here both are seen.
    """

    def trim(field: FieldDescriptorProto) -> None:
        if field.type_name.removeprefix(".") in (KEY_VALUE, *NESTED.values()):
            _make_opaque(field)

    return _changed(trim)


def lenient() -> DescriptorPool:
    """For mending: strings are bytes, arrays and maps are opaque bytes as in `trimmed`; the wire is the same."""

    def loosen(field: FieldDescriptorProto) -> None:
        if field.type == FieldDescriptorProto.TYPE_STRING:
            field.type = FieldDescriptorProto.TYPE_BYTES
        if field.type_name.removeprefix(".") in NESTED.values():
            _make_opaque(field)

    return _changed(loosen)[0]


def string_fields() -> frozenset[str]:
    """The full names of all fields that hold text."""
    files = (FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb) for module in _MODULES)
    return frozenset(
        f"{name}.{field.name}"
        for file in files
        for name, message in _messages(file.package, file.message_type)
        for field in message.field
        if field.type == FieldDescriptorProto.TYPE_STRING
    )


def _make_opaque(field: FieldDescriptorProto) -> None:
    field.type = FieldDescriptorProto.TYPE_BYTES
    field.label = FieldDescriptorProto.LABEL_REPEATED
    field.ClearField("type_name")
    field.ClearField("oneof_index")


def _changed(change: Callable[[FieldDescriptorProto], None]) -> tuple[DescriptorPool, list[FileDescriptor]]:
    pool = DescriptorPool()
    files = []
    for module in _MODULES:
        file = FileDescriptorProto.FromString(module.DESCRIPTOR.serialized_pb)
        for _, message in _messages(file.package, file.message_type):
            for field in message.field:
                change(field)
        pool.AddSerializedFile(file.SerializeToString())
        files.append(pool.FindFileByName(file.name))
    return pool, files


def _messages(inside: str, messages: Iterable[DescriptorProto]) -> Iterator[tuple[str, DescriptorProto]]:
    """All messages, nested ones too, with their full names."""
    for message in messages:
        name = f"{inside}.{message.name}"
        yield name, message
        yield from _messages(name, message.nested_type)
