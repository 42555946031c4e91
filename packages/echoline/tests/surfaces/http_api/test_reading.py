"""What each noun answers with: the names are a contract."""

from typing import Any

import msgspec
import pytest

from asking import Api, problem
from echoline.model.answers import (
    AttributeKey,
    Endpoint,
    ErrorGroup,
    Operation,
    OperationDetail,
    Page,
    Service,
)
from echoline.model.answers_doctor import ReadinessCard
from echoline.model.answers_logs import LogPattern, LogRecord
from echoline.model.answers_metrics import Exemplar, Metric, SeriesSet
from echoline.model.answers_traces import Differences, HeatMap, Trace, TraceSummary

LISTS: list[tuple[str, Any]] = [
    ("services", Page[Service]),
    ("operations", Page[Operation]),
    ("endpoints", Page[Endpoint]),
    ("traces", Page[TraceSummary]),
    ("errors", Page[ErrorGroup]),
    ("logs", Page[LogRecord]),
    ("patterns", Page[LogPattern]),
    ("metrics", Page[Metric]),
]


@pytest.mark.parametrize(("path", "kind"), LISTS)
def test_a_list_has_items_and_a_next_page(filled: Api, path: str, kind: Any) -> None:
    """And is what the shared dataclasses say: the command line reads it back into them."""
    answer = filled.get(path, params={"limit": 1})
    page = msgspec.json.decode(answer.content, type=kind)
    assert answer.headers["content-type"] == "application/json"
    assert set(answer.json()) == {"items", "next", "since", "until", "newest"}
    assert len(page.items) == 1
    whole = msgspec.json.decode(filled.get(path).content, type=kind)
    following = filled.get(path, params={"limit": 1, "cursor": page.next}) if page.next else None
    if following is not None:
        assert msgspec.json.decode(following.content, type=kind).items == whole.items[1:2]
    assert whole.next is None


@pytest.mark.parametrize(("path", "kind"), LISTS)
def test_an_empty_list_names_the_newest_data(filled: Api, path: str, kind: Any) -> None:
    page = filled.json(path, until="30d")
    assert (page["items"], page["next"]) == ([], None)
    assert page["newest"].startswith("2026-11-2")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("heat-map", HeatMap),
        ("differences?status=ERROR", Differences),
        ("traces/" + "01" * 16, Trace),
        ("readiness", Page[ReadinessCard]),
        ("metrics/carts%2Fopen/series?function=avg&step=60s", SeriesSet),
        ("metrics/requests/series", SeriesSet),
        ("metrics/requests/exemplars", Page[Exemplar]),
        ("attributes", Page[AttributeKey]),
    ],
)
def test_other_answers_are_what_the_dataclasses_say(filled: Api, path: str, kind: Any) -> None:
    answer = filled.get(path)
    assert answer.status_code == 200, answer.text
    assert msgspec.json.encode(msgspec.json.decode(answer.content, type=kind))


def test_an_operation_has_its_stable_names(filled: Api) -> None:
    (found,) = filled.json("endpoints", name="GET")["items"]
    assert {"id", "service", "environment", "kind", "name", "calls", "errors", "p50_ns", "p95_ns", "p99_ns"} <= set(
        found
    )
    detail = msgspec.json.decode(filled.get(f"operations/{found['id']}").content, type=OperationDetail)
    assert (detail.name, detail.calls) == ("GET /cart", 1)


def test_a_trace_comes_with_its_logs_in_any_spelling_of_its_id(filled: Api) -> None:
    found = filled.json("traces/" + "01" * 16)
    assert [each["attributes"] for each in found["spans"]] == [{"tenant": "blue"}]
    assert [each["body"] for each in found["logs"]] == ["cart saved"]


@pytest.mark.parametrize("path", ["traces/" + "ab" * 16, "operations/" + "ab" * 8])
def test_what_is_not_there_is_not_found(filled: Api, path: str) -> None:
    assert path.split("/")[1] in problem(filled.get(path), 404)


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"service": "shop"}, 7),
        ({"service": "other"}, 0),
        ({"environment": "test", "version": "1", "revision": "abc"}, 7),
        ({"kind": ["SERVER", "CONSUMER"]}, 2),
        ({"operation": "SELECT"}, 5),
        ({"status": "ERROR"}, 1),
        ({"min_duration": "5ms", "max_duration": "1s"}, 7),
        ({"min_duration": "1s"}, 0),
        ({"entry": "true"}, 7),
        ({"attribute": ["tenant=blue", "tenant"]}, 1),
        ({"text": "blue"}, 1),
        ({"since": "150s"}, 3),
        ({"sort": "slowest"}, 7),
    ],
)
def test_spans_are_searched_by_many_things(filled: Api, params: dict[str, Any], count: int) -> None:
    """By the heat map, which counts them, and by the list of traces."""
    assert filled.json("heat-map", **{key: value for key, value in params.items() if key != "sort"})["spans"] == count
    assert bool(filled.json("traces", **params)["items"]) == bool(count)


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"text": "cart saved"}, 1),
        ({"text": "line"}, 5),
        ({"text": ["line", "saved"]}, 0),
        ({"severity": "ERROR"}, 0),
        ({"trace": "01" * 16}, 1),
        ({"span": "02" * 8}, 1),
        ({"exception": "KeyError"}, 0),
        ({"attribute": "!tenant"}, 6),
    ],
)
def test_logs_are_searched_by_many_things(filled: Api, params: dict[str, Any], count: int) -> None:
    assert len(filled.json("logs", **params)["items"]) == count


def test_records_of_a_pattern_are_found(filled: Api) -> None:
    pattern = next(each for each in filled.json("patterns")["items"] if each["pattern"] == "cart saved")
    assert [each["body"] for each in filled.json("logs", pattern=pattern["id"])["items"]] == ["cart saved"]
