from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from batches import NOW_NS, batch
from echoline.config import RetentionConfig, SettleConfig
from echoline.errors import Unavailable
from echoline.pipeline import settle
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows
from settling_by_hand import SECOND_NS, Settled, made

TOTALS = "SELECT sum(calls) AS calls, sum(duration_sum_ns) AS ns, sum(self_sum_ns) AS self_ns FROM {0} FINAL"


class Bench(Settled):
    def self_ms(self) -> dict[object, object]:
        """Self time by operation."""
        return dict(self.ask("SELECT operation, sum(self_ns) / 1e6 FROM span_facts FINAL GROUP BY 1"))  # type: ignore[arg-type]


@pytest.fixture
def bench(tmp_path: Path, engine: Engine) -> Bench:
    return Bench(tmp_path, engine)


def test_a_trace_is_settled_when_it_has_been_quiet(bench: Bench) -> None:
    bench.arrive(made(1, ms=100), made(2, 1, at_ms=10, ms=30))
    bench.now_ns += SECOND_NS
    assert not bench.settle.step(5 * SECOND_NS)
    bench.now_ns += 5 * SECOND_NS
    assert bench.settle.step(5 * SECOND_NS)
    assert bench.self_ms() == {"op 1": 70.0, "op 2": 30.0}
    assert not bench.settle.step(5 * SECOND_NS)


def test_late_spans_settle_their_trace_again(bench: Bench) -> None:
    bench.arrive(made(1, ms=100), made(9, trace=2))
    bench.settle.flush()
    bench.now_ns += 3600 * SECOND_NS
    bench.arrive(made(2, 1, at_ms=10, ms=30))
    bench.settle.flush()
    assert bench.self_ms() == {"op 1": 70.0, "op 2": 30.0, "op 9": 10.0}
    assert bench.ask("SELECT count(), uniq(flow) FROM span_facts FINAL") == [(3, 2)]
    assert bench.ask(TOTALS.format("flows_1h")) == [(2, 110_000_000, 80_000_000)]


def test_rollups_say_what_facts_say_also_after_facts_were_replaced(bench: Bench) -> None:
    code: Any = {"function": "shop.cart.total", "file": "/app/shop/cart.py", "line": 7}
    bench.arrive(made(1, ms=100, query="SELECT 1", **code), made(2, at_ms=61_000, query="SELECT 2", trace=2, **code))
    bench.settle.flush()
    bench.arrive(made(3, 1, at_ms=10, ms=30, query="SELECT 1", **code), at_ns=NOW_NS + 1)
    bench.settle.flush()
    expected = bench.ask("SELECT count(), sum(duration_ns), sum(self_ns) FROM span_facts FINAL")
    for table in ("code_objects_1m", "code_objects_1h", "queries_1m", "queries_1h"):
        assert bench.ask(TOTALS.format(table)) == expected == [(3, 140_000_000, 110_000_000)]
    found = "SELECT code_object, file, line, is_library, module, qualname FROM code_objects FINAL"
    assert bench.ask(found) == [("python:shop.cart:total", "/app/shop/cart.py", 7, False, "shop.cart", "total")]
    assert (bench.settle.state.minutes, bench.settle.state.hours) == ({}, {})


def test_a_flow_that_a_late_span_changed_counts_no_more_under_its_old_shape(bench: Bench) -> None:
    bench.arrive(made(1, ms=100))
    bench.settle.flush()
    bench.arrive(made(2, 1), at_ns=NOW_NS + 1)
    bench.settle.flush()
    found = bench.ask("SELECT flow, sum(calls) AS n FROM flows_1h FINAL GROUP BY flow ORDER BY n")
    assert [calls for _, calls in found] == [0, 1]
    steps = "SELECT steps.operation FROM flows WHERE flow = (SELECT any(flow) FROM span_facts FINAL)"
    assert bench.ask(steps) == [(["op 1", "op 2"],)]


