"""Checks that bytes are an OTLP request in JSON, down to its items, and skips what lies deeper."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.receivers.otlp.structure import LARGE_BYTES, MALFORMED, MAX_ITEMS, Structure, too_many

# Attributes and their values are objects too.
_OBJECTS_PER_ITEM = 10
_HEX = frozenset("0123456789abcdefABCDEF")


class _Ids(msgspec.Struct, rename="camel"):
    trace_id: str | None = None
    span_id: str | None = None


class _Any(msgspec.Struct):
    """An object whose fields do not matter here."""


class _ScopeSpans(msgspec.Struct):
    spans: list[_Ids] | None = None


class _ScopeLogs(msgspec.Struct, rename="camel"):
    log_records: list[_Any] | None = None


class _ScopeMetrics(msgspec.Struct):
    metrics: list[_Any] | None = None


class _ScopeProfiles(msgspec.Struct):
    profiles: list[_Any] | None = None


class _ResourceSpans(msgspec.Struct, rename="camel"):
    scope_spans: list[_ScopeSpans] | None = None


class _ResourceLogs(msgspec.Struct, rename="camel"):
    scope_logs: list[_ScopeLogs] | None = None


class _ResourceMetrics(msgspec.Struct, rename="camel"):
    scope_metrics: list[_ScopeMetrics] | None = None


class _ResourceProfiles(msgspec.Struct, rename="camel"):
    scope_profiles: list[_ScopeProfiles] | None = None


class _Traces(msgspec.Struct, rename="camel"):
    resource_spans: list[_ResourceSpans] | None = None


class _Logs(msgspec.Struct, rename="camel"):
    resource_logs: list[_ResourceLogs] | None = None


class _Metrics(msgspec.Struct, rename="camel"):
    resource_metrics: list[_ResourceMetrics] | None = None


class _Profiles(msgspec.Struct, rename="camel"):
    resource_profiles: list[_ResourceProfiles] | None = None


_DECODERS: dict[Signal, msgspec.json.Decoder[Any]] = {
    "traces": msgspec.json.Decoder(_Traces),
    "logs": msgspec.json.Decoder(_Logs),
    "metrics": msgspec.json.Decoder(_Metrics),
    "profiles": msgspec.json.Decoder(_Profiles),
}


def check(signal: Signal, body: bytes) -> Structure:
    """Counts the items of a request, and the spans whose ids are unusable. Unknown fields are fine. Raises BadInput."""
    if len(body) > LARGE_BYTES and body.count(b"{") > MAX_ITEMS * _OBJECTS_PER_ITEM:
        raise too_many()
    try:
        request = _DECODERS[signal].decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"the body is no OTLP {signal} request in JSON: {error}", reason=MALFORMED) from error
    items = list(_items(request))
    if len(items) > MAX_ITEMS:
        raise too_many()
    rejected = sum(map(_is_without_ids, items)) if signal == "traces" else 0
    return Structure(
        len(items), rejected, "trace id or span id that is not hex of its length, or zero" if rejected else ""
    )


def _items(request: Any) -> Iterator[Any]:
    """Down three lists, whatever the signal calls them."""
    level: Sequence[Any] = [request]
    for _ in range(3):
        level = [each for above in level for each in getattr(above, above.__struct_fields__[0]) or ()]
    yield from level


def _is_without_ids(span: _Ids) -> bool:
    return not (_is_id(span.trace_id, 32) and _is_id(span.span_id, 16))


def _is_id(text: str | None, size: int) -> bool:
    return text is not None and len(text) == size and _HEX.issuperset(text) and text != "0" * size
