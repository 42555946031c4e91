"""Leaves out the items that cannot be kept, each for its first reason, and counts them.

A span goes for an id of the wrong length or of zeros (`invalid_trace_id`, `invalid_span_id`), any item for a time that
no signed number of nanoseconds can hold, as one before 1970 becomes on the wire (`invalid_time`), a histogram's point
for bounds that do not fit its counts (`invalid_histogram`).
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.decoding.wire import Mask, Wire, only
from echoline.model.records import PlainSignal

LATEST_NS = np.uint64(2**63 - 1)


def without_refused(signal: PlainSignal, wire: Wire) -> tuple[Wire, Counter[str]]:
    """What is left of the wire, and how many items went for which reason."""
    rows = wire.parts["rows"]
    wanted = np.ones(len(rows), np.bool_)
    rejected: Counter[str] = Counter()
    for reason, mask in _refused(signal, rows.columns).items():
        rejected[reason] = int((mask & wanted).sum())
        wanted &= ~mask
    return (wire if wanted.all() else only(wire, wanted)), +rejected


def is_late(times: pa.Array) -> Mask:
    """Which unsigned times do not fit a signed number."""
    late: Mask = np.asarray(times) > LATEST_NS
    return late


def _refused(signal: PlainSignal, rows: Mapping[str, pa.Array]) -> dict[str, Mask]:
    match signal:
        case "traces":
            return {
                "invalid_trace_id": ~_is_id(rows["trace_id"], 16),
                "invalid_span_id": ~_is_id(rows["span_id"], 8),
                "invalid_time": is_late(rows["start_ns"]) | is_late(rows["end_ns"]),
            }
        case "logs":
            return {"invalid_time": is_late(rows["time_ns"]) | is_late(rows["observed_ns"])}
        case "metrics":
            return {
                "invalid_time": is_late(rows["start_ns"]) | is_late(rows["time_ns"]),
                "invalid_histogram": _misfits(rows["bucket_counts"], rows["bounds"]),
            }


def _is_id(ids: pa.BinaryArray, width: int) -> Mask:
    """Which are of the right length and not all zeros."""
    is_right: Mask = np.asarray(pc.binary_length(ids)) == width
    is_right &= ~np.asarray(pc.equal(ids, pa.scalar(bytes(width), pa.binary())))
    return is_right


def _misfits(counts: pa.ListArray, bounds: pa.ListArray) -> Mask:
    """OTLP: one count more than bounds, or none of either."""
    of_counts, of_bounds = (np.asarray(pc.list_value_length(each)) for each in (counts, bounds))
    misfits: Mask = np.where(of_counts == 0, of_bounds > 0, of_counts != of_bounds + 1)
    return misfits
