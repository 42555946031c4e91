"""Normalising the recordings of real applications, against what was counted in them by machine."""

import json
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from echoline.config import LimitsConfig
from echoline.conventions.semconv import RENAMES
from echoline.decoding import decode
from echoline.model.batch import Batch, Part
from echoline.model.records import PLAIN_SIGNALS, PlainSignal, Request
from echoline.processors.normalise import Normalise
from echoline.surfaces.cli.replay.recording import bodies

NOW_NS = 1_795_400_000_000_000_000
APPLICATIONS = ["django-oscar", "flaskr", "mealie"]
OLD = {line.old for line in RENAMES}
pytestmark = pytest.mark.corpora


@lru_cache(maxsize=2)
def normalised(folder: Path, signal: PlainSignal = "traces") -> Batch:
    requests = [
        Request(signal, "protobuf", "identity", body.data, NOW_NS) for body in bodies(folder / f"{signal}.otlp.zst")
    ]
    return Normalise().process(decode(signal, requests, LimitsConfig(), NOW_NS).batch)


def facts(folder: Path) -> Any:
    return json.loads((folder / "facts.json").read_text("utf-8"))


def column(part: Part, name: str) -> list[Any]:
    found: list[Any] = part.columns[name].to_pylist()
    return found


@pytest.mark.parametrize("application", APPLICATIONS)
def test_status_routes_and_exceptions_are_those_that_were_counted(corpora: Path, application: str) -> None:
    spans, counted = normalised(corpora / application).parts["rows"], facts(corpora / application)["traces"]
    is_server = [kind == 2 for kind in column(spans, "kind")]
    status = Counter(str(status) for status, served in zip(column(spans, "status"), is_server, strict=True) if served)
    assert status == Counter(counted["server_status"])
    # Having no route counted as one.
    routes = {route for route, served in zip(column(spans, "route"), is_server, strict=True) if served}
    assert len(routes) == counted["routes"]
    assert all(re.fullmatch(r"/[\w{}/.:-]*", route) for route in routes - {""})
    assert Counter(filter(None, column(spans, "exception_type"))) == Counter(counted["exceptions"])


@pytest.mark.parametrize("application", APPLICATIONS)
def test_endpoints_are_as_many_as_were_counted(corpora: Path, application: str) -> None:
    """What has no route is one more, `GET`: also flaskr's `GET /nope`, which is no path of it."""
    spans = normalised(corpora / application).parts["rows"]
    pairs = zip(column(spans, "kind"), column(spans, "operation"), strict=True)
    endpoints = {operation for kind, operation in pairs if kind == 2}
    assert len(endpoints) == facts(corpora / application)["traces"]["distinct_server_ops"]
    assert all(re.fullmatch(r"(GET|POST|PUT|PATCH|DELETE)( /[\w{}/.:-]*)?", endpoint) for endpoint in endpoints)


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@pytest.mark.parametrize("application", APPLICATIONS)
def test_no_old_name_is_left_and_each_is_kept(corpora: Path, application: str, signal: PlainSignal) -> None:
    batch = normalised(corpora / application, signal)
    keys = batch.pool.keys.to_pylist()
    for part in batch.parts.values():
        left = {keys[code] for code in set(part.attributes.codes.tolist())} & OLD
        # Points keep an old name where the new one says something else: they would become one series.
        assert not left or (signal == "metrics" and left == {"http.server_name"})
    sent = facts(corpora / application)[signal].get("attr_keys", {}) if signal != "metrics" else {}
    rows = batch.parts["rows"].originals
    kept = Counter(keys[code] for code in rows.codes.tolist()) if rows is not None else Counter()
    assert {key: count for key, count in sent.items() if key in OLD} == {key: kept[key] for key in sent if key in OLD}


def test_each_call_of_mealie_is_reported_once_by_its_driver(corpora: Path) -> None:
    """18,322 statements of SQLAlchemy are told by psycopg2 too, which also tells 1,854 of its own."""
    batch = normalised(corpora / "mealie")
    spans = batch.parts["rows"]
    scopes = [name.rsplit(".", 1)[-1] for name in column(batch.parts["scopes"], "name")]
    marked = zip(column(spans, "scope"), column(spans, "query"), column(spans, "is_repeat_report"), strict=True)
    counts = Counter((scopes[scope], is_repeat) for scope, query, is_repeat in marked if query)
    assert counts == {("sqlalchemy", True): 18_322, ("psycopg2", False): 20_176}


@pytest.mark.parametrize(("application", "most"), [("mealie", 620), ("django-oscar", 260)])
def test_queries_are_few_and_hold_no_literals(corpora: Path, application: str, most: int) -> None:
    queries = set(filter(None, column(normalised(corpora / application).parts["rows"], "query")))
    assert len(queries) <= most
    assert not [query for query in queries if "'" in query or "%s" in query or re.search(r"[=<>(,] ?\d", query)]


def test_operations_of_mealie_read_well(corpora: Path) -> None:
    operations = set(column(normalised(corpora / "mealie").parts["rows"], "operation"))
    assert {
        "GET /api/recipes/{slug}",
        "GET /api/recipes/{slug} http send",
        "BackgroundTask _publish_event",
        "GET api.github.com/repos/hay-kot/mealie/releases/latest",
        "SELECT id FROM groups",
        "connect",
    } <= operations
    assert max(map(len, operations)) < 210


def test_operations_of_oscar_read_well(corpora: Path) -> None:
    operations = set(column(normalised(corpora / "django-oscar").parts["rows"], "operation"))
    assert {
        "GET /en-gb/catalogue/{product_slug}_{pk}/",
        "GET /en-gb/catalogue/category/{category_slug}_{pk}/",
        "GET /en-gb/dashboard/users/{pk}/",
        "POST /en-gb/basket/add/{pk}/",
        "SAVEPOINT ?",
        "RELEASE SAVEPOINT ?",
        "BEGIN",
        "GET",
    } <= operations


def test_patterns_of_logs_read_well(corpora: Path) -> None:
    oscar = set(column(normalised(corpora / "django-oscar", "logs").parts["rows"], "pattern"))
    assert oscar == {
        "Internal Server Error: <*>",
        "Forbidden (CSRF token missing.): <*>",
        "Sending email to <*>",
        "Order #<*>: beginning submission process for basket #<*>",
        "Order #<*>: payment successful, placing order",
        "Order #<*> - sending ORDER_PLACED messages",
    }
    mealie = set(column(normalised(corpora / "mealie", "logs").parts["rows"], "pattern"))
    assert {"Running upgrade <*> -> <*>, add households", "Incorrect username or password from <*>"} <= mealie


def test_resources_have_their_columns(corpora: Path) -> None:
    resources = normalised(corpora / "django-oscar").parts["resources"]
    assert set(column(resources, "environment")) == {"demo"}
    assert set(column(resources, "revision")) == {"cdbfc4412c87dd9037d62b04755780b76490373c"}
