"""Looks at a request before it is acknowledged: cheap enough for every one, strict enough to be decoded later."""

from dataclasses import dataclass

from echoline.compression import TOO_LARGE, expand
from echoline.errors import BadInput
from echoline.model.records import Encoding, Signal, WireFormat
from echoline.receivers.otlp import json_structure, protobuf_structure
from echoline.receivers.otlp.structure import Structure


@dataclass(frozen=True, slots=True)
class Screened:
    """A request that may be acknowledged."""

    expanded_bytes: int
    structure: Structure


# What is undone and checked at once, within milliseconds; anything larger must not hold up the others.
_SMALL_BYTES = 1 << 20


def screen_small(
    signal: Signal, wire_format: WireFormat, encoding: Encoding, body: bytes, max_bytes: int
) -> Screened | None:
    """Like `screen`, or None for a request that is too large to be screened while others wait."""
    if len(body) > _SMALL_BYTES:
        return None
    try:
        return screen(signal, wire_format, encoding, body, min(max_bytes, _SMALL_BYTES))
    except BadInput as error:
        if error.reason == TOO_LARGE and max_bytes > _SMALL_BYTES:
            return None
        raise


def screen(signal: Signal, wire_format: WireFormat, encoding: Encoding, body: bytes, max_bytes: int) -> Screened:
    """Undoes the compression within the bound and checks the shape down to spans, log records, metrics and profiles.

    Raises BadInput with reason `too_large`, `bad_encoding`, `malformed` or `too_many`.
    """
    expanded = expand(body, encoding, max_bytes)
    check = protobuf_structure.check if wire_format == "protobuf" else json_structure.check
    return Screened(len(expanded), check(signal, expanded))
