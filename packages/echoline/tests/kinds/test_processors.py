"""What every processor promises, run on each that is registered."""

from collections.abc import Callable, Sequence
from typing import Any, cast

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builders import (
    START_NS,
    TRACE_ID,
    counter,
    exception,
    exemplar,
    gauge,
    histogram,
    histogram_point,
    log,
    logs,
    metrics,
    point,
    request,
    resource,
    scope,
    span,
    trace,
)
from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.decoding.compare import difference
from echoline.kinds import Processor
from echoline.model.batch import Batch
from echoline.model.records import SIGNALS, Request, Signal
from echoline.registry import component, components
from profile_builders import profiles, sample
from told import told

PROCESSORS = sorted(components("processors"))


def made(name: str) -> Processor:
    return cast("Callable[[], Processor]", component("processors", name))()


def decoded(signal: Signal, requests: Sequence[Request]) -> Batch:
    return decode(signal, requests, LimitsConfig(), START_NS).batch


PLAIN = ["GET", "GET /cart/7", "200", "mssql", "order 12 failed", ""]
SPELLED = ["/a?b=1", "shop:80", "10.0.0.1", "http://h/a/1?b=2", "^a/(?P<b>\\d+)/$", "SELECT a FROM t WHERE b = 'x'"]
PRIVATE = ["a@example.org", "key sk_live_0123456789abcdefghij"]
TEXTS = st.sampled_from([*PLAIN, *SPELLED, *PRIVATE])
NEW = ["http.request.method", "url.path", "url.full", "http.route", "server.address", "db.query.text", "rpc.method"]
OLD = ["http.method", "http.target", "http.status_code", "http.host", "net.peer.name", "db.system", "db.statement"]
JOINED = ["code.namespace", "code.function", "rpc.service", "deployment.environment"]
KEYS = st.sampled_from([*NEW, *OLD, *JOINED, "exception.type", "password", "note"])
ATTRIBUTES = st.dictionaries(KEYS, st.one_of(TEXTS, st.integers(0, 999), st.booleans()), max_size=6)
RESOURCES = st.builds(resource, ATTRIBUTES, service=st.sampled_from(["shop", ""]))
SPANS = st.builds(
    lambda name, kind, attributes, parent, ms, span_id: span(
        name, kind=kind, attributes=attributes, parent=parent, ms=ms, span_id=span_id, events=[exception(name)]
    ),
    TEXTS,
    st.sampled_from(["SERVER", "CLIENT", "INTERNAL"]),
    ATTRIBUTES,
    st.sampled_from([b"", b"\1" * 8, b"\2" * 8]),
    st.integers(0, 3),
    st.integers(1, 3).map(lambda number: bytes([number]) * 8),
)
POINTS = st.builds(lambda attributes: point(1, attributes, exemplars=[exemplar(1.0, attributes)]), ATTRIBUTES)
SAMPLES = st.builds(
    lambda frames, attributes: sample(*frames, attributes=attributes),
    st.lists(st.sampled_from(["main", "cart.total", "a@example.org"]), max_size=3),
    ATTRIBUTES,
)


def bodies(signal: Signal) -> st.SearchStrategy[bytes]:
    scopes = st.sampled_from([scope("orm"), scope("driver")])
    items: dict[Signal, st.SearchStrategy[Any]] = {
        "traces": st.lists(SPANS, max_size=5),
        "logs": st.lists(st.builds(log, st.one_of(TEXTS, ATTRIBUTES), ATTRIBUTES), max_size=5),
        "metrics": st.lists(st.builds(counter, st.just("http.server.duration"), POINTS), max_size=3),
        "profiles": st.lists(SAMPLES, max_size=5),
    }
    wrap = {"traces": trace, "logs": logs, "metrics": metrics, "profiles": profiles}[signal]
    return st.builds(lambda some, res, sc: wrap(*some, resource=res, scope=sc), items[signal], RESOURCES, scopes)


def requests(signal: Signal) -> st.SearchStrategy[list[Request]]:
    return st.lists(bodies(signal).map(lambda body: request(body, signal=signal)), max_size=4)


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("name", PROCESSORS)
def test_the_input_stays_untouched(name: str, signal: Signal) -> None:
    batch, same = (decoded(signal, [request(BODIES[signal], signal=signal)]) for _ in range(2))
    made(name).process(batch)
    assert difference(batch, same) == ""


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("name", PROCESSORS)
def test_an_empty_batch_passes(name: str, signal: Signal) -> None:
    passed = made(name).process(decoded(signal, []))
    assert told(passed) == []


@pytest.mark.parametrize("signal", SIGNALS)
@pytest.mark.parametrize("name", PROCESSORS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_result_does_not_depend_on_how_batches_are_split(name: str, signal: Signal, data: st.DataObject) -> None:
    """Batches are split between requests, never within one."""
    sent = data.draw(requests(signal))
    cut = data.draw(st.integers(0, len(sent)))
    processor = made(name)
    whole = told(processor.process(decoded(signal, sent)))
    halves = [told(processor.process(decoded(signal, half))) for half in (sent[:cut], sent[cut:])]
    assert whole == [*halves[0], *halves[1]]


@pytest.mark.parametrize("signal", SIGNALS)
def test_all_processors_in_a_row_take_what_the_one_before_made(signal: Signal) -> None:
    batch = decoded(signal, [request(BODIES[signal], signal=signal)])
    for name in PROCESSORS:
        batch = made(name).process(batch)
    assert len(told(batch)) == 2
    assert all(isinstance(part.columns, pa.Table) for part in batch.parts.values())


BODIES: dict[Signal, bytes] = {
    "traces": trace(
        span("GET /cart/7", attributes={"http.method": "GET", "http.route": "cart/<int:id>"}, events=[exception()]),
        span("SELECT", kind="CLIENT", attributes={"db.statement": "SELECT 'a@example.org'"}, trace_id=TRACE_ID),
    ),
    "logs": logs(log("order 12 of a@example.org"), log({"event": "x"}, {"code.function": "f", "exception.type": "E"})),
    "metrics": metrics(
        gauge("carts", point(7, {"http.method": "GET"})), histogram("http.server.duration", histogram_point())
    ),
    "profiles": profiles(sample("main", "f", attributes={"thread.name": "a@example.org"}), sample("main")),
}
