"""Folds a trace for reading: repeats under one parent become one line, what tells nothing new is left out."""

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from echoline.model.answers_traces import TraceSpan

FOLDED_FROM = 3
"""So many siblings that are alike become one line."""
# What web frameworks tell of their own steps: never the reason for anything unless something hangs below.
_STEP = re.compile(
    r".* (?:http|websocket) (?:send|receive)|ASGI (?:send|receive)|fastapi\.(?:dependencies|serialization)"
)


@dataclass(frozen=True)
class Node:
    """One line of the tree: a span, or several that are alike, and what hangs below."""

    spans: tuple[TraceSpan, ...]
    below: tuple["Node", ...]

    @property
    def span(self) -> TraceSpan:
        return self.spans[0]


@dataclass(frozen=True)
class Folded:
    """The roots, and how many spans are left out: second reports of a call, and steps of web frameworks."""

    roots: tuple[Node, ...]
    repeat_reports: int
    steps: int


def folded(spans: Sequence[TraceSpan], *, is_whole: bool = False) -> Folded:
    """The tree of spans that come depth first; `is_whole` folds and leaves out nothing.

    Siblings are folded when they and all below them are alike and none has an error, an event or a problem; also when
    others stand between them: so a loop over two statements gives two lines.
    """
    repeats = set() if is_whole else {place for place, span in enumerate(spans) if _is_repeat(span)}
    steps = set() if is_whole else {place for place, span in enumerate(spans) if _is_step(span)}
    children: dict[int, list[int]] = {}
    above: list[int] = []
    for place, span in enumerate(spans):
        if place in repeats or place in steps:
            continue
        while above and spans[above[-1]].depth >= span.depth:
            above.pop()
        children.setdefault(above[-1] if above else -1, []).append(place)
        above.append(place)

    def nodes(parent: int) -> tuple[Node, ...]:
        made = [Node((spans[place],), nodes(place)) for place in children.get(parent, ())]
        return tuple(made if is_whole else _together(made))

    return Folded(nodes(-1), len(repeats), len(steps))


def _is_repeat(span: TraceSpan) -> bool:
    return span.is_repeat_report and not span.children


def _is_step(span: TraceSpan) -> bool:
    is_plain = not (span.children or span.events or span.problem or span.status == "ERROR")
    return is_plain and span.kind == "INTERNAL" and _STEP.fullmatch(span.sent_name) is not None


def _together(siblings: Sequence[Node]) -> list[Node]:
    groups: dict[Hashable, list[Node]] = {}
    for node in siblings:
        groups.setdefault(_likeness(node), []).append(node)
    result: list[Node] = []
    for group in groups.values():
        result += [_merged(group)] if len(group) >= FOLDED_FROM else group
    return sorted(result, key=lambda node: node.span.offset_ns)


def _merged(alike: Sequence[Node]) -> Node:
    spans = tuple(span for node in alike for span in node.spans)
    return Node(spans, tuple(_merged(below) for below in zip(*(node.below for node in alike), strict=True)))


def _likeness(node: Node) -> Hashable:
    """Equal for nodes that may become one; unlike all others for a node that says something of its own."""
    span = node.span
    if span.status == "ERROR" or span.problem or span.events:
        return span.span_id, span.offset_ns
    status = str(span.attributes.get("http.response.status_code"))
    below = tuple((_likeness(each), len(each.spans)) for each in node.below)
    return span.service, span.kind, span.name, span.query, status, below
