"""What normalising makes of spans, log records, points and resources; tests/conventions has how things are spelled."""

from collections.abc import Mapping
from typing import Any

import pytest

from builders import (
    START_NS,
    Value,
    counter,
    event,
    exception,
    exemplar,
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
from echoline.model.batch import NORMALISED
from echoline.model.records import SIGNALS, Signal
from echoline.processors.normalise import Normalise
from told import plain, told

Attributes = Mapping[str, Value]


def normalised(body: bytes, signal: Signal = "traces") -> list[dict[str, Any]]:
    batch = decode(signal, [request(body, signal=signal)], LimitsConfig(), START_NS).batch
    return told(Normalise().process(batch))


def one_span(name: str = "x", kind: str = "CLIENT", **attributes: Value) -> dict[str, Any]:
    """A span with attributes named with `__` for dots."""
    given = {key.replace("__", "."): value for key, value in attributes.items()}
    return normalised(trace(span(name, kind=kind, attributes=given)))[0]


def test_old_http_attributes_of_a_server_get_their_present_names() -> None:
    old: Attributes = {
        "http.method": "GET",
        "http.scheme": "http",
        "net.host.name": "127.0.0.1:8102",
        "net.host.port": 8102,
        "http.target": "/en-gb/?page=2",
        "net.peer.ip": "10.0.0.9",
        "net.peer.port": 50522,
        "http.user_agent": "curl/7.88.1",
        "http.flavor": "1.1",
        "http.route": "en-gb/",
        "http.status_code": 302,
    }
    found = normalised(trace(span("GET en-gb/", attributes=old)))[0]
    assert (found["method"], found["route"], found["status"], found["peer"]) == ("GET", "/en-gb/", 302, "127.0.0.1")
    assert found["operation"] == "GET /en-gb/"
    assert plain(found["attributes"]) == {
        "url.scheme": "http",
        "server.port": 8102,
        "url.path": "/en-gb/",
        "url.query": "page=2",
        "client.address": "10.0.0.9",
        "client.port": 50522,
        "user_agent.original": "curl/7.88.1",
        "network.protocol.version": "1.1",
    }
    assert plain(found["originals"]) == old


def test_the_new_name_wins_where_both_stand_on_one_span() -> None:
    found = one_span(kind="SERVER", http__method="POST", http__request__method="GET", http__status_code=500)
    assert (found["method"], found["status"]) == ("GET", 500)
    assert found["attributes"] == []
    assert plain(found["originals"]) == {"http.method": "POST", "http.status_code": 500}


def test_the_other_side_of_a_call_is_the_server_for_clients_and_the_client_for_servers() -> None:
    caller = one_span(kind="CLIENT", net__peer__name="db", net__peer__port=5432)
    assert (caller["peer"], plain(caller["attributes"])) == ("db", {"server.port": 5432})
    called = one_span(kind="SERVER", net__peer__name="shop", net__peer__port=40000)
    assert plain(called["attributes"]) == {"client.address": "shop", "client.port": 40000}


def test_an_address_that_lost_its_place_finds_another_one() -> None:
    found = one_span(kind="SERVER", client__address="1.2.3.4", net__peer__ip="10.0.0.1")
    assert plain(found["attributes"]) == {"client.address": "1.2.3.4", "network.peer.address": "10.0.0.1"}


def test_a_status_sent_as_text_is_a_number() -> None:
    assert one_span(http__status_code="404")["status"] == 404
    found = one_span(http__response__status_code="200")
    assert found["status"] == 200
    assert found["originals"] == [("http.response.status_code", "200", 1)]


def test_what_does_not_fit_its_column_stays_an_attribute() -> None:
    found = one_span(http__response__status_code="many", http__request__method=7, db__system__name="")
    assert (found["status"], found["method"], found["db_system"]) == (-1, "", "")
    assert plain(found["attributes"]) == {
        "http.response.status_code": "many",
        "http.request.method": 7,
        "db.system.name": "",
    }


def test_old_database_attributes_get_their_present_names() -> None:
    found = one_span("SELECT", db__system="mssql", db__name="shop", db__statement="SELECT 1", db__operation="SELECT")
    assert found["db_system"] == "microsoft.sql_server"
    assert found["query"] == found["operation"] == "SELECT ?"
    assert plain(found["attributes"]) == {
        "db.namespace": "shop",
        "db.query.text": "SELECT 1",
        "db.operation.name": "SELECT",
    }


def test_namespace_and_function_become_one_name() -> None:
    found = one_span(code__namespace="shop.cart", code__function="total", code__filepath="cart.py", code__lineno=7)
    assert (found["function"], found["file"], found["line"]) == ("shop.cart.total", "cart.py", 7)
    assert found["attributes"] == []
    alone = one_span(code__namespace="shop.cart")
    assert plain(alone["attributes"]) == {"code.namespace": "shop.cart"}


def test_service_and_method_of_a_remote_call_become_one_name() -> None:
    found = one_span(rpc__system="grpc", rpc__service="shop.Cart", rpc__method="Total", rpc__grpc__status_code=5)
    assert plain(found["attributes"]) == {
        "rpc.system.name": "grpc",
        "rpc.method": "shop.Cart/Total",
        "rpc.response.status_code": "NOT_FOUND",
    }


def test_order_of_attributes_stays() -> None:
    found = one_span(a=1, http__target="/x?y", b=2, http__method="GET", net__host__name="h:80", c=3)
    keys = [key for key, _, _ in found["attributes"]]
    assert keys == ["a", "url.path", "url.query", "b", "server.port", "c"]


def test_what_is_already_right_leaves_no_originals() -> None:
    found = one_span(
        kind="SERVER", http__request__method="GET", http__route="/cart", server__address="shop", server__port=80
    )
    assert found["originals"] == []


@pytest.mark.parametrize(
    ("name", "kind", "attributes", "operation"),
    [
        ("GET cart/<int:pk>/", "SERVER", {"http.method": "GET", "http.route": "cart/<int:pk>/"}, "GET /cart/{pk}/"),
        ("GET /nope", "SERVER", {"http.request.method": "GET", "url.path": "/nope"}, "GET"),
        ("GET", "CLIENT", {"http.method": "GET", "http.url": "https://h:8443/users/7?x"}, "GET h:8443/users/{id}"),
        ("GET", "CLIENT", {"http.request.method": "GET"}, "GET"),
        ("SELECT shop", "CLIENT", {"db.statement": "select 1 -- x", "db.system": "postgresql"}, "SELECT ?"),
        ("get", "CLIENT", {"db.statement": "GET user:7", "db.system": "redis"}, "GET ?"),
        ("connect", "CLIENT", {"db.system": "postgresql"}, "connect"),
        ("GET /cart/{id} http send", "INTERNAL", {"asgi.event.type": "x"}, "GET /cart/{id} http send"),
        (
            "publish reply-7f3a9b",
            "PRODUCER",
            {"messaging.destination": "reply-7f3a9b", "messaging.destination.template": "reply-{conversation}"},
            "publish reply-{conversation}",
        ),
        ("send order 7", "INTERNAL", {}, "send order {id}"),
        ("", "INTERNAL", {}, "unnamed"),
    ],
)
def test_operation_says_what_a_span_is_an_instance_of(
    name: str, kind: str, attributes: Attributes, operation: str
) -> None:
    assert normalised(trace(span(name, kind=kind, attributes=attributes)))[0]["operation"] == operation


def test_the_last_exception_of_a_span_has_a_column() -> None:
    events = [exception("KeyError"), exception("shop.OutOfStock"), event("retry", {"exception.type": "no"})]
    found = normalised(trace(span(events=events), span("other")))
    assert [row["exception_type"] for row in found] == ["shop.OutOfStock", ""]
    assert ("exception.type", "KeyError", 1) in found[0]["events"][0]["attributes"]


def test_links_and_events_are_renamed_too() -> None:
    found = normalised(trace(span(events=[event("x", {"db.system": "redis", "net.peer.name": "h"})])))[0]
    assert plain(found["events"][0]["attributes"]) == {"db.system.name": "redis", "net.peer.name": "h"}
    assert plain(found["events"][0]["originals"]) == {"db.system": "redis"}


def test_resources_have_columns_and_old_names_of_theirs_are_known() -> None:
    sent = {"deployment.environment": "demo", "vcs.repository.ref.revision": "abc", "service.version": "1", "x": "y"}
    found = normalised(trace(span(), resource=resource(sent)))[0]["resource"]
    columns = ("service", "namespace", "version", "instance", "environment", "revision")
    assert [found[column] for column in columns] == ["shop", "", "1", "", "demo", "abc"]
    assert plain(found["attributes"]) == {"x": "y"}
    assert plain(found["originals"]) == {"deployment.environment": "demo", "vcs.repository.ref.revision": "abc"}


@pytest.mark.parametrize(
    ("sent", "service"),
    [
        ({}, "unknown_service"),
        ({"process.executable.name": "bash"}, "unknown_service:bash"),
        ({"service.name": ""}, "unknown_service"),
    ],
)
def test_a_resource_without_a_service_gets_the_name_that_the_specification_wants(
    sent: Attributes, service: str
) -> None:
    found = normalised(trace(span(), resource=resource(sent, service="")))[0]["resource"]
    assert found["service"] == service
    assert plain(found["attributes"]) == sent


def test_a_log_record_has_a_pattern_and_its_function() -> None:
    sent: Attributes = {
        "code.function": "save",
        "code.filepath": "cart.py",
        "code.lineno": 7,
        "exception.type": "KeyError",
    }
    found = normalised(logs(log("cart 7 of 'bob' saved", sent), log({"event": "x", "n": 1}), log(5), log(None)), "logs")
    assert [row["pattern"] for row in found] == ["cart <*> of <*> saved", "{event, n}", "<*>", ""]
    assert (found[0]["function"], found[0]["file"], found[0]["line"]) == ("save", "cart.py", 7)
    assert found[0]["exception_type"] == "KeyError"
    assert plain(found[0]["attributes"]) == {"exception.type": "KeyError"}


def test_the_same_body_of_two_types_has_two_patterns() -> None:
    found = normalised(logs(log("5 items"), log('{"a":1}'), log({"a": 1}), log("true"), log(True)), "logs")
    assert [row["pattern"] for row in found] == ["<*> items", "{a}", "{a}", "true", "<*>"]


def test_points_are_renamed_and_their_metric_is_not() -> None:
    sent = {"http.method": "GET", "http.status_code": "200", "net.peer.name": "h"}
    body = metrics(counter("http.server.duration", point(1, sent, exemplars=[exemplar(1.0, {"http.method": "GET"})])))
    found = normalised(body, "metrics")[0]
    assert found["metric"]["name"] == "http.server.duration"
    assert plain(found["attributes"]) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "client.address": "h",
    }
    assert plain(found["exemplars"][0]["attributes"]) == {"http.request.method": "GET"}


