from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS, log
from echoline.queries.log_tail import end_of_logs, tail
from echoline.queries.logs import LogFilter
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = LogFilter()


def test_a_tail_shows_each_record_once_and_late_ones_too(engine: "Engine") -> None:
    """In order of insertion: a record from an hour ago that comes now is new."""
    keep(engine, "logs", log("before"))
    at = end_of_logs(engine)
    assert tail(engine, ALL, at).records == ()
    keep(engine, "logs", log("now", time_ns=NOW_NS))
    keep(
        engine,
        "logs",
        log("late", time_ns=NOW_NS - 3600 * SECOND_NS),
        log("yesterday", time_ns=NOW_NS - 30 * 3600 * SECOND_NS),
    )
    found = tail(engine, ALL, at)
    assert found.records[0].body == "now"
    assert sorted(str(each.body) for each in found.records) == ["late", "now", "yesterday"]
    assert tail(engine, ALL, found.at).records == ()


def test_merging_and_deleting_neither_loses_nor_repeats(engine: "Engine") -> None:
    at = end_of_logs(engine)
    keep(engine, "logs", log("one"))
    first = tail(engine, ALL, at)
    keep(engine, "logs", log("two"), log("gone"))
    engine.execute("ALTER TABLE logs DELETE WHERE body = 'gone' SETTINGS mutations_sync = 2")
    engine.execute("OPTIMIZE TABLE logs FINAL")
    assert [each.body for each in tail(engine, ALL, first.at).records] == ["two"]


def test_a_tail_that_fell_behind_skips_the_oldest_and_says_so(engine: "Engine") -> None:
    for n in range(5):
        keep(engine, "logs", log(f"{n}"))
    found = tail(engine, ALL, 0, limit=2)
    assert ([each.body for each in found.records], found.left_out) == (["3", "4"], 3)


def test_a_tail_can_be_narrowed(engine: "Engine") -> None:
    keep(engine, "logs", log("quiet"), log("loud", severity_number=17))
    assert [each.body for each in tail(engine, LogFilter(severity="ERROR"), 0).records] == ["loud"]


def test_a_store_that_began_anew_is_followed_from_its_start(engine: "Engine") -> None:
    keep(engine, "logs", log("only"))
    assert [each.body for each in tail(engine, ALL, 10**9).records] == ["only"]
