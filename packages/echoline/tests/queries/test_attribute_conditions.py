from typing import TYPE_CHECKING

import pytest

from batches import of, span
from echoline.errors import BadInput
from echoline.queries.attribute_conditions import Condition, condition
from echoline.queries.span_filters import SpanFilter
from echoline.queries.traces import traces
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http.route=/cart", Condition("http.route", "=", "/cart")),
        ("http.route = /cart", Condition("http.route", "=", " /cart")),
        ("a!=b", Condition("a", "!=", "b")),
        ("a=", Condition("a", "=", "")),
        ("a=b=c", Condition("a", "=", "b=c")),
        ("a>5", Condition("a", ">", "5")),
        ("a>=-1.5e3", Condition("a", ">=", "-1.5e3")),
        ("a<5", Condition("a", "<", "5")),
        ("a<=5", Condition("a", "<=", "5")),
        ("a~x~y", Condition("a", "~", "x~y")),
        ("a!~x", Condition("a", "!~", "x")),
        ("a", Condition("a", "exists")),
        ("!a", Condition("a", "missing")),
        ('"a=b"=c', Condition("a=b", "=", "c")),
        ('"a>b"', Condition("a>b", "exists")),
        ('!"a>b"', Condition("a>b", "missing")),
    ],
)
def test_conditions_are_written_as_one_would(text: str, expected: Condition) -> None:
    assert condition(text) == expected


@pytest.mark.parametrize("text", ["", "=", "=5", "!", "!=5", "!a=b", "a>x", "a<", "a>=nan", "a>inf", '"a"b', "  "])
def test_what_is_no_condition_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(BadInput, match="attribute condition"):
        condition(text)


ROW = span(
    attributes={"tenant": "blue", "items": 5, "ratio": "0.5", "is_new": True, "empty": "", "quo'te\\": "it's \\n\t☃"},
    method="GET",
    status=503,
    resource=of(service="shop", environment="test", instance="pod-1", attributes={"host.name": "box", "cpus": 4}),
)


@pytest.fixture(scope="module")
def one_span(opened: "Engine") -> "Engine":
    engine = opened.another("one_span")
    keep(engine, "traces", ROW)
    return engine


@pytest.mark.parametrize(
    "text",
    [
        "tenant=blue", "tenant!=red", "tenant~LU", "tenant!~x", "tenant", "!nothing", "empty=", "empty", "empty!=x",
        "items=5", "items=5.0", "items>4", "items>=5", "items<5.5", "items<=5", "ratio<1", "ratio=0.5", "is_new=true",
        "http.request.method=GET", "http.request.method~ge", "http.request.method!=POST", "!http.route",
        "http.response.status_code=503", "http.response.status_code>=500", "http.response.status_code!=200",
        "http.response.status_code=503.0", "!code.line.number", "service.name=shop", "deployment.environment.name~TES",
        "host.name=box", "cpus>3", "cpus=4", "service.instance.id=pod-1", "service.instance.id", "!service.namespace",
        "quo'te\\=it's \\n\t☃", "quo'te\\~☃",
    ],
)  # fmt: skip
def test_a_condition_that_holds_finds_the_span(one_span: "Engine", text: str) -> None:
    assert len(traces(one_span, LAST_DAY, SpanFilter(attributes=(condition(text),))).items) == 1


@pytest.mark.parametrize(
    "text",
    [
        "tenant=Blue", "tenant!=blue", "tenant~x", "tenant!~lu", "!tenant", "nothing", "nothing!=x", "nothing=",
        "nothing!~x", "items=6", "items>5", "items<5", "tenant>0", "empty=x", "http.response.status_code<500",
        "http.route", "http.route!=x", "code.line.number<0", "code.line.number=-1", "host.name=other", "!host.name",
        "!cpus", "service.instance.id!=pod-1", "service.namespace", "service.name!=shop",
    ],
)  # fmt: skip
def test_a_condition_that_does_not_hold_finds_nothing(one_span: "Engine", text: str) -> None:
    assert traces(one_span, LAST_DAY, SpanFilter(attributes=(condition(text),))).items == ()


def test_a_number_sent_as_text_is_found_like_the_others(engine: "Engine") -> None:
    """Its column holds numbers, so the text has stayed among the attributes."""
    keep(engine, "traces", span(attributes={"http.response.status_code": "503"}))
    for text in ("http.response.status_code=503", "http.response.status_code>=500", "http.response.status_code"):
        assert len(traces(engine, LAST_DAY, SpanFilter(attributes=(condition(text),))).items) == 1


def test_many_resources_can_fit(engine: "Engine") -> None:
    pods = [of(service="shop", environment="test", instance=f"pod-{n}", attributes={"zone": "a"}) for n in range(201)]
    keep(engine, "traces", *(span(resource=pod, trace_id=bytes([n]) * 16) for n, pod in enumerate(pods)))
    assert len(traces(engine, LAST_DAY, SpanFilter(attributes=(condition("zone=a"),)), limit=500).items) == 201


@pytest.mark.parametrize(
    "text",
    [
        "http.status_code=503", "http.status_code>=500", "http.method=GET", "deployment.environment=test",
        "net.peer.port=8080", "http.host=shop:8080", "db.system", "!http.flavor", "code.function~save",
    ],
)  # fmt: skip
def test_old_names_find_what_they_have_become_and_what_was_sent(engine: "Engine", text: str) -> None:
    sent = span(
        method="GET", status=503, db_system="postgresql", function="shop.save",
        attributes={"server.port": 8080}, originals={"http.host": "shop:8080"},
    )  # fmt: skip
    keep(engine, "traces", sent)
    assert len(traces(engine, LAST_DAY, SpanFilter(attributes=(condition(text),))).items) == 1
