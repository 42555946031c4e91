from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, span
from echoline.errors import BadInput
from echoline.model.answers_traces import HeatMap
from echoline.model.instants import nanoseconds
from echoline.model.window import Window
from echoline.queries.heat_map import bound_ns, heat_map
from echoline.queries.span_filters import SpanFilter
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

LAST_HOUR = Window(NOW_NS - 3600 * SECOND_NS, NOW_NS)
DURATIONS_MS = [0.0, 0.0005, 0.001, 0.00101, 1, 1.3, 9.999999, 10, 13.34, 100, 59_999]


def cell_of(found: HeatMap, start_ns: int, duration_ns: int) -> tuple[int, int]:
    """Where a span belongs, straight from the meaning of columns and bounds."""
    row = max([0, *(row for row, bound in enumerate(found.bounds_ns[:-1]) if duration_ns >= bound)])
    return (start_ns - nanoseconds(found.since)) // found.step_ns, row


def test_every_span_is_in_the_cell_that_its_time_and_duration_say(engine: "Engine") -> None:
    spans = [
        span(ms=ms, start_ns=NOW_NS - 7 * n * 60 * SECOND_NS, status_code=n % 3) for n, ms in enumerate(DURATIONS_MS, 1)
    ]
    keep(engine, "traces", *spans)
    found = heat_map(engine, Window(NOW_NS - 7200 * SECOND_NS, NOW_NS), SpanFilter())
    cells = sorted({cell_of(found, each["start_ns"], each["end_ns"] - each["start_ns"]) for each in spans})
    assert sorted((each.column, each.row) for each in found.cells) == cells
    assert (found.spans, found.errors) == (len(spans), sum(each.errors for each in found.cells)) == (11, 4)
    assert max(each.row for each in found.cells) == len(found.bounds_ns) - 2


def test_bounds_are_eighths_of_a_decade() -> None:
    assert [bound_ns(row) for row in (24, 32, 40, 48)] == [1_000, 10_000, 100_000, 1_000_000]
    assert bound_ns(49) == 1_333_522


def test_a_heat_map_can_be_narrowed_and_counts_reports_once(engine: "Engine") -> None:
    keep(engine, "traces", span("a"), span("b"), span("b", is_repeat_report=True))
    assert heat_map(engine, LAST_HOUR, SpanFilter(operation="b")).spans == 1


@pytest.mark.parametrize(("columns", "step_s"), [(80, 60), (500, 10), (1, 3600)])
def test_steps_are_round(engine: "Engine", columns: int, step_s: int) -> None:
    found = heat_map(engine, LAST_HOUR, SpanFilter(), columns=columns)
    assert (found.step_ns, found.cells, found.bounds_ns) == (step_s * SECOND_NS, (), ())


@pytest.mark.parametrize("columns", [0, 501])
def test_too_many_columns_are_refused(engine: "Engine", columns: int) -> None:
    with pytest.raises(BadInput, match="1 to 500"):
        heat_map(engine, LAST_HOUR, SpanFilter(), columns=columns)


def test_an_empty_one_names_the_newest_span(engine: "Engine") -> None:
    assert heat_map(engine, LAST_DAY, SpanFilter()).newest is None
    keep(engine, "traces", span(start_ns=NOW_NS - 10**15))
    assert heat_map(engine, LAST_DAY, SpanFilter()).newest is not None