@pytest.mark.parametrize("number", range(4))
def test_a_round_that_failed_at_any_insert_is_done_again(bench: Bench, number: int, monkeypatch: Any) -> None:
    insert, count = bench.store.insert, iter(range(100))

    def failing(table: str, rows: pa.Table) -> None:
        if next(count) == number:
            raise Unavailable("disk full")
        insert(table, rows)

    monkeypatch.setattr(bench.store, "insert", failing)
    bench.arrive(made(1, ms=100, function="shop.total", file="shop.py"), made(2, 1, at_ms=10, ms=30))
    if number < 3:
        with pytest.raises(Unavailable):
            bench.settle.flush()
    bench.restarted().flush()
    assert bench.self_ms() == {"op 1": 70.0, "op 2": 30.0}
    assert bench.ask("SELECT count() FROM flows FINAL UNION ALL SELECT count() FROM code_objects FINAL") == [(1,), (1,)]
    assert bench.ask(TOTALS.format("code_objects_1h")) == [(1, 100_000_000, 70_000_000)]


def test_minutes_are_rolled_up_when_they_are_left_alone_or_have_waited_long(bench: Bench) -> None:
    def calls() -> object:
        return bench.ask("SELECT sum(calls) FROM flows_1m FINAL")[0][0]

    for number in range(1, 8):
        bench.arrive(made(number, trace=number))
        bench.settle.step(0)
        bench.settle.roll_up()
        bench.now_ns += 9 * SECOND_NS
    assert calls() == 0
    assert bench.ask("SELECT count() FROM flows_1h") == [(0,)]
    bench.arrive(made(8, trace=8))
    bench.settle.step(0)
    bench.settle.roll_up()
    assert calls() == 8
    bench.arrive(made(9, trace=9), at_ns=bench.now_ns + 1)
    bench.settle.step(0)
    bench.now_ns += 10 * SECOND_NS
    bench.settle.roll_up()
    assert calls() == 9


def test_a_round_is_bounded_and_the_next_goes_on(bench: Bench, monkeypatch: Any) -> None:
    monkeypatch.setattr(settle, "ROUND_SPANS", 3)
    monkeypatch.setattr(settle, "JOINED_SPANS", 2)
    for number in range(1, 9, 2):
        bench.arrive(made(number, trace=number), made(number + 1, trace=1), at_ns=NOW_NS + number)
    rounds = 0
    while bench.settle.step(0):
        rounds += 1
    assert rounds == 4
    assert bench.ask("SELECT count(), uniq(span_id), uniq(trace_id) FROM span_facts FINAL") == [(8, 8, 4)]
    assert bench.ask("SELECT uniq(flow) FROM span_facts FINAL GROUP BY trace_id") == [(1,)] * 4


def test_a_trace_beyond_the_limit_is_settled_by_what_came_together(tmp_path: Path, engine: Engine) -> None:
    bench = Bench(tmp_path, engine, SettleConfig(max_trace_spans=2))
    bench.arrive(made(1, ms=100), made(2, 1))
    bench.settle.flush()
    bench.arrive(made(3, 1, at_ms=50), at_ns=NOW_NS + 1)
    bench.settle.flush()
    assert bench.self_ms() == {"op 1": 90.0, "op 2": 10.0, "op 3": 10.0}


def test_old_minutes_whose_raw_rows_may_be_gone_keep_their_rollups(bench: Bench) -> None:
    bench.arrive(made(1))
    bench.settle.flush()
    bench.engine.execute("TRUNCATE TABLE span_facts")
    bench.now_ns += 20 * 86_400 * SECOND_NS
    bench.arrive(made(2, trace=2))
    bench.settle.flush()
    assert bench.ask("SELECT sum(calls) FROM flows_1h FINAL") == [(1,)]


def test_spans_of_before_there_were_arrivals_are_left_alone(bench: Bench) -> None:
    made_ = rows(batch("traces", made(1)), Ages(RetentionConfig(), 3600, NOW_NS))
    bench.engine.insert("spans", made_.tables["spans"], "old")
    bench.arrive(made(2, 1))
    bench.settle.flush()
    assert set(bench.self_ms()) == {"op 1", "op 2"}
    assert bench.ask("SELECT uniq(flow) FROM span_facts FINAL") == [(1,)]


def test_a_restored_state_is_taken_up(bench: Bench) -> None:
    bench.arrive(made(1))
    bench.settle.flush()
    bench.engine.execute("TRUNCATE TABLE span_facts")
    with bench.settle.paused():
        (bench.folder / "settling.json").unlink()
    bench.settle.flush()
    assert bench.ask("SELECT count() FROM span_facts FINAL") == [(1,)]
