"""What answers about operations are read from."""

from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, span
from echoline.model.window import Window
from echoline.queries.operation_rollups import HOUR_NS, source, source_by_step, widened
from echoline.queries.params import Params
from echoline.queries.windows import Steps
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

HOUR_AT = NOW_NS // HOUR_NS * HOUR_NS
MINUTE_NS = 60 * SECOND_NS


@pytest.mark.parametrize(("hours", "grain_ns"), [(0.1, MINUTE_NS), (5.9, MINUTE_NS), (6, HOUR_NS), (24, HOUR_NS)])
def test_long_windows_are_whole_hours_and_short_ones_whole_minutes(hours: float, grain_ns: int) -> None:
    window = Window(HOUR_AT + 7, HOUR_AT + 7 + int(hours * HOUR_NS))
    found = widened(window)
    assert found.since_ns <= window.since_ns < window.until_ns <= found.until_ns
    assert found.since_ns % grain_ns == found.until_ns % grain_ns == 0
    assert found.until_ns - found.since_ns < window.until_ns - window.since_ns + 2 * grain_ns


def test_whole_hours_are_read_from_the_hourly_rollup(engine: "Engine") -> None:
    sql = source(engine, Window(HOUR_AT - HOUR_NS, HOUR_AT), "1", Params()).sql
    assert "operations_1h" in sql
    assert "operations_1m" not in sql


def test_few_spans_are_read_themselves_while_they_are_all_there(engine: "Engine") -> None:
    window = Window(HOUR_AT - MINUTE_NS, HOUR_AT + MINUTE_NS)
    keep(engine, "traces", span(start_ns=HOUR_AT), span("other", start_ns=HOUR_AT))
    assert "FROM spans" in source(engine, window, "1", Params()).sql
    engine.execute("TRUNCATE TABLE spans")
    assert "FROM spans" not in source(engine, window, "1", Params()).sql


def test_of_many_spans_the_rollups_are_read(engine: "Engine") -> None:
    window = Window(HOUR_AT - MINUTE_NS, HOUR_AT + MINUTE_NS)
    keep(engine, "traces", *(span(start_ns=HOUR_AT + n) for n in range(200)))
    assert "operations_1m" in source(engine, window, "1", Params()).sql


def test_steps_of_hours_are_read_from_hours_and_others_from_minutes() -> None:
    window = Window(HOUR_AT, HOUR_AT + 6 * HOUR_NS)
    assert "operations_1h" in source_by_step(Steps(window, HOUR_NS), "1", Params()).sql
    assert "operations_1m" in source_by_step(Steps(window, 30 * MINUTE_NS), "1", Params()).sql
