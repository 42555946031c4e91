"""Many distinct export requests from a few: ids and times are rewritten in place, so making one costs little."""

import random
import re
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

import payloads

SPANS = 512
"""Items in each request, whatever the signal."""
TIME_TAGS = {
    "traces": (b"\x39", b"\x41"),  # start_time_unix_nano, end_time_unix_nano: fields 7 and 8 of a span, fixed64
    "logs": (b"\x09", b"\x59"),  # time_unix_nano, observed_time_unix_nano: fields 1 and 11 of a log record
}

FIXED = ("code.", "db.", "user_agent.", "exception.", "network.")  # what repeats in life from request to request


@dataclass(frozen=True)
class Template:
    """The bytes of one request, and where its ids (in 8-byte words), its times and the digits of its values stand."""

    body: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    digits: npt.NDArray[np.int64]

    def at(self, now_ns: int, chance: random.Random) -> bytes:
        """The same request with other ids, numbers in its values and times, ended at `now_ns`. Parents stay parents.

        New digits matter: a server that remembers the values it has seen must not profit from a repeated request.
        """
        body = self.body.copy()
        body[self.ids] ^= np.frombuffer(chance.randbytes(8), np.uint8)
        body[self.digits] = np.frombuffer(chance.randbytes(len(self.digits)), np.uint8) % 10 + ord("0")
        stamps = body[self.times].view("<u8") + np.uint64(now_ns - payloads.NOW_NS)
        body[self.times] = stamps.view(np.uint8)
        return body.tobytes()


def template(seed: int, signal: str = "traces") -> Template:
    """One request of 512 spans of about 1 KB, or of 512 log records."""
    body = payloads.traces(SPANS, seed) if signal == "traces" else payloads.logs(SPANS, seed)
    ids, times, digits = set[int](), set[int](), set[int]()
    for item in _items(body, signal):
        for words in _id_words(item):
            ids.update(_places(body, words))
        for tag, stamp in zip(TIME_TAGS[signal], _times(item), strict=True):
            times.update(place + 1 for place in _places(body, tag + struct.pack("<Q", stamp)))
        for text in _numbered(item):
            starts = [match.start() for match in re.finditer(rb"(?<=\d)\d(?=\d)", text)]
            digits.update(place + start for place in _places(body, text) for start in starts)
    return Template(np.frombuffer(body, np.uint8), _words(ids), _words(times), np.array(sorted(digits), np.int64))


def gzipped(
    count: int, signal: str = "traces", templates: int = 16, seed: int = 1, spread_s: float = 0.0
) -> Iterator[bytes]:
    """This many distinct requests as an exporter with compression sends them, ended now or at a time within the
    last `spread_s` seconds."""
    chance = random.Random(seed)
    made = [template(seed * 1000 + number, signal) for number in range(templates)]
    for number in range(count):
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        ended_ns = time.time_ns() - int(chance.random() * spread_s * 1e9)
        body = made[number % templates].at(ended_ns, chance)
        yield packer.compress(body) + packer.flush()


def _items(body: bytes, signal: str) -> Iterator[Span | LogRecord]:
    if signal == "traces":
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in group.scope_spans:
                yield from scope.spans
    else:
        for described in ExportLogsServiceRequest.FromString(body).resource_logs:
            for scoped in described.scope_logs:
                yield from scoped.log_records


def _id_words(item: Span | LogRecord) -> Iterator[bytes]:
    parents = item.parent_span_id if isinstance(item, Span) else b""
    yield from (words for words in (item.trace_id[:8], item.trace_id[8:], item.span_id, parents) if words)


def _times(item: Span | LogRecord) -> tuple[int, int]:
    if isinstance(item, Span):
        return item.start_time_unix_nano, item.end_time_unix_nano
    return item.time_unix_nano, item.observed_time_unix_nano


def _numbered(item: Span | LogRecord) -> Iterator[bytes]:
    """Values that carry a number of an instance, like an id in a path: at least three digits in a row."""
    texts = [each.value.string_value for each in item.attributes if not each.key.startswith(FIXED)]
    texts += [item.body.string_value] if isinstance(item, LogRecord) else []
    yield from (text.encode() for text in texts if re.search(r"\d{3}", text) and len(text) < 200)


def _places(body: bytes, needle: bytes) -> Iterator[int]:
    at = body.find(needle)
    while at >= 0:
        yield at
        at = body.find(needle, at + 1)


def _words(starts: set[int]) -> npt.NDArray[np.int64]:
    return np.array(sorted(starts), np.int64)[:, None] + np.arange(8)
