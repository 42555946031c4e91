"""Samples → the bytes of an OTLP profiles request (`v1development`).

Every table has a zero entry at index 0; samples point into tables that the whole request shares.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.profiles.v1development import profiles_pb2 as wire
from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from echoline_agent.functions.code_names import absolute, qualname
from echoline_agent.profiling.samples import NO_SPAN, Place, SpanIds
from echoline_agent.profiling.stacks import Function, Location, Stack

SCOPE = "echoline.profiling"
APPROXIMATE = "echoline.profile.approximate"
"""On samples of which the thread and its CPU time are right, but the function is a guess."""
THREAD = "thread.name"
FRAME_TYPE = "profile.frame.type"

Key = TypeVar("Key", bound=Hashable)
Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Interval:
    """When the samples of one request were taken."""

    start_ns: int
    duration_ns: int
    period_ns: int
    """CPU time between two samples, about."""


def profile_request(added: Mapping[Place, int], interval: Interval, resource: Attributes) -> bytes:
    """One request with one profile; sample type CPU nanoseconds."""
    tables = _Tables()
    profile = wire.Profile(
        sample_type=tables.value_type("cpu", "nanoseconds"),
        period_type=tables.value_type("cpu", "nanoseconds"),
        period=interval.period_ns,
        time_unix_nano=interval.start_ns,
        duration_nano=interval.duration_ns,
        samples=[tables.sample(place, cpu_ns) for place, cpu_ns in added.items()],
    )
    scope = wire.ScopeProfiles(scope=InstrumentationScope(name=SCOPE), profiles=[profile])
    whole = wire.ResourceProfiles(resource=Resource(attributes=key_values(resource)), scope_profiles=[scope])
    request = ExportProfilesServiceRequest(resource_profiles=[whole], dictionary=tables.dictionary())
    return bytes(request.SerializeToString())


class _Table(Generic[Key]):
    """Entries of one table by key, in order of their first use; index 0 is the empty entry."""

    def __init__(self, empty: object, make: Callable[[Key], object]) -> None:
        self.entries: list[Any] = [empty]
        self._make = make
        self._index: dict[Key, int] = {}

    def index(self, key: Key) -> int:
        known = self._index.get(key)
        if known is None:
            # Made first: an entry may need others of the same table.
            made = self._make(key)
            known = self._index[key] = len(self.entries)
            self.entries.append(made)
        return known

    def indices(self, keys: Sequence[Key]) -> list[int]:
        """Of many at once; at little cost when all are known."""
        known = list(map(self._index.get, keys))
        return [each for each in known if each] if all(known) else [self.index(key) for key in keys]


class _Tables:
    def __init__(self) -> None:
        self.strings: _Table[str] = _Table("", str)
        self.functions: _Table[Function] = _Table(wire.Function(), self._function)
        self.locations: _Table[Location] = _Table(wire.Location(), self._location)
        self.stacks: _Table[Stack] = _Table(wire.Stack(), self._stack)
        self.links: _Table[SpanIds] = _Table(wire.Link(), _link)
        self.attributes: _Table[tuple[str, str | bool]] = _Table(wire.KeyValueAndUnit(), self._attribute)

    def string(self, text: str) -> int:
        return self.strings.index(text) if text else 0

    def value_type(self, kind: str, unit: str) -> "wire.ValueType":
        return wire.ValueType(type_strindex=self.string(kind), unit_strindex=self.string(unit))

    def sample(self, place: Place, cpu_ns: int) -> "wire.Sample":
        about: list[tuple[str, str | bool]] = [(THREAD, place.thread)] if place.thread else []
        about += [(APPROXIMATE, True)] if place.is_approximate else []
        return wire.Sample(
            stack_index=self.stacks.index(place.stack),
            link_index=self.links.index(place.span) if place.span != NO_SPAN else 0,
            attribute_indices=[self.attributes.index(each) for each in about],
            values=[cpu_ns],
        )

    def dictionary(self) -> "wire.ProfilesDictionary":
        return wire.ProfilesDictionary(
            mapping_table=[wire.Mapping()],
            location_table=self.locations.entries,
            function_table=self.functions.entries,
            link_table=self.links.entries,
            string_table=self.strings.entries,
            attribute_table=self.attributes.entries,
            stack_table=self.stacks.entries,
        )

    def _stack(self, stack: Stack) -> "wire.Stack":
        return wire.Stack(location_indices=self.locations.indices(stack))

    def _location(self, location: Location) -> "wire.Location":
        kind = self.attributes.index((FRAME_TYPE, "cpython"))
        line = wire.Line(function_index=self.functions.index(location.function), line=location.line)
        return wire.Location(lines=[line], attribute_indices=[kind])

    def _function(self, function: Function) -> "wire.Function":
        return wire.Function(
            name_strindex=self.string(f"{function.module}.{qualname(function.qualname)}"),
            filename_strindex=self.string(absolute(function.file)),
            start_line=function.line,
        )

    def _attribute(self, attribute: tuple[str, str | bool]) -> "wire.KeyValueAndUnit":
        key, value = attribute
        return wire.KeyValueAndUnit(key_strindex=self.string(key), value=_any_value(value))


def _link(span: SpanIds) -> "wire.Link":
    return wire.Link(trace_id=span.trace_id.to_bytes(16, "big"), span_id=span.span_id.to_bytes(8, "big"))


def key_values(attributes: Attributes) -> list["KeyValue"]:
    """Attributes as OTLP writes them."""
    return [KeyValue(key=key, value=_any_value(value)) for key, value in attributes.items()]


def _any_value(value: object) -> "AnyValue":
    match value:
        case bool():
            return AnyValue(bool_value=value)
        case int():
            return AnyValue(int_value=value)
        case float():
            return AnyValue(double_value=value)
        case list() | tuple():
            made = AnyValue()
            made.array_value.values.extend(_any_value(each) for each in value)
            return made
        case _:
            return AnyValue(string_value=str(value))
