"""The message of one profiles request, from protobuf or JSON, mended where its text is no Unicode."""

import base64
from collections.abc import Iterator
from typing import Any

import orjson
from google.protobuf.json_format import ParseDict, ParseError
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

from echoline.decoding.bulk import check_items, check_objects
from echoline.decoding.compression import expand
from echoline.decoding.json_repair import repaired_json
from echoline.decoding.repair import repaired
from echoline.errors import BadInput
from echoline.model.records import Request

# Counting takes time; smaller bodies cannot swell to much.
_LARGE = 2 << 20


def message(request: Request, max_body_bytes: int) -> tuple[Any, int]:
    """An ExportProfilesServiceRequest, and how many of its strings had to be mended.

    Raises BadInput, also for a body that is too large or holds more items than its bytes could mean.
    """
    body = expand(request, max_body_bytes)
    if request.format == "json":
        check_objects(body)
        try:
            return _from_json(body), 0
        except BadInput:
            mended, strings = repaired_json(body)
            return _from_json(mended), strings
    if len(body) > _LARGE:
        check_items("profiles", body, is_thorough=True)
    try:
        return ExportProfilesServiceRequest.FromString(body), 0
    except DecodeError:
        mended, strings = repaired("profiles", body)
        return ExportProfilesServiceRequest.FromString(mended), strings


def _from_json(body: bytes) -> Any:
    try:
        content = orjson.loads(body)
        if not isinstance(content, dict):
            raise ParseError(f"it is a {type(content).__name__}")
        for each in _objects(content, "dictionary", "linkTable"):
            for name in ("traceId", "spanId"):
                each[name] = _base64(each.get(name))
        for each in _objects(content, "resourceProfiles", "scopeProfiles", "profiles"):
            # Not kept, and in OTLP/JSON no base64.
            each.pop("profileId", None)
            each.pop("originalPayload", None)
        return ParseDict(content, ExportProfilesServiceRequest(), ignore_unknown_fields=True)
    except ParseError as error:
        raise BadInput(f"body is no OTLP/JSON: {error}", reason="wrong_type") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"body is no OTLP/JSON: {error}", reason="malformed") from error


def _objects(content: Any, *path: str) -> Iterator[dict[str, Any]]:
    """The objects at a path, through lists and single ones; what is of another type is left to who parses it."""
    several = content if isinstance(content, list) else [content]
    for each in several:
        if isinstance(each, dict):
            if path:
                yield from _objects(each.get(path[0]), *path[1:])
            else:
                yield each


def _base64(hexadecimal: Any) -> str:
    """OTLP/JSON writes ids in hexadecimal, protobuf's JSON all bytes in base64; an id that is neither is one byte."""
    try:
        raw = bytes.fromhex(hexadecimal or "")
    except (TypeError, ValueError):
        raw = b"?"
    return base64.b64encode(raw).decode()
