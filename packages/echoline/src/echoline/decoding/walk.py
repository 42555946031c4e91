"""From export requests down to events and exemplars: the same walk for all ways of reading.

What rows are (message objects, or Arrow structs) only the reader knows.
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
import pyarrow as pa

from echoline.decoding.fields import (
    EVENT,
    EXEMPLAR,
    KINDS,
    LINK,
    LOG,
    METRIC,
    RESOURCE,
    SCOPE,
    SPAN,
    TREES,
    Columns,
)
from echoline.decoding.wire import Values, WirePart, nothing, stack, wire_schema
from echoline.model.batch import Int32s, MetricType
from echoline.model.records import PlainSignal

Rows = TypeVar("Rows")


class Reader(Protocol[Rows]):
    """One way of reading. All of it raises BadInput for what is no OTLP, or nothing that this way can read."""

    def children(self, rows: Rows, path: str) -> tuple[Rows, Int32s]:
        """The messages in a repeated field of the rows, and for each the number of its row."""
        ...

    def part(self, part: str, columns: Columns, rows: Rows, parents: Int32s, attributes: str) -> WirePart:
        """One part of which `columns` come from the rows, and the attributes from that field."""
        ...

    def bodies(self, logs: Rows) -> Values: ...

    def kinds(self, metrics: Rows) -> dict[str, pa.Array]:
        """The columns type (0 for a metric without data), temporality and is_monotonic."""
        ...


def walk(signal: PlainSignal, reader: Reader[Rows], requests: Rows, numbers: Sequence[int]) -> dict[str, WirePart]:
    """All parts of a batch of requests, whose places in the call are `numbers`."""
    tree = TREES[signal]
    groups, of_group = reader.children(requests, tree.groups)
    scopes, of_scope = reader.children(groups, tree.scopes)
    items, of_item = reader.children(scopes, tree.items)
    of_request = np.asarray(numbers, np.int32)[of_group]
    parts = {
        "resources": reader.part("resources", RESOURCE, groups, of_request, "resource.attributes"),
        "scopes": reader.part("scopes", SCOPE, scopes, of_scope, "scope.attributes"),
    }
    match signal:
        case "traces":
            return parts | _spans(reader, items, of_item)
        case "logs":
            return parts | _logs(reader, items, of_item)
        case "metrics":
            return parts | _metrics(reader, items, of_item)


def _spans(reader: Reader[Rows], spans: Rows, of_span: Int32s) -> dict[str, WirePart]:
    return {
        "rows": reader.part("rows", SPAN, spans, of_span, "attributes"),
        "events": reader.part("events", EVENT, *reader.children(spans, "events"), "attributes"),
        "links": reader.part("links", LINK, *reader.children(spans, "links"), "attributes"),
    }


def _logs(reader: Reader[Rows], logs: Rows, of_log: Int32s) -> dict[str, WirePart]:
    rows = reader.part("rows", LOG, logs, of_log, "attributes")
    bodies = reader.bodies(logs)
    columns = {
        **rows.columns,
        "body": bodies.texts,
        "body_type": pa.array(bodies.types, pa.int32()),
        "body_is_deep": pa.array(bodies.is_deep),
    }
    return {"rows": WirePart(columns, rows.parents, rows.attributes)}


def _metrics(reader: Reader[Rows], metrics: Rows, of_metric: Int32s) -> dict[str, WirePart]:
    described = reader.part("metrics", METRIC, metrics, of_metric, "metadata")
    points = {kind: _points(reader, kind, metrics) for kind in KINDS}
    return {
        "metrics": WirePart({**described.columns, **reader.kinds(metrics)}, of_metric, described.attributes),
        **_interleaved([rows for rows, _ in points.values()], [found for _, found in points.values()]),
    }


def _points(reader: Reader[Rows], kind: MetricType, metrics: Rows) -> tuple[WirePart, WirePart]:
    """The points of all metrics of one kind, and their exemplars, which those of a summary have not."""
    points, of_point = reader.children(metrics, f"{KINDS[kind].member}.data_points")
    rows = reader.part("rows", KINDS[kind].point, points, of_point, "attributes")
    if kind is MetricType.SUMMARY:
        return _filled(rows), nothing("metrics", "exemplars")
    exemplars, of_exemplar = reader.children(points, "exemplars")
    return _filled(rows), reader.part("exemplars", EXEMPLAR, exemplars, of_exemplar, "filtered_attributes")


def _filled(points: WirePart) -> WirePart:
    """With the columns that this kind of point has not: lists are empty, anything else is null."""
    columns: dict[str, pa.Array] = {}
    for name, kind in wire_schema("metrics", "rows").items():
        if name in points.columns:
            columns[name] = points.columns[name]
        elif pa.types.is_list(kind):
            nothing = pa.array(np.zeros(len(points) + 1, np.int32))
            columns[name] = pa.ListArray.from_arrays(nothing, pa.array([], kind.value_type), type=kind)
        else:
            columns[name] = pa.nulls(len(points), kind)
    return WirePart(columns, points.parents, points.attributes)


def _interleaved(points: Sequence[WirePart], exemplars: Sequence[WirePart]) -> dict[str, WirePart]:
    """The points of all kinds in the order of their metrics, and the exemplars in that of their points."""
    sizes = [len(each) for each in points]
    rows = stack(points, [0] * len(points))
    children = stack(exemplars, [sum(sizes[:number]) for number in range(len(sizes))])
    order = np.argsort(rows.parents, kind="stable")
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    moved = WirePart(children.columns, place[children.parents], children.attributes)
    return {"rows": rows.take(order), "exemplars": moved.take(np.argsort(moved.parents, kind="stable"))}
