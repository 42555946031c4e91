"""What proves that everything acknowledged is stored exactly once: requests of which no two items are alike, and a look
at all tables."""

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from builders import gauge, log, logs, metrics, point, span, trace
from echoline.model.records import Signal
from profile_builders import Sample, profiles, sample

if TYPE_CHECKING:
    from echoline.stores.client import Client

DAY_NS = 86_400 * 10**9
_MOST_ITEMS = 150


@dataclass
class Sent:
    """Items that were acknowledged."""

    traces: int = 0
    logs: int = 0
    metrics: int = 0
    profiles: int = 0

    def add(self, signal: Signal, items: int) -> None:
        setattr(self, signal, getattr(self, signal) + items)


def joined(several: Iterable[Sent]) -> Sent:
    """All of them together."""
    found = list(several)
    return Sent(*(sum(getattr(each, field.name) for each in found) for field in fields(Sent)))


def unlike_others(chance: random.Random, number: int) -> tuple[Signal, bytes, int]:
    """Signal, body and items of a request that nobody else sends, if nobody else takes the number.

    Its items lie on up to three days, and belong to some traces, operations and series.
    """
    count, now_ns = chance.randint(1, _MOST_ITEMS), time.time_ns()
    times = [now_ns - chance.choice((0, 0, 0, 1, 2)) * DAY_NS - place for place in range(count)]
    signal: Signal = chance.choice(("traces", "traces", "logs", "metrics", "profiles"))
    match signal:
        case "traces":
            body = trace(*(_span(number, place, at_ns) for place, at_ns in enumerate(times)))
        case "logs":
            body = logs(*(log(f"{number} {place}", time_ns=at_ns) for place, at_ns in enumerate(times)))
        case "metrics":
            values = [float(number * 200 + place) for place in range(count)]
            pairs = zip(values, times, strict=True)
            body = metrics(gauge("g", *(point(value, {"n": number % 5}, time_ns=at_ns) for value, at_ns in pairs)))
        case "profiles":
            body = profiles(*(_sample(number, place, at_ns) for place, at_ns in enumerate(times)))
    return signal, body, count


def _span(number: int, place: int, at_ns: int) -> object:
    trace_id = (number * 100 + place // 10).to_bytes(16, "big")
    span_id = (place + 1).to_bytes(8, "big")
    return span(f"op {place % 7}", start_ns=at_ns, trace_id=trace_id, span_id=span_id)


def _sample(number: int, place: int, at_ns: int) -> Sample:
    return sample("main", f"f{number % 9}", f"g{place % 7}", values=[number * 200 + place], times=[at_ns])


def assert_exactly_once(client: "Client", sent: Sent) -> None:
    """Nothing is missing, nothing there twice, and rollups say what raw rows say."""

    def ask(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in client.query(sql).to_pylist()]

    assert ask("SELECT count(), uniqExact(trace_id, span_id) FROM spans") == [(sent.traces, sent.traces)]
    assert ask("SELECT count(), uniqExact(body) FROM logs") == [(sent.logs, sent.logs)]
    assert ask("SELECT count(), uniqExact(value) FROM metric_points") == [(sent.metrics, sent.metrics)]
    assert ask("SELECT count(), uniqExact(value) FROM profile_samples") == [(sent.profiles, sent.profiles)]
    without_stack = "SELECT count() FROM profile_samples WHERE stack_id NOT IN (SELECT stack_id FROM profile_stacks)"
    assert ask(without_stack) == [(0,)]
    raw = "SELECT operation, toStartOf{0}(start) AS t, count(), sum(duration_ns) FROM spans GROUP BY 1, 2 ORDER BY 1, 2"
    rolled = "SELECT operation, time, sum(calls), sum(duration_sum_ns) FROM operations_{0} GROUP BY 1, 2 ORDER BY 1, 2"
    assert ask(rolled.format("1m")) == ask(raw.format("Minute"))
    assert ask(rolled.format("1h")) == ask(raw.format("Hour"))
    assert ask("SELECT sum(spans), uniqExact(trace_id) FROM traces") == ask(
        "SELECT count(), uniqExact(trace_id) FROM spans"
    )
    for table in ("metrics_1m", "metrics_1h"):
        found = f"SELECT series_id, sum(points), sum(value_sum) FROM {table} GROUP BY 1 ORDER BY 1"
        assert ask(found) == ask("SELECT series_id, count(), sum(value) FROM metric_points GROUP BY 1 ORDER BY 1")


def assert_facts_tell_all(client: "Client") -> None:
    """Each span has its facts once, in the light of its whole trace; and rollups of facts say what facts say."""

    def ask(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row.values()) for row in client.query(sql).to_pylist()]

    assert ask("SELECT count(), uniqExact(trace_id, span_id), uniqExact(trace_id) FROM span_facts FINAL") == ask(
        "SELECT count(), uniqExact(trace_id, span_id), uniqExact(trace_id) FROM spans"
    )
    assert ask("SELECT max(n), max(roots) FROM (SELECT trace_id, uniqExact(flow) AS n, countIf(is_root) AS roots "
               "FROM span_facts FINAL GROUP BY trace_id)") == [(1, 1)]  # fmt: skip
    for table, key, condition in (
        ("code_objects", "code_object", "code_object != ''"),
        ("queries", "query, entry", "query != ''"),
        ("flows", "flow, entry", "is_root"),
    ):
        for step, start in (("1m", "toStartOfMinute"), ("1h", "toStartOfHour")):
            rolled = (
                f"SELECT time, {key}, sum(calls) AS n, sum(duration_sum_ns), sum(self_sum_ns) "
                f"FROM {table}_{step} FINAL GROUP BY time, {key} HAVING n > 0 ORDER BY time, {key}"
            )
            facts = (
                f"SELECT {start}(start) AS time, {key}, count(), sum(duration_ns), sum(self_ns) FROM span_facts FINAL "
                f"WHERE {condition} GROUP BY time, {key} ORDER BY time, {key}"
            )
            assert ask(rolled) == ask(facts)
