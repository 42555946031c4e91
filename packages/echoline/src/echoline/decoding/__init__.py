"""OTLP bytes → batch: `decode` for everybody, `self_test` for who wants to know how.

Protobuf is read the fast way (ptars) where it can be, else the slow way; JSON has a way of its own, and so have
profiles. All of them follow these decisions:

- Of an attribute key that stands twice on one item the last one stays, at its place (`duplicate_key`). OTLP leaves it
  open; the collector's maps, and SDKs that set an attribute twice, do the same. In a map value a repeated key keeps its
  first place and has its last value, as in every JSON parser.
- Text that is no UTF-8 gets U+FFFD (`invalid_utf8`, counted by string); NUL characters stay.
- Of an array or map nested deeper than the limit "…" stays (`value_depth`); longer texts end at a whole character
  (`value_length`, `key_length`), and what was JSON or base64 before is only a string then; of more attributes than
  allowed the first stay (`attribute_count`).
- checks.py says which items are left out, mending.py what is mended. Cuts are counted on what is kept.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache

import numpy as np

from echoline.config import LimitsConfig, ReceiveConfig
from echoline.decoding import fast, profiles
from echoline.decoding.checks import without_refused
from echoline.decoding.compare import difference
from echoline.decoding.mending import Mending
from echoline.decoding.reading import Reading
from echoline.decoding.specimens import specimen
from echoline.errors import EcholineError
from echoline.model.batch import Decoded
from echoline.model.records import PLAIN_SIGNALS, PlainSignal, Request, Signal


def decode(
    signal: Signal,
    requests: Sequence[Request],
    limits: LimitsConfig,
    now_ns: int,
    *,
    max_body_bytes: int = ReceiveConfig.max_decompressed_bytes,
) -> Decoded:
    """The batch of these requests, of either format and any encoding; `now_ns` stands in for a missing time of receipt.

    What is left out and what is cut is counted by reason. A request that is too large, damaged, or no OTLP is named in
    `bad` with its place in the call, and never takes another with it. No requests give empty parts.
    """
    if signal == "profiles":
        return profiles.decode(requests, limits, now_ns, max_body_bytes)
    return _decode(signal, requests, limits, now_ns, max_body_bytes, is_fast=not self_test())


def decode_slowly(signal: PlainSignal, requests: Sequence[Request], limits: LimitsConfig, now_ns: int) -> Decoded:
    """The same by plain protobuf messages and Python loops, at a tenth of the speed: the oracle."""
    return _decode(signal, requests, limits, now_ns, ReceiveConfig.max_decompressed_bytes, is_fast=False)


@cache
def self_test() -> str:
    """What the fast way reads differently from the slow one in built-in requests; "" if nothing.

    Runs once in a process. If it finds anything, `decode` goes the slow way.
    """
    for signal in PLAIN_SIGNALS:
        request = Request(signal, "protobuf", "identity", specimen(signal), 1)
        try:
            # Reading falls back to the slow way in silence, so the fast one is asked alone first.
            fast.read(signal, [request.body], [0], 1)
            quick = _decode(signal, [request], LimitsConfig(), 1, len(request.body), is_fast=True)
        except (EcholineError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            return f"{signal}: {type(error).__name__}: {error}"
        if found := difference(quick.batch, decode_slowly(signal, [request], LimitsConfig(), 1).batch):
            return f"{signal}: {found}"
    return ""


def _decode(
    signal: PlainSignal,
    requests: Sequence[Request],
    limits: LimitsConfig,
    now_ns: int,
    max_body_bytes: int,
    *,
    is_fast: bool,
) -> Decoded:
    reading = Reading(signal, requests, limits.max_depth, max_body_bytes, is_fast)
    wire, rejected = without_refused(signal, reading.wire())
    received_ns = np.array([request.received_ns or now_ns for request in requests], np.int64)
    mending = Mending(signal, wire, received_ns, limits, Counter(wire.cut))
    batch = mending.batch()
    return Decoded(batch, dict(rejected), dict(+mending.cut), tuple(reading.bad))
