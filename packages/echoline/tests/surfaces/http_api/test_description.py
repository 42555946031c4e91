"""The API keeps what its description promises, whatever is asked of it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS

from asking import Api, api_over
from batches import NOW_NS, log, point, span
from echoline.config import ServerConfig
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
LOADING = {"lag_seconds": 0.0, "error": None}
STATUS = {"stored": {"spans": 0, "logs": 0, "metric_points": 0}, "loading": LOADING, "quarantined": 0}
MANIFEST = {"folder": "/one", "echoline": "1", "made_ns": NOW_NS, "stored": {}}
OPERATIONS: dict[str, Any] = {
    "status": lambda _: STATUS,
    "flush": lambda _: LOADING,
    "delete": lambda _: {"deleted": {}},
    "backup": lambda _: MANIFEST,
    "restore": lambda _: MANIFEST,
    "days": lambda _: {"days": {}},
    "export": lambda _: iter([b"PAR1"]),
}


@pytest.fixture(scope="module")
def described(opened: "Engine") -> "Iterator[Api]":
    """An API with something of everything, that answers to the name that the tester uses."""
    engine = opened.another("described")
    keep(engine, "traces", span(attributes={"a": 1}), span("SELECT", kind=3, status_code=2))
    keep(engine, "logs", log(trace_id=b"\1" * 16))
    keep(engine, "metrics", point())
    with tempfile.TemporaryDirectory() as name:
        server = ServerConfig(allowed_hosts=("testserver",))
        with api_over(engine, Path(name), operations=OPERATIONS, server=server) as made:
            yield made


def check_all(api: Api, mode: GenerationMode, examples: int) -> None:
    """Asks every route but the tail, which does not end; tokens are not asked for, since one would close the others."""
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", api.app)
    chosen = CHECKS.get_by_names(CHECKED)
    for found in (
        schema.exclude(path="/api/v1/logs/tail").exclude(path="/api/v1/tokens", method="POST").get_all_operations()
    ):
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not (operation.query or operation.path_parameters or operation.body):
            continue

        @settings(
            max_examples=examples, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate],
        )  # fmt: skip
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: schemathesis.Case) -> None:
            case.validate_response(case.call(), checks=chosen)

        holds()


def test_it_does_what_it_says(described: Api) -> None:
    check_all(described, GenerationMode.POSITIVE, 6)


def test_it_refuses_as_it_says(described: Api) -> None:
    check_all(described, GenerationMode.NEGATIVE, 4)


@pytest.mark.long
@pytest.mark.parametrize("mode", GenerationMode)
def test_it_keeps_to_that_over_many_questions(described: Api, mode: GenerationMode) -> None:
    check_all(described, mode, 100)


@pytest.fixture(scope="module")
def description(described: Api) -> dict[str, Any]:
    found: dict[str, Any] = described.get("openapi.json", headers={"host": "localhost"}).json()
    return found


def test_every_example_is_what_its_schema_says(description: dict[str, Any]) -> None:
    shown = {name: schema for name, schema in description["components"]["schemas"].items() if "examples" in schema}
    assert len(shown) >= 15
    for name, schema in shown.items():
        for example in schema["examples"]:
            jsonschema.Draft202012Validator({**schema, "components": description["components"]}).validate(example)
            assert example, name


def test_every_route_parameter_and_field_is_described(description: dict[str, Any]) -> None:
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            assert {"200", "400", "401", "403", "429", "503"} <= set(operation["responses"]), path
            assert "422" not in operation["responses"]
            undescribed = [each["name"] for each in operation.get("parameters", ()) if not each.get("description")]
            assert undescribed == [], path
    assert all(schema.get("description") for schema in description["components"]["schemas"].values())


def test_times_are_told_to_be_times(description: dict[str, Any]) -> None:
    start = description["components"]["schemas"]["TraceSummary"]["properties"]["start"]
    assert start["format"] == "date-time"


def test_errors_are_described_as_problems(description: dict[str, Any]) -> None:
    (content,) = description["paths"]["/api/v1/operations"]["get"]["responses"]["400"]["content"]
    assert content == "application/problem+json"
    assert set(description["components"]["schemas"]["Problem"]["required"]) == {"type", "title", "status", "detail"}
