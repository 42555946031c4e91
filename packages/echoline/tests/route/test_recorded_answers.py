"""What real applications sent, asked for in every way: lists are whole, traces are whole, every metric can be drawn."""

from collections import Counter
from urllib.parse import quote

import pytest

from echoline.model.answers import Endpoint, Page, Service
from echoline.model.answers_logs import LogPattern, LogRecord
from echoline.model.answers_metrics import Metric, SeriesSet
from echoline.model.answers_traces import Trace, TraceSummary
from route.recorded import Replayed

WELL_KNOWN = {
    "shop": ("GET /categories/{slug}/products", 67),
    "flaskr": ("GET /{id}/update", 434),
    "mealie": ("GET /api/recipes/{slug}", 125),
    "django-oscar": ("GET /en-gb/catalogue/{product_slug}_{pk}/", 111),
}
pytestmark = pytest.mark.xdist_group("route")


def test_a_well_known_endpoint_is_spelt_in_one_way(replayed: Replayed) -> None:
    name, calls = WELL_KNOWN[replayed.folder.name]
    assert [each.calls for each in replayed.ask("endpoints", Page[Endpoint]) if each.name == name] == [calls]


def test_services_have_their_calls_and_revisions(replayed: Replayed) -> None:
    services: list[Service] = replayed.ask("services", Page[Service])
    assert sum(each.calls for each in services) == replayed.facts["traces"]["kinds"]["SERVER"]
    revisions = {each["vcs.ref.head.revision"] for each in replayed.facts.get("resources", {}).values()}
    assert not revisions or {revision for each in services for revision in each.revisions} == revisions


def test_every_trace_is_listed_once_with_all_its_spans(replayed: Replayed) -> None:
    """A trace of two services is found for each of them."""
    found: dict[str, TraceSummary] = {each.trace_id: each for each in replayed.ask("traces", Page[TraceSummary])}
    assert len(found) == replayed.facts["traces"]["traces"]
    assert sum(each.spans for each in found.values()) == replayed.facts["traces"]["spans"]


def test_the_largest_trace_is_one_tree(replayed: Replayed) -> None:
    largest: TraceSummary = max(replayed.ask("traces", Page[TraceSummary]), key=lambda each: int(each.spans))
    found = replayed.server.get(f"traces/{largest.trace_id}", Trace)
    assert len(found.spans) == largest.spans
    assert [each.problem for each in found.spans if each.problem] == []
    assert [each.depth for each in found.spans].count(0) == 1


def test_status_codes_are_found_by_their_old_name_too(replayed: Replayed) -> None:
    told = replayed.facts["traces"]["server_status"]
    assert {code: replayed.spans(kind="SERVER", attribute=f"http.status_code={code}") for code in told} == told


def test_log_records_have_their_scopes_and_patterns(replayed: Replayed) -> None:
    told = replayed.facts["logs"]
    records: list[LogRecord] = replayed.ask("logs", Page[LogRecord])
    assert Counter(each.scope for each in records) == told["scopes"]
    assert sum(each.count for each in replayed.ask("patterns", Page[LogPattern])) == told["records"]


def test_every_metric_can_be_drawn(replayed: Replayed) -> None:
    """By its usual function; the first one of each type by all that fit."""
    seen = set[str]()
    metrics: list[Metric] = replayed.ask("metrics", Page[Metric])
    for metric in metrics:
        functions = metric.functions[:1] if metric.type in seen else metric.functions
        seen.add(metric.type)
        for function in functions:
            params = {**replayed.window, "function": function, "service": metric.service}
            found = replayed.server.get(f"metrics/{quote(metric.name, safe='')}/series", SeriesSet, params)
            assert (found.type, found.left_out, len(found.items)) == (metric.type, 0, 1)


def test_requests_that_were_measured_are_those_that_were_traced(replayed: Replayed) -> None:
    """Two ways to the same number; the histogram ends when the last export went out."""
    if "http.server.request.duration" in replayed.facts["metrics"]["names"]:
        params = {**replayed.window, "function": "increase", "step": "1h"}
        found = [
            replayed.server.get("metrics/http.server.request.duration/series", SeriesSet, {**params, "service": each})
            for each in replayed.services
        ]
        values = [point.value or 0 for each in found for line in each.items for point in line.points]
        assert sum(values) == pytest.approx(replayed.facts["traces"]["kinds"]["SERVER"], rel=0.05)
