"""Recordings are replayed: what was counted when they were made can be asked, and nothing is lost or doubled."""

import re
from collections import Counter

import pytest

from echoline.model.answers import Endpoint, ErrorGroup, Page, Service
from echoline.model.answers_logs import LogRecord
from echoline.model.answers_metrics import Exemplar, Metric
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from route import recorded
from route.recorded import Replayed

# Spans of SQLAlchemy for statements that psycopg2 tells too: all its 20,169 but the 1,847 of connecting; 19 failed.
REPORTED_TWICE = {"mealie": 18_322}
FAILED_TWICE = {"mealie": 19}
# Paths that no route fits are no part of a name.
UNROUTED = ("GET /nope",)
pytestmark = pytest.mark.xdist_group("route")


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_every_item_is_acknowledged_and_kept_once(replayed: Replayed, signal: PlainSignal) -> None:
    counted = replayed.facts[signal][recorded.ITEMS[signal]]
    tally = replayed.told["signals"].get(signal, {"sent": 0, "acknowledged": 0, "rejected": 0})
    assert (tally["sent"], tally["acknowledged"], tally["rejected"]) == (counted, counted, 0)
    assert recorded.kept(replayed.exported, signal, replayed.services) == recorded.sent(replayed.folder, signal)


def test_services_have_their_versions(replayed: Replayed) -> None:
    found: list[Service] = replayed.ask("services", Page[Service])
    assert {each.service: set(each.versions) for each in found} == replayed.services
    assert {each.service for each in found if each.revisions} == set(replayed.services)


def test_span_kinds_are_as_counted(replayed: Replayed) -> None:
    """Of a statement that two instrumentations report, one report counts."""
    told = Counter(replayed.facts["traces"]["kinds"])
    told["CLIENT"] -= REPORTED_TWICE.get(replayed.folder.name, 0)
    assert {kind: replayed.spans(kind=kind) for kind in told} == told


def test_failed_spans_are_as_counted(replayed: Replayed) -> None:
    told = replayed.facts["traces"]["error_spans"]
    assert replayed.spans(status="ERROR") == told - FAILED_TWICE.get(replayed.folder.name, 0)


def test_endpoints_have_the_calls_that_were_counted(replayed: Replayed) -> None:
    """By their names of today: several spellings of one route are one."""
    calls: Counter[str] = Counter()
    for each in replayed.ask("endpoints", Page[Endpoint]):
        calls[each.name] += each.calls
    expected: Counter[str] = Counter()
    for name, number in recorded.server_operations(replayed.facts).items():
        expected[spelt(name)] += number
    assert {name: calls[name] for name in expected} == expected
    assert calls.total() == replayed.facts["traces"]["kinds"]["SERVER"]


def spelt(name: str) -> str:
    """A name as Django, Flask and FastAPI give it, in the one spelling."""
    method, _, route = name.partition(" ")
    if name in UNROUTED:
        return method
    route = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", route)
    route = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route).removesuffix("$")
    return f"{method} /{route.removeprefix('/')}" if route else method


def test_status_codes_are_as_counted(replayed: Replayed) -> None:
    told = replayed.facts["traces"]["server_status"]
    found = {code: replayed.spans(kind="SERVER", attribute=f"http.response.status_code={code}") for code in told}
    assert found == told


def test_there_are_no_more_routes_than_were_counted(replayed: Replayed) -> None:
    routes = {each.route for each in replayed.ask("endpoints", Page[Endpoint])} - {""}
    assert 0 < len(routes) <= replayed.facts["traces"]["routes"]
    assert not [route for route in routes if not re.fullmatch(r"/[^<>()^$\\]*", route)]


def test_exceptions_are_as_counted(replayed: Replayed) -> None:
    """Those of spans and those of log records."""
    found: dict[str, Counter[str]] = {"span": Counter(), "log": Counter()}
    for each in replayed.ask("errors", Page[ErrorGroup]):
        found[each.source][each.type] += each.count
    spans = replayed.facts["traces"].get("exceptions", {})
    assert {kind: found["span"][kind] for kind in spans} == spans
    assert found["log"] == replayed.facts["logs"]["exceptions"]


def test_log_records_are_as_counted(replayed: Replayed) -> None:
    told = replayed.facts["logs"]
    records: list[LogRecord] = replayed.ask("logs", Page[LogRecord])
    assert Counter(each.severity for each in records) == told["severity"]
    assert Counter(each.exception_type for each in records if each.exception_type) == told["exceptions"]
    assert sum(each.trace_id is not None for each in records) == told["with_trace_id"]


def test_metrics_are_as_counted(replayed: Replayed) -> None:
    told = replayed.facts["metrics"]
    points: Counter[str] = Counter()
    for each in replayed.ask("metrics", Page[Metric]):
        points[each.name] += each.points
    assert points == told["names"]
    exemplars = [each for name in points for each in replayed.ask(f"metrics/{name}/exemplars", Page[Exemplar])]
    assert len(exemplars) == told["exemplars"]
