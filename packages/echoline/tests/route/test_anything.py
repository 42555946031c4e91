"""Whatever OTLP can say: each item of each request is stored, or counted by the reason why it is not."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from echoline.model.answers import Health
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from echoline_process import Started, settled
from generated import MESSAGES
from sending import post

pytestmark = pytest.mark.xdist_group("route")


def items(signal: PlainSignal, message: Any) -> int:
    """Spans, log records or points of an export request."""
    groups = [scoped for _, several in message.ListFields() for group in several for scoped in _scopes(group)]
    match signal:
        case "traces":
            return sum(len(scoped.spans) for scoped in groups)
        case "logs":
            return sum(len(scoped.log_records) for scoped in groups)
    metrics = [metric for scoped in groups for metric in scoped.metrics if metric.WhichOneof("data")]
    return sum(len(getattr(metric, metric.WhichOneof("data")).data_points) for metric in metrics)


def _scopes(group: Any) -> Any:
    names = ("scope_spans", "scope_logs", "scope_metrics")
    return next(getattr(group, name) for name in names if hasattr(group, name))


def send(up: Started, signal: PlainSignal, examples: int) -> int:
    """Sends different requests, always the same ones; how many items were in them."""
    sent = dict[bytes, int]()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(MESSAGES[signal])
    def each(message: Any) -> None:
        body = message.SerializeToString()
        if body not in sent:
            sent[body] = items(signal, message)
            assert post(up.url("http"), body, f"/v1/{signal}").status == 200

    each()
    return sum(sent.values())


def counted(health: Health) -> Counter[str]:
    stored = health.stored
    return Counter(stored=stored.spans + stored.logs + stored.metric_points, rejected=sum(health.rejected.values()))


@pytest.mark.parametrize("examples", [40, pytest.param(500, marks=pytest.mark.long)])
def test_each_item_of_any_request_is_stored_or_counted(running: Started, examples: int) -> None:
    before = settled(running)
    sent = sum(send(running, signal, examples) for signal in PLAIN_SIGNALS)
    after = settled(running)
    more = counted(after) - counted(before)
    assert more.total() == sent
    assert more["stored"] > 0
    assert (after.status, after.quarantined) == ("ok", before.quarantined)
