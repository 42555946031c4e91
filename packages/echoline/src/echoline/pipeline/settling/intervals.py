"""How long each span itself took, and which part of it others waited for."""

from dataclasses import dataclass

import numpy as np

from echoline.pipeline.settling.ancestors import Indices, Mask, gathered, nearest
from echoline.pipeline.settling.spans import CLIENT, CONSUMER, PRODUCER, SERVER, Int64s, Spans


@dataclass(frozen=True)
class Times:
    """Of each span its own time, its part of the critical path, and whether nobody waited for its end."""

    self_ns: Int64s
    critical_ns: Int64s
    is_async: Mask


def times(spans: Spans) -> Times:
    """Self time is the duration without the union of what children cover of it.

    The critical path goes back from the end of a root: along the child that ended last, from its start on along the one
    that ended last before that, and so on; it splits the root's duration among the spans on it. What a child did after
    its parent's end, and what a consumer did for a producer, nobody waited for.
    """
    start, end = aligned(spans)
    has_parent = spans.parents >= 0
    is_handed_on = has_parent & (spans.kind == CONSUMER) & (spans.kind[spans.parents] == PRODUCER)
    is_async = is_handed_on | (has_parent & (end > end[spans.parents]))
    return Times(_self_ns(spans, start, end), _critical_ns(spans, start, end, is_handed_on), is_async)


def aligned(spans: Spans) -> tuple[Int64s, Int64s]:
    """Starts and ends by one clock per trace.

    A server's clock is set to its client's where the one says that it worked when the other did not wait: its span is
    put in the middle of the client's, or at its start if it is longer, and all below it move along.
    """
    start = spans.start_ns
    # Times are nanoseconds since 1970 and durations up to 2^63: what does not fit ends with the end of time.
    end = start + np.minimum(spans.duration_ns, np.iinfo(np.int64).max - start)
    above = spans.parents
    is_call = (above >= 0) & (spans.kind == SERVER) & (spans.kind[above] == CLIENT)
    is_call &= spans.service.numbers != spans.service.numbers[above]
    is_call &= (start < start[above]) | (end > end[above])
    moved = np.flatnonzero(is_call)
    if not len(moved):
        return start, end
    client = above[moved]
    room = spans.duration_ns[client] - spans.duration_ns[moved]
    shift = np.zeros(len(start), np.int64)
    shift[moved] = np.where(room >= 0, start[client] + room // 2 - start[moved], 0)
    apart = (room < 0) & ((end[moved] <= start[client]) | (start[moved] < start[client]))
    shift[moved[apart]] = start[client[apart]] - start[moved[apart]]
    shift = gathered(above, shift, np.add)
    return start + shift, end + shift


def _self_ns(spans: Spans, start: Int64s, end: Int64s) -> Int64s:
    """Durations without the union of the children's times as far as they lie within."""
    children = np.flatnonzero(spans.parents >= 0)
    above = spans.parents[children]
    begin = np.maximum(start[children], start[above])
    finish = np.minimum(end[children], end[above])
    inside = finish > begin
    children, above, begin, finish = children[inside], above[inside], begin[inside], finish[inside]
    order = np.lexsort((begin, above))
    above, begin, finish = above[order], begin[order], finish[order]
    # The latest end so far among the siblings: a running maximum that begins anew with each parent.
    by_end = np.argsort(finish, kind="stable")
    rank = np.empty(len(finish), np.int64)
    rank[by_end] = np.arange(len(finish))
    reached = np.maximum.accumulate(above * len(finish) + rank) - above * len(finish)
    covered_from = begin.copy()
    is_next = above[1:] == above[:-1]
    before = finish[by_end[reached[:-1]]]
    covered_from[1:] = np.where(is_next, np.maximum(begin[1:], before), begin[1:])
    covered = np.maximum(finish - covered_from, 0)
    found = end - start
    _subtract(found, above, covered)
    return found


def _subtract(totals: Int64s, above: Indices, amounts: Int64s) -> None:
    """Takes amounts from the totals that they belong to; `above` is in order."""
    if len(above):
        first = np.flatnonzero(np.append(True, above[1:] != above[:-1]))
        totals[above[first]] -= np.add.reduceat(amounts, first)


def _critical_ns(spans: Spans, start: Int64s, end: Int64s, is_handed_on: Mask) -> Int64s:
    """Durations on the critical path; the parts of a trace that hang together have one each."""
    begin = gathered(spans.parents, start, np.maximum)
    finish = np.maximum(gathered(spans.parents, end, np.minimum), begin)
    length = finish - begin
    children = np.flatnonzero((spans.parents >= 0) & (length > 0) & ~is_handed_on)
    children = children[np.lexsort((finish[children], spans.parents[children]))]
    is_chosen = spans.parents < 0
    is_chosen[children[_chosen(spans.parents[children], begin[children], finish[children])]] = True
    is_critical = nearest(spans.parents, ~is_chosen) < 0
    found = np.where(is_critical, length, 0)
    on_path = children[is_critical[children]]
    _subtract(found, spans.parents[on_path], length[on_path])
    return found


def _chosen(above: Indices, begin: Int64s, finish: Int64s) -> Mask:
    """Which siblings are on the way back from the end of their parent; they come in order of parent and end."""
    count = len(above)
    if not count:
        return np.zeros(0, np.bool_)
    ends = np.sort(finish)
    # The first place behind the sibling that ended last before this one began.
    place = above * (count + 1)
    keys = place + np.searchsorted(ends, finish, side="right")
    behind = np.searchsorted(keys, place + np.searchsorted(ends, begin, side="right"), side="right")
    first = np.flatnonzero(np.append(True, above[1:] != above[:-1]))
    first_of = np.repeat(first, np.diff(np.append(first, count)))
    before = np.append(np.where(behind > first_of, behind - 1, count), count)
    reached = np.zeros(count + 1, np.bool_)
    reached[np.append(first[1:], count) - 1] = reached[count] = True
    while True:
        further = before[reached]
        if reached[further].all():
            return reached[:count]
        reached[further] = True
        before = before[before]