def test_no_two_points_become_one_series() -> None:
    several: list[Attributes] = [{"http.host": host, "server.address": "h"} for host in ("a", "b")]
    routes: list[Attributes] = [{"http.route": spelling} for spelling in ("cart/<int:id>", "/cart/{id}")]
    ports: list[Attributes] = [{"net.host.name": name, "net.host.port": 80} for name in ("h", "h:80")]
    points = [point(1, sent) for sent in (*several, *routes, *ports)]
    found = normalised(metrics(counter("http.server.duration", *points)), "metrics")
    assert len({repr(row["attributes"]) for row in found}) == 6


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_columns_are_those_that_the_model_promises(signal: Signal) -> None:
    batch = Normalise().process(decode(signal, [], LimitsConfig(), START_NS).batch)
    for name, schema in NORMALISED[signal].items():
        assert [*batch.parts[name].columns.schema][-len(schema) :] == [*schema]


def test_a_call_that_two_scopes_report_is_marked_once() -> None:
    sent = {"db.system": "postgresql", "db.statement": "SELECT 1"}
    root = span("GET /")
    outer = span("SELECT shop", kind="CLIENT", parent=root, ms=3, attributes=sent)
    inner = span("SELECT", kind="CLIENT", parent=root, ms=1, attributes=sent, start_ns=START_NS + 1_000)
    bodies = [trace(outer, scope=scope("orm")), trace(inner, scope=scope("driver"))]
    found = normalised(b"".join(bodies))
    assert [(row["scope"]["name"], row["is_repeat_report"]) for row in found] == [("orm", True), ("driver", False)]
