"""Changes as a table: one row for each measure that moved, and what is new or gone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from echoline.model.answers_compare import Change, Judged, Measured, MeasureName
from echoline.surfaces.cli.rendering import names, styles, units
from echoline.surfaces.cli.rendering.grid import Column, Grid

_STYLES: dict[Judged, str] = {
    "worse": styles.ERROR, "better": styles.GOOD, "more": "", "less": "", "unchanged": styles.QUIET,
    "unknown": styles.QUIET,
}  # fmt: skip
_MARKS: dict[Judged, str] = {"worse": "▲", "better": "▼", "more": "+", "less": "-", "unchanged": "=", "unknown": "?"}
_MEASURES: dict[MeasureName, str] = {
    "duration": "time of a call", "tail": "slow calls", "self_time": "own time", "errors": "errors",
    "calls": "calls a minute", "queries": "per request",
}  # fmt: skip
MOVED: tuple[Judged, ...] = ("worse", "better")


@dataclass(frozen=True)
class Row:
    """A thing with one of its measures; without one it is new or gone."""

    change: Change
    measure: Measured | None


def moved(changes: Iterable[Change]) -> Iterator[Row]:
    """What is worse or better, by each measure that is, and what is new or gone."""
    for change in changes:
        if change.presence != "both":
            yield Row(change, None)
        # The share of slow calls says nothing more where all calls became slower.
        own = [each for each in change.measures if each.verdict in MOVED]
        is_slower = any(each.measure == "duration" for each in own)
        yield from (Row(change, each) for each in own if not (is_slower and each.measure == "tail"))


def still(changes: Iterable[Change]) -> Iterator[Row]:
    """What is unchanged or has too little traffic, by its first measure."""
    for change in changes:
        if change.verdict not in MOVED and change.presence == "both":
            yield Row(change, next(iter(change.measures), None))


def table(rows: Sequence[Row]) -> Grid[Row]:
    """One line a row: what, which measure, before, after, change with its interval, how sure."""
    return Grid(
        (
            Column("", _mark),
            Column("what", lambda row: names.operation(row.change.kind, row.change.name), wide=20),
            Column(
                "service",
                lambda row: Text(row.change.service, style=styles.service(row.change.service)),
                rank=4,
                hides_alike=True,
            ),
            Column("measure", lambda row: _MEASURES[row.measure.measure] if row.measure else row.change.presence),
            Column("before", lambda row: _side(row, "before"), is_number=True),
            Column("after", lambda row: _side(row, "after"), is_number=True),
            Column("change", _change, is_number=True),
            Column("between", _interval, rank=2, is_number=True),
            Column("by chance", _chance, rank=3, is_number=True),
            Column("p95", _p95, rank=5, is_number=True),
            Column("calls", _calls, rank=6, is_number=True),
        ),
        rows,
    )


def relative(change: float) -> str:
    """A relative change; from twice on as a factor.

    >>> [relative(n) for n in (0.4, -0.123, 0.004, 1.0, 7.0, -0.9)]
    ['+40 %', '-12 %', '+0.4 %', '×2.0', '×8.0', '-90 %']
    """
    if change >= 1:
        return f"×{1 + change:.1f}" if change < 9 else f"×{1 + change:.0f}"
    percent = 100 * change
    return f"{percent:+.1f} %" if abs(percent) < 9.5 and percent != round(percent) else f"{percent:+.0f} %"


def _mark(row: Row) -> Text:
    if row.measure is None:
        return Text("+" if row.change.presence == "new" else "-", style=styles.WARN)
    return Text(_MARKS[row.measure.verdict], style=_STYLES[row.measure.verdict])


def _side(row: Row, side: str) -> str:
    if row.measure is None:
        numbers = row.change.before if side == "before" else row.change.after
        return f"{units.count(numbers.calls)} calls" if numbers.calls else "none"
    value = row.measure.before if side == "before" else row.measure.after
    match row.measure.measure:
        case "duration" | "self_time":
            return units.duration(value)
        case "errors" | "tail":
            return units.share(value, 1) or "0 %"
        case _:
            return f"{value:.3g}" if value < 1000 else units.count(value)


def _change(row: Row) -> Text:
    if row.measure is None:
        return Text("")
    style = f"bold {_STYLES[row.measure.verdict]}"
    if row.measure.change is None:
        return Text("from nothing" if row.measure.after > row.measure.before else "", style=style)
    return Text(relative(row.measure.change), style=style)


def _interval(row: Row) -> Text:
    measure = row.measure
    if measure is None or measure.low is None or measure.high is None:
        return Text("")
    return Text(f"{relative(measure.low)} to {relative(measure.high)}", style=styles.QUIET)


def _chance(row: Row) -> Text:
    probability = row.measure.probability if row.measure else None
    if probability is None:
        return Text("")
    return Text("<0.1 %" if probability < 0.001 else f"{100 * probability:.2g} %", style=styles.QUIET)


def _p95(row: Row) -> Text:
    before, after = row.change.before.p95_ns, row.change.after.p95_ns
    if before is None or after is None:
        return Text(units.duration(after or before or 0), style=styles.QUIET)
    return Text(f"{units.duration(before)} → {units.duration(after)}", style=styles.QUIET)


def _calls(row: Row) -> Text:
    return Text(f"{units.count(row.change.before.calls)} → {units.count(row.change.after.calls)}", style=styles.QUIET)
