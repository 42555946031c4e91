"""Many distinct export requests from a few: ids and times are rewritten in place, so making one costs little."""

import random
import struct
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

import payloads

SPANS = 512
TIME_TAGS = (b"\x39", b"\x41")  # start_time_unix_nano and end_time_unix_nano of a span: fields 7 and 8, fixed64


@dataclass(frozen=True)
class Template:
    """The bytes of one request, and where its ids (in 8-byte words) and times stand in it."""

    body: npt.NDArray[np.uint8]
    ids: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]

    def at(self, now_ns: int, chance: random.Random) -> bytes:
        """The same request with other trace and span ids, ended at `now_ns`. Parents stay parents."""
        body = self.body.copy()
        body[self.ids] ^= np.frombuffer(chance.randbytes(8), np.uint8)
        shift = now_ns - payloads.NOW_NS
        stamps = body[self.times].view("<u8") + np.uint64(shift)
        body[self.times] = stamps.view(np.uint8)
        return body.tobytes()


def template(seed: int) -> Template:
    """One request of 512 spans of about 1 KB."""
    body = payloads.traces(SPANS, seed)
    request = ExportTraceServiceRequest.FromString(body)
    ids, times = set[int](), set[int]()
    for span in (s for r in request.resource_spans for scope in r.scope_spans for s in scope.spans):
        for words in (span.trace_id[:8], span.trace_id[8:], span.span_id, span.parent_span_id):
            ids.update(_places(body, words) if words else ())
        for tag, stamp in zip(TIME_TAGS, (span.start_time_unix_nano, span.end_time_unix_nano), strict=True):
            times.update(place + 1 for place in _places(body, tag + struct.pack("<Q", stamp)))
    return Template(np.frombuffer(body, np.uint8), _words(ids), _words(times))


def gzipped(count: int, templates: int = 16, seed: int = 1) -> Iterator[bytes]:
    """This many distinct requests as an exporter with compression sends them; times end now."""
    chance = random.Random(seed)
    made = [template(seed * 1000 + number) for number in range(templates)]
    for number in range(count):
        packer = zlib.compressobj(1, zlib.DEFLATED, 31)
        body = made[number % templates].at(time.time_ns(), chance)
        yield packer.compress(body) + packer.flush()


def _places(body: bytes, needle: bytes) -> Iterator[int]:
    at = body.find(needle)
    while at >= 0:
        yield at
        at = body.find(needle, at + 1)


def _words(starts: set[int]) -> npt.NDArray[np.int64]:
    return np.array(sorted(starts), np.int64)[:, None] + np.arange(8)
