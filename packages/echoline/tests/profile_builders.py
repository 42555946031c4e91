"""Small builders of OTLP profiles: `profiles(sample("main", "cart.total", ms=20))` is the bytes of a request.

Frames are written outermost first, as `function`, `file:function` or `file:function:line`; `request_of` gives the
message for those who want to break it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

from builders import START_NS, Attributes, any_value, resource, scope

FILE = "/app/shop/cart.py"


@dataclass(frozen=True)
class Sample:
    """One sample, not yet in tables."""

    frames: tuple[str, ...]
    values: tuple[int, ...]
    times: tuple[int, ...] = ()
    trace_id: bytes = b""
    span_id: bytes = b""
    attributes: Attributes = ()


def sample(
    *frames: str,
    ms: float = 20,
    values: Sequence[int] | None = None,
    times: Sequence[int] = (),
    trace_id: bytes = b"",
    span_id: bytes = b"",
    attributes: Attributes = (),
) -> Sample:
    """A sample of CPU time, unless `values` says what else."""
    given = (int(ms * 1e6),) if values is None else tuple(values)
    return Sample(frames, given, tuple(times), trace_id, span_id, attributes)


@dataclass
class Tables:
    """Builds the dictionary of one request; index 0 of every table stands for nothing."""

    request: Any
    _strings: dict[str, int] = field(default_factory=dict)
    _others: dict[Any, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tables = self.request.dictionary
        self.text("")
        for name in ("mapping", "location", "function", "link", "attribute", "stack"):
            getattr(tables, f"{name}_table").add()

    def text(self, text: str) -> int:
        if text not in self._strings:
            self._strings[text] = len(self._strings)
            self.request.dictionary.string_table.append(text)
        return self._strings[text]

    def stack(self, frames: Sequence[str]) -> int:
        places = [self._location(frame) for frame in reversed(frames)]
        return self._entry("stack", ("stack", *places), location_indices=places) if frames else 0

    def link(self, trace_id: bytes, span_id: bytes) -> int:
        ids = {"trace_id": trace_id, "span_id": span_id}
        return self._entry("link", (trace_id, span_id), **ids) if trace_id or span_id else 0

    def attributes(self, given: Attributes) -> list[int]:
        pairs = given.items() if hasattr(given, "items") else given
        return [
            self._entry("attribute", (key, repr(value)), key_strindex=self.text(key), value=any_value(value))
            for key, value in pairs
        ]

    def _location(self, frame: str) -> int:
        parts = frame.split(":")
        file, function = (FILE, parts[0]) if len(parts) == 1 else parts[:2]
        line = int(parts[2]) if len(parts) > 2 else 1
        names = {"name_strindex": self.text(function), "filename_strindex": self.text(file)}
        number = self._entry("function", ("function", function, file), **names)
        return self._entry("location", ("location", number, line), lines=[{"function_index": number, "line": line}])

    def _entry(self, table: str, key: Any, **content: Any) -> int:
        entries = getattr(self.request.dictionary, f"{table}_table")
        if key not in self._others:
            self._others[key] = len(entries)
            entries.add(**content)
        return self._others[key]


def request_of(
    *samples: Sample,
    kind: tuple[str, str] = ("cpu", "nanoseconds"),
    period: tuple[str, str, int] = ("", "", 0),
    start_ns: int = START_NS,
    attributes: Attributes = (),
    **where: Any,
) -> Any:
    """An ExportProfilesServiceRequest with one profile; `where` may hold service, resource and scope."""
    request = ExportProfilesServiceRequest()
    tables = Tables(request)
    group = request.resource_profiles.add()
    group.resource.CopyFrom(where.get("resource", resource(service=where.get("service", "shop"))))
    inner = group.scope_profiles.add()
    inner.scope.CopyFrom(where.get("scope", scope()))
    profile = inner.profiles.add(time_unix_nano=start_ns, period=period[2])
    for part, (type_, unit) in ((profile.sample_type, kind), (profile.period_type, period[:2])):
        part.type_strindex, part.unit_strindex = tables.text(type_), tables.text(unit)
    profile.attribute_indices.extend(tables.attributes(attributes))
    for each in samples:
        profile.samples.add(
            stack_index=tables.stack(each.frames),
            link_index=tables.link(each.trace_id, each.span_id),
            values=each.values,
            timestamps_unix_nano=each.times,
            attribute_indices=tables.attributes(each.attributes),
        )
    return request


def profiles(*samples: Sample, **others: Any) -> bytes:
    """The body of a request; arguments as for `request_of`."""
    return bytes(request_of(*samples, **others).SerializeToString())
