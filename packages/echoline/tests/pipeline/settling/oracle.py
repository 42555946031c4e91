"""Facts one span after the other: slow, and obviously right. The fast way must find the same."""

from collections import Counter
from collections.abc import Sequence

from pipeline.settling.making import CLIENT, CONSUMER, PRODUCER, SERVER, Made

Fact = dict[str, object]


class Trace:
    """The spans of one trace, none of them left out."""

    def __init__(self, spans: Sequence[Made]) -> None:
        self.spans = sorted(
            {(each.start, each.id): each for each in reversed(spans)}.values(), key=lambda s: (s.start, s.id)
        )
        first: dict[int, int] = {}
        for index, span in enumerate(self.spans):
            first.setdefault(span.id, index)
        self.parents = [first.get(each.parent, -1) if each.parent else -1 for each in self.spans]
        for index in range(len(self.spans)):
            circle = self._circle(index)
            if circle:
                self.parents[min(circle)] = -1
        self.children: list[list[int]] = [[] for _ in self.spans]
        for index, parent in enumerate(self.parents):
            if parent >= 0:
                self.children[parent].append(index)
        self.at = [(each.start, each.end) for each in self.spans]
        for index in self._top_down():
            self._align(index)

    def facts(self) -> dict[tuple[int, int], Fact]:
        """By id and start."""
        critical = self._critical()
        labels = [(each.service, each.kind, each.operation) for each in self.spans]
        beside = Counter((parent, labels[index]) for index, parent in enumerate(self.parents) if parent >= 0)
        return {
            (span.id, span.start): {
                "self_ns": self._self_ns(index),
                "critical_ns": critical[index],
                "is_async": self._is_async(index),
                "entry": self._entry(index),
                "repeats": beside[self.parents[index], labels[index]] if self.parents[index] >= 0 else 1,
                "error_role": self._role(index),
            }
            for index, span in enumerate(self.spans)
        }

    def _circle(self, index: int) -> list[int]:
        """The circle that this span is on."""
        path, at = [index], self.parents[index]
        while at >= 0 and at != index and len(path) <= len(self.spans):
            path.append(at)
            at = self.parents[at]
        return path if at == index else []

    def _top_down(self) -> list[int]:
        order = [index for index, parent in enumerate(self.parents) if parent < 0]
        for index in order:
            order += self.children[index]
        return order

    def _align(self, index: int) -> None:
        """Moves a server's span, and all below it, into the span of its client."""
        parent, span = self.parents[index], self.spans[index]
        if parent < 0:
            return
        above = self.spans[parent]
        if (above.kind, span.kind) != (CLIENT, SERVER) or above.service == span.service:
            return
        if above.start <= span.start and span.end <= above.end:
            return
        room, shift = (above.end - above.start) - (span.end - span.start), 0
        if room >= 0:
            shift = above.start + room // 2 - span.start
        elif span.end <= above.start or span.start < above.start:
            shift = above.start - span.start
        below = [index]
        for each in below:
            self.at[each] = (self.at[each][0] + shift, self.at[each][1] + shift)
            below += self.children[each]

    def _self_ns(self, index: int) -> int:
        start, end = self.at[index]
        covered, reached = 0, start
        for first, last in sorted(self.at[child] for child in self.children[index]):
            begin, finish = max(first, reached), min(last, end)
            if finish > begin:
                covered, reached = covered + finish - begin, finish
        return end - start - covered

    def _is_handed_on(self, index: int) -> bool:
        parent = self.parents[index]
        return parent >= 0 and (self.spans[parent].kind, self.spans[index].kind) == (PRODUCER, CONSUMER)

    def _is_async(self, index: int) -> bool:
        parent = self.parents[index]
        return self._is_handed_on(index) or (parent >= 0 and self.at[index][1] > self.at[parent][1])

    def _critical(self) -> list[int]:
        found, within = [0] * len(self.spans), list(self.at)
        for index in self._top_down():
            parent = self.parents[index]
            if parent >= 0:
                begin = max(self.at[index][0], within[parent][0])
                within[index] = (begin, max(begin, min(self.at[index][1], within[parent][1])))
        waiting = [index for index, parent in enumerate(self.parents) if parent < 0]
        for index in waiting:
            begin, at = within[index]
            found[index] = at - begin
            left = [each for each in self.children[index] if not self._is_handed_on(each)]
            while True:
                fitting = [each for each in left if within[each][0] < within[each][1] <= at]
                if not fitting:
                    break
                chosen = max(fitting, key=lambda each: (within[each][1], each))
                found[index] -= within[chosen][1] - within[chosen][0]
                waiting.append(chosen)
                at = within[chosen][0]
        return found

    def _entry(self, index: int) -> str:
        service = self.spans[index].service
        while index >= 0 and self.spans[index].service == service:
            if self.spans[index].kind in (SERVER, CONSUMER):
                return self.spans[index].operation
            index = self.parents[index]
        return ""

    def _failed(self, index: int) -> bool:
        span = self.spans[index]
        return span.failed and not (span.kind == SERVER and 400 <= span.status < 500)

    def _role(self, index: int) -> int:
        below = any(self._failed(child) for child in self.children[index])
        if not self._failed(index):
            return 4 if below else 0
        is_edge = self.parents[index] < 0 or self.spans[index].kind in (SERVER, CONSUMER)
        return (2 if below else 1) | (8 if is_edge else 0)


def flow_of(spans: Sequence[Made]) -> frozenset[tuple[tuple[str, int, str], ...]]:
    """The steps of a trace: each label with those above it."""
    trace, steps = Trace(spans), set()
    for index in range(len(trace.spans)):
        path, at = [], index
        while at >= 0:
            path.append((trace.spans[at].service, trace.spans[at].kind, trace.spans[at].operation))
            at = trace.parents[at]
        steps.add(tuple(reversed(path)))
    return frozenset(steps)
