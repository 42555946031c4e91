import threading

import pyarrow as pa
import pytest

from echoline.errors import BadInput, Busy, EcholineError, Unavailable
from echoline.journal.committed import read_committed
from echoline.pipeline.intent import read_intent
from pipeline.conftest import Bench


def fails_at(number: int, error: EcholineError) -> "object":
    """Fails at the insert of that number, once."""
    count = iter(range(1000))
    return lambda table, rows: error if next(count) == number else None


def test_all_signals_are_loaded_and_committed(bench: Bench, go: threading.Event) -> None:
    bench.send("carts users", "carts")
    bench.send("saved", signal="logs")
    bench.send("cpu", signal="metrics")
    assert bench.load.step(go)
    assert not bench.load.step(go)
    assert bench.names() == ["carts", "carts", "users"]
    assert (bench.names("logs", "body"), bench.names("metric_points", "metric")) == (["saved"], ["carts"])
    assert read_committed(bench.folder) > read_intent(bench.folder).start  # type: ignore[union-attr]


@pytest.mark.parametrize("number", range(5))
def test_a_batch_that_failed_at_any_insert_is_loaded_once(bench: Bench, go: threading.Event, number: int) -> None:
    bench.tables.fail = fails_at(number, Unavailable("disk full"))  # type: ignore[assignment]
    bench.send("carts users")
    bench.send("saved", signal="logs")
    with pytest.raises(Unavailable):
        bench.load.step(go)
    assert bench.restarted().step(go)
    assert not bench.load.step(go)
    assert (bench.names(), bench.names("logs", "body"), bench.calls()) == (["carts", "users"], ["saved"], 2)


def test_a_batch_whose_commit_was_lost_is_not_doubled(bench: Bench, go: threading.Event) -> None:
    bench.send("carts users", "cut refuse")
    bench.load.step(go)
    (bench.folder / "committed.json").unlink()
    bench.restarted().step(go)
    assert (bench.names(), bench.calls()) == (["carts", "users"], 2)
    assert bench.names("refusals", "reason") == ["cut", "refuse"]
    assert not bench.load.step(go)


def test_what_came_after_the_crash_is_no_part_of_the_replayed_batch(bench: Bench, go: threading.Event) -> None:
    bench.tables.fail = fails_at(1, Unavailable("killed"))  # type: ignore[assignment]
    bench.send("carts")
    with pytest.raises(Unavailable):
        bench.load.step(go)
    bench.send("users")
    bench.restarted().step(go)
    assert bench.names() == ["carts"]
    bench.load.step(go)
    assert bench.names() == ["carts", "users"]


def test_a_journal_that_begins_anew_is_loaded_too(bench: Bench, go: threading.Event) -> None:
    """Positions repeat after a journal was moved away; tokens must not."""
    bench.send("carts")
    bench.load.step(go)
    (bench.folder / "committed.json").unlink()
    (bench.folder / "intent.json").unlink()
    bench.restarted().step(go)
    assert bench.names() == ["carts", "carts"]


def test_a_request_that_is_no_otlp_is_set_aside_alone(bench: Bench, go: threading.Event) -> None:
    bench.send("carts", "garbage", "users")
    bench.load.step(go)
    (kept,) = bench.quarantine.all()
    assert bench.names() == ["carts", "users"]
    assert (kept.reason, kept.signal, bench.quarantine.body(kept.id)) == ("garbage", "traces", b"garbage")


def test_a_request_that_breaks_a_processor_is_found_and_set_aside(bench: Bench, go: threading.Event) -> None:
    bench.send("carts", "users", "explode more", "orders", "items")
    bench.load.step(go)
    (kept,) = bench.quarantine.all()
    assert bench.names() == ["carts", "items", "orders", "users"]
    assert (kept.reason, kept.message) == ("not_processable", "KeyError: 'explode'")


def test_a_request_that_the_store_refuses_is_found_and_set_aside(bench: Bench, go: threading.Event) -> None:
    def fail(table: str, rows: pa.Table) -> EcholineError | None:
        is_odd = table == "spans" and "odd" in rows.column("name").to_pylist()
        return BadInput("cannot parse") if is_odd else None

    bench.tables.fail = fail
    bench.send("carts", "odd", "users")
    bench.load.step(go)
    (kept,) = bench.quarantine.all()
    assert (bench.names(), kept.reason, bench.calls()) == (["carts", "users"], "refused_by_store", 2)


def test_counts_of_refused_cut_and_redacted_are_stored(bench: Bench, go: threading.Event) -> None:
    bench.send("carts refuse", "cut users cut")
    bench.load.step(go)
    assert bench.engine.rows("SELECT signal, reason, is_cut, items FROM refusals ORDER BY reason") == [
        {"signal": "traces", "reason": "cut", "is_cut": True, "items": 2},
        {"signal": "traces", "reason": "refuse", "is_cut": False, "items": 1},
    ]
    assert bench.engine.rows("SELECT signal, rule, field, hits FROM redactions") == [
        {"signal": "traces", "rule": "keys", "field": "password", "hits": 2}
    ]
    assert (bench.load.progress.status().rejected, bench.load.progress.status().cut) == ({"refuse": 1}, {"cut": 2})


def test_the_loop_tells_why_it_stands_still_and_goes_on(bench: Bench) -> None:
    stop = threading.Event()
    bench.tables.fail = lambda table, rows: Unavailable("disk full")
    loop = threading.Thread(target=bench.load.run, args=(stop,))
    loop.start()
    bench.send("carts")
    stuck = bench.load.flush(0.3)
    bench.tables.fail = lambda table, rows: None
    mended = bench.load.flush(10)
    stop.set()
    loop.join()
    assert (stuck.error, mended.error, mended.last_error) == ("Unavailable: disk full", None, "Unavailable: disk full")
    assert (mended.loaded, bench.names()) == ({"traces": 1}, ["carts"])


def test_memory_is_given_back_before_the_next_try(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    stop, relieved = threading.Event(), threading.Event()
    bench.tables.fail = lambda table, rows: None if relieved.is_set() else Busy("short of memory")
    monkeypatch.setattr(bench.load, "_relieve", relieved.set)
    loop = threading.Thread(target=bench.load.run, args=(stop,))
    loop.start()
    bench.send("carts")
    mended = bench.load.flush(10)
    stop.set()
    loop.join()
    assert (mended.error, bench.names()) == (None, ["carts"])


def test_resources_are_inserted_once_unless_they_may_be_gone(bench: Bench, go: threading.Event) -> None:
    for word in ("carts", "users"):
        bench.send(word)
        bench.load.step(go)
    before = bench.tables.inserts
    with bench.load.paused():
        pass
    bench.send("orders")
    bench.load.step(go)
    assert (before, bench.tables.inserts) == (6, 10)  # spans, redactions, and resources and scopes where they are new
