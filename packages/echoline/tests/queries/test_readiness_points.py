import pytest

from echoline.model.answers_doctor import Readiness
from echoline.queries.readiness_points import Facts, points

READY = Facts(
    "shop", "prod", "python", spans=100, spans_with_function=90, logs=10, logs_with_trace=9, logs_with_function=10
)


def _bad(**others: object) -> dict[str, Readiness]:
    facts = Facts(**{**{name: getattr(READY, name) for name in Facts.__dataclass_fields__}, **others})
    return {each.point: each for each in points(facts) if not each.is_good}


def test_a_service_that_tells_all_is_good_on_every_point() -> None:
    assert _bad() == {}
    assert [each.point for each in points(READY)] == [
        "name", "environment", "version", "revision", "logs", "functions", "sampling",
    ]  # fmt: skip


def test_missing_attributes_are_mended_by_one_line() -> None:
    bad = _bad(environment="", spans_without_version=100, spans_without_revision=100)
    parts = "deployment.environment.name=dev", "service.version=$(git describe --tags --always)"
    line = f'export OTEL_RESOURCE_ATTRIBUTES="{",".join(parts)},vcs.ref.head.revision=$(git rev-parse HEAD)"'
    assert {each.mend for each in bad.values()} == {line}
    assert bad["version"].found == "missing on 100 of 100"


@pytest.mark.parametrize("name", ["", "unknown_service", "unknown_service:python"])
def test_a_service_without_a_name_is_told_how_to_get_one(name: str) -> None:
    assert _bad(service=name)["name"].mend == "export OTEL_SERVICE_NAME=my-service"


@pytest.mark.parametrize(
    ("language", "line"),
    [("python", "pip install opentelemetry-instrumentation-logging"), ("java", "export OTEL_LOGS_EXPORTER=otlp")],
)
def test_a_service_without_logs_is_told_how_to_send_them(language: str, line: str) -> None:
    assert _bad(logs=0, logs_with_trace=0, language=language)["logs"] == Readiness("logs", False, "none are sent", line)


def test_logs_are_correlated_when_a_fifth_of_them_belongs_to_a_trace() -> None:
    assert "logs" not in _bad(logs=10, logs_with_trace=2)
    told = "1 of 10 records belong to a trace; those outside of a span have none"
    assert _bad(logs=10, logs_with_trace=1)["logs"] == Readiness("logs", False, told, "")


def test_function_names_count_on_spans_or_on_logs() -> None:
    assert "functions" not in _bad(spans_with_function=0)
    bad = _bad(spans_with_function=0, logs_with_function=0)["functions"]
    assert bad.mend == "export OTEL_PYTHON_LOG_CODE_ATTRIBUTES=true"
    assert _bad(spans_with_function=0, logs_with_function=0, language="go")["functions"].mend == ""


def test_samples_second_reports_and_a_wrong_clock_are_told() -> None:
    bad = _bad(
        sampled=40,
        repeat_reports=7,
        repeating=("opentelemetry.instrumentation.psycopg2",),
        ahead_ns=3600 * 10**9,
    )
    assert {point: each.mend for point, each in bad.items()} == {
        "sampling": "export OTEL_TRACES_SAMPLER=parentbased_always_on",
        "duplicates": "export OTEL_PYTHON_DISABLED_INSTRUMENTATIONS=psycopg2",
        "clock": "timedatectl set-ntp true",
    }
