"""What real applications sent, read back over the API of a real Echoline and compared with what a machine counted."""

import json
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from echoline_process import echoline, started

pytestmark = [pytest.mark.corpora, pytest.mark.xdist_group("corpora")]

NAMES = {"mealie": "mealie", "django-oscar": "oscar-sandbox", "flaskr": "flaskr"}
ANY_TIME = {"since": "2026-11-01", "until": "2026-12-31"}


@dataclass(frozen=True)
class Loaded:
    """A running Echoline that has all recordings, and what was counted in them, by service."""

    url: str
    facts: dict[str, Any]

    def get(self, path: str, **params: Any) -> Any:
        query = urllib.parse.urlencode({**ANY_TIME, **params}, doseq=True)
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=60) as answer:
            return json.load(answer)

    def all(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """The items of all pages."""
        items, cursor = list[dict[str, Any]](), None
        while True:
            page = self.get(path, **params, limit=1000, **({"cursor": cursor} if cursor else {}))
            items, cursor = [*items, *page["items"]], page["next"]
            if cursor is None:
                return items


@pytest.fixture(scope="module")
def loaded(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loaded]:
    folder = tmp_path_factory.mktemp("corpora") / "data"
    with started("up", folder, "--set", "retention.raw=off") as up:
        files = sorted(corpora.glob("*/*.otlp.zst"))
        done = echoline("replay", *files, "--to", up.url("http"))
        assert done.returncode == 0, done.stderr
        flush = urllib.request.Request(f"{up.url('api')}/api/v1/flush", method="POST")
        with urllib.request.urlopen(flush, timeout=90) as answer:
            assert json.load(answer)["is_complete"]
        facts = {service: json.loads((corpora / name / "facts.json").read_text()) for name, service in NAMES.items()}
        yield Loaded(up.url("api"), facts)
        up.end()


def test_everything_is_stored_and_nothing_refused(loaded: Loaded) -> None:
    with urllib.request.urlopen(f"{loaded.url}/api/v1/health") as answer:
        health = json.load(answer)
    counted = list(loaded.facts.values())
    assert health["stored"] == {
        "spans": sum(facts["traces"]["spans"] for facts in counted),
        "logs": sum(facts["logs"]["records"] for facts in counted),
        "metric_points": sum(facts["metrics"]["datapoints"] for facts in counted),
    }
    assert (health["status"], health["rejected"], health["quarantined"]) == ("ok", {}, 0)


def test_services_are_known_with_version_and_revision(loaded: Loaded) -> None:
    found = {each["service"]: each for each in loaded.all("services") if each["service"] in loaded.facts}
    assert set(found) == set(loaded.facts)
    for service, facts in loaded.facts.items():
        (resource,) = facts["resources"].values()
        assert found[service]["versions"] == [resource["service.version"]]
        assert found[service]["revisions"] == [resource["vcs.ref.head.revision"]]
        assert found[service]["calls"] == facts["traces"]["kinds"]["SERVER"]


@pytest.mark.parametrize("service", NAMES.values())
def test_every_trace_is_listed_once(loaded: Loaded, service: str) -> None:
    found = loaded.all("traces", service=service)
    assert len({each["trace_id"] for each in found}) == len(found) == loaded.facts[service]["traces"]["traces"]
    assert sum(each["spans"] for each in found) == loaded.facts[service]["traces"]["spans"]


@pytest.mark.parametrize("service", NAMES.values())
def test_endpoints_have_the_calls_that_were_counted(loaded: Loaded, service: str) -> None:
    """By method, because the recordings spell routes in three ways."""
    counted = Counter[str]()
    endpoints = loaded.all("endpoints", service=service)
    for each in endpoints:
        counted[each["method"]] += each["calls"]
    wanted = Counter[str]()
    for each in loaded.all("traces", service=service, kind="SERVER"):
        wanted[each["name"].split(" ")[0]] += 1
    assert sum(counted.values()) == loaded.facts[service]["traces"]["kinds"]["SERVER"]
    assert counted == wanted
    routes = {each["route"] for each in endpoints} - {""}
    assert loaded.facts[service]["traces"]["routes"] - 3 <= len(routes) <= loaded.facts[service]["traces"]["routes"]


def test_well_known_endpoints_are_spelt_in_one_way(loaded: Loaded) -> None:
    found = {(each["service"], each["name"]): each["calls"] for each in loaded.all("endpoints")}
    assert found["flaskr", "GET /{id}/update"] == 434
    assert found["mealie", "GET /api/recipes/{slug}"] == 125
    assert found["oscar-sandbox", "GET /en-gb/catalogue/{product_slug}_{pk}/"] == 111


@pytest.mark.parametrize("service", NAMES.values())
def test_status_codes_of_all_generations_are_found_by_their_name_of_today(loaded: Loaded, service: str) -> None:
    for code, count in loaded.facts[service]["traces"]["server_status"].items():
        condition = f"http.response.status_code={code}"
        assert loaded.get("heat-map", service=service, kind="SERVER", attribute=condition)["spans"] == count
        old = f"http.status_code={code}"
        assert loaded.get("heat-map", service=service, kind="SERVER", attribute=old)["spans"] == count


@pytest.mark.parametrize("service", NAMES.values())
def test_exceptions_of_spans_and_logs_are_grouped(loaded: Loaded, service: str) -> None:
    told = {"span": Counter[str](), "log": Counter[str]()}
    for each in loaded.all("errors", service=service):
        if each["stack"]:
            told[each["source"]][each["type"]] += each["count"]
    facts = loaded.facts[service]
    assert told == {"span": Counter(facts["traces"]["exceptions"]), "log": Counter(facts["logs"]["exceptions"])}


@pytest.mark.parametrize("service", NAMES.values())
def test_log_records_have_their_severities_and_traces(loaded: Loaded, service: str) -> None:
    facts, found = loaded.facts[service]["logs"], loaded.all("logs", service=service)
    assert Counter(each["severity"] for each in found) == Counter(facts["severity"])
    assert sum(each["trace_id"] is not None for each in found) == facts["with_trace_id"]
    assert Counter(each["scope"] for each in found) == Counter(facts["scopes"])
    assert sum(each["count"] for each in loaded.all("patterns", service=service)) == facts["records"]


@pytest.mark.parametrize("service", NAMES.values())
def test_metrics_have_the_points_that_were_counted(loaded: Loaded, service: str) -> None:
    points = Counter[str]()
    for each in loaded.all("metrics", service=service):
        points[each["name"]] += each["points"]
    assert points == Counter(loaded.facts[service]["metrics"]["names"])


@pytest.mark.parametrize("service", NAMES.values())
def test_every_metric_can_be_drawn(loaded: Loaded, service: str) -> None:
    """By its usual function; the first one of each type by all that fit."""
    seen = set[str]()
    for metric in loaded.all("metrics", service=service):
        functions = metric["functions"][:1] if metric["type"] in seen else metric["functions"]
        seen.add(metric["type"])
        for function in functions:
            path = f"metrics/{urllib.parse.quote(metric['name'], safe='')}/series"
            params = {"since": "2026-11-22", "until": "2026-11-23", "function": function, "service": service}
            found = loaded.get(path, **params)
            assert (found["type"], found["left_out"], len(found["items"])) == (metric["type"], 0, 1)


def test_requests_counted_by_a_histogram_are_those_that_were_traced(loaded: Loaded) -> None:
    """Two ways to the same number; the histogram ends when the last export went out."""
    params = {"since": "2026-11-22", "until": "2026-11-23", "function": "increase", "service": "flaskr", "step": "1h"}
    (line,) = loaded.get("metrics/http.server.request.duration/series", **params)["items"]
    assert sum(each["value"] for each in line["points"]) == pytest.approx(2283, rel=0.05)


@pytest.mark.parametrize("service", ["mealie", "oscar-sandbox"])
def test_a_large_trace_is_whole(loaded: Loaded, service: str) -> None:
    biggest = max(loaded.all("traces", service=service), key=lambda each: int(each["spans"]))
    with urllib.request.urlopen(f"{loaded.url}/api/v1/traces/{biggest['trace_id']}") as answer:
        found = json.load(answer)
    assert len(found["spans"]) == biggest["spans"]
    assert [each["problem"] for each in found["spans"] if each["problem"]] == []
    assert sum(each["depth"] == 0 for each in found["spans"]) == 1
