"""Puts the spans of a trace into a tree, whatever their parents say: missing ones, circles, ids that stand twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Problem = Literal["missing_parent", "circle", "repeated_id"]


@dataclass(frozen=True, slots=True)
class Link:
    """What a span says of its place; `parent_id` is empty for a root."""

    span_id: str
    parent_id: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Place:
    """A span's place: its number in the input, its depth, how many hang below it, and its own time."""

    index: int
    depth: int
    children: int
    self_ns: int
    problem: Problem | None


def tree(spans: Sequence[Link]) -> list[Place]:
    """Each span once, depth first, siblings in the order of the input, which should be by start.

    A span whose parent is not among them stands at depth 0, and so does the first of a circle. Of spans with one id
    the first has the children.
    """
    parents, problems = _parents(spans)
    _open_circles(parents, problems)
    children: list[list[int]] = [[] for _ in spans]
    roots: list[int] = []
    for index, parent in enumerate(parents):
        (roots if parent is None else children[parent]).append(index)
    places, waiting = [], [(root, 0) for root in reversed(roots)]
    while waiting:
        index, depth = waiting.pop()
        below = children[index]
        self_ns = _self_ns(spans[index], [spans[child] for child in below])
        places.append(Place(index, depth, len(below), self_ns, problems.get(index)))
        waiting += [(child, depth + 1) for child in reversed(below)]
    return places


def _parents(spans: Sequence[Link]) -> tuple[list[int | None], dict[int, Problem]]:
    first: dict[str, int] = {}
    problems: dict[int, Problem] = {}
    for index, span in enumerate(spans):
        if first.setdefault(span.span_id, index) != index:
            problems[index] = "repeated_id"
    parents: list[int | None] = []
    for index, span in enumerate(spans):
        parent = first.get(span.parent_id) if span.parent_id else None
        if span.parent_id and parent is None:
            problems[index] = "missing_parent"
        parents.append(parent)
    return parents, problems


def _open_circles(parents: list[int | None], problems: dict[int, Problem]) -> None:
    """Makes the first span of each circle a root."""
    unseen, open_, done = 0, 1, 2
    state = [unseen] * len(parents)
    for start in range(len(parents)):
        path, at = list[int](), start
        while state[at] == unseen:
            state[at] = open_
            path.append(at)
            parent = parents[at]
            if parent is None:
                break
            at = parent
        if path and state[at] == open_ and parents[at] is not None:
            first = min(path[path.index(at) :])
            parents[first], problems[first] = None, "circle"
        for index in path:
            state[index] = done


def _self_ns(span: Link, children: Sequence[Link]) -> int:
    """Its duration without the union of its children's, as far as they lie in it."""
    covered, reached = 0, span.start_ns
    for child in sorted(children, key=lambda child: child.start_ns):
        start, end = max(child.start_ns, reached), min(child.end_ns, span.end_ns)
        if end > start:
            covered, reached = covered + end - start, end
    return span.end_ns - span.start_ns - covered
