from typing import TYPE_CHECKING

from batches import NOW_NS, SECOND_NS, log, of
from echoline.model.answers_logs import LogPattern
from echoline.model.instants import rfc3339
from echoline.queries.log_patterns import log_patterns
from echoline.queries.logs import LogFilter
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def test_a_pattern_counts_its_records_and_shows_examples(engine: "Engine") -> None:
    times = [NOW_NS - n * SECOND_NS for n in range(1, 6)]
    keep(engine, "logs", *(log(f"user {n % 2}", pattern="user <*>", time_ns=time, severity_number=9 + 4 * (n == 2))
                           for n, time in enumerate(times)), log("rare", pattern="rare"))  # fmt: skip
    first, second = log_patterns(engine, LAST_DAY, LogFilter()).items
    assert first == LogPattern(
        first.id, "shop", "test", "user <*>", "WARN", 13, 5, rfc3339(times[-1]), rfc3339(times[0]), ("user 0", "user 1")
    )
    assert (second.pattern, second.count) == ("rare", 1)


def test_patterns_of_two_services_are_two_and_come_in_pages(engine: "Engine") -> None:
    places = [of(service=service, environment=where) for service in "ab" for where in ("dev", "prod")]
    keep(engine, "logs", *(log("same", pattern="same", resource=each) for each in places))
    first = log_patterns(engine, LAST_DAY, LogFilter(), limit=3)
    rest = log_patterns(engine, LAST_DAY, LogFilter(), limit=3, cursor=first.next)
    told = [(each.service, each.environment) for each in (*first.items, *rest.items)]
    assert sorted(told) == [("a", "dev"), ("a", "prod"), ("b", "dev"), ("b", "prod")]
    assert len({each.id for each in (*first.items, *rest.items)}) == 2
    assert [each.service for each in log_patterns(engine, LAST_DAY, LogFilter(service="b")).items] == ["b", "b"]
