"""What a batch says, in plain Python: `told(batch)` is one dictionary per span, log record, point or sample."""

from collections.abc import Mapping
from typing import Any

from echoline.decoding.compare import attributes
from echoline.model.batch import Batch, ValueType

_REFERENCES = {"resource": "resources", "scope": "scopes", "metric": "metrics"}
_CHILDREN = ("events", "links", "exemplars")


def told(batch: Batch) -> list[dict[str, Any]]:
    """Columns, `attributes` and `originals` of each row, with what it points at and what points at it in the place of
    numbers. Attributes are lists of (key, text, type). The number of the request is left out."""
    parts = {name: _rows(batch, name) for name in batch.parts}
    rows = [{name: value for name, value in row.items() if name != "request"} for row in parts["rows"]]
    for row in rows:
        row.update({column: parts[part][row[column]] for column, part in _REFERENCES.items() if column in row})
        row.update({part: [] for part in _CHILDREN if part in parts})
        if "stack" in row:
            row["stack"] = [parts["frames"][frame] for frame in parts["stacks"][row["stack"]]["frames"]]
    for part in _CHILDREN:
        for child in parts.get(part, []):
            number = child.pop("row")
            rows[number][part].append(child)
    return rows


def plain(triples: list[tuple[str, str, int]]) -> dict[str, Any]:
    """Attributes as a dictionary; numbers as numbers, whatever else is no text stays text."""
    return {key: int(text) if kind == ValueType.INT else text for key, text, kind in triples}


def _rows(batch: Batch, name: str) -> list[dict[str, Any]]:
    part = batch.parts[name]
    lists: dict[str, list[Any]] = {"attributes": attributes(part.attributes, batch.pool)}
    lists["originals"] = [[]] * len(part) if part.originals is None else attributes(part.originals, batch.pool)
    rows: list[dict[str, Any]] = part.columns.to_pylist()
    return [{**row, **_of_row(lists, number)} for number, row in enumerate(rows)]


def _of_row(lists: Mapping[str, list[Any]], number: int) -> dict[str, Any]:
    return {name: values[number] for name, values in lists.items()}
