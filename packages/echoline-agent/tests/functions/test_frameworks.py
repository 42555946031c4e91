"""Small real applications, served for real: each span finds the function that the application says is behind it."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from functions.serving import PROGRAMS, answers

NAMES = ["fastapi_shop", "flask_shop", "django_shop", "django_asgi_shop"]


@pytest.fixture(scope="module", params=NAMES)
def told(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What a run of the application says of its answers and spans."""
    told = answers(request.param)
    assert told["said"] == []
    return told


def test_every_request_is_answered_as_without_us(told: dict[str, Any]) -> None:
    """What fails does so because the application wants it."""
    statuses = Counter(status.rsplit(" ", 1)[1][0] for status in told["statuses"])
    assert statuses["5"] == 1
    assert statuses["4"] >= 4
    assert statuses["2"] >= 10


def test_each_request_has_the_function_of_its_view(told: dict[str, Any]) -> None:
    served = [span for span in told["spans"] if span["kind"] == "SERVER"]
    assert len(served) >= len(told["statuses"])
    assert [span for span in served if span.get("function.name", "") != span["truth"]] == []


def test_each_span_that_the_program_caused_has_its_function(told: dict[str, Any]) -> None:
    caused = [span for span in told["spans"] if span["truth"] and span["kind"] != "SERVER"]
    right = [span for span in caused if span.get("function.name") == span["truth"]]
    print(f"{told['program']}: {len(right)} of {len(caused)} spans below requests have their function")
    assert len(caused) >= 20
    assert len(right) / len(caused) >= 0.99, [span for span in caused if span not in right]


def test_functions_come_with_their_file_and_a_line_inside(told: dict[str, Any]) -> None:
    named = [span for span in told["spans"] if "function.name" in span]
    for span in named:
        file = Path(span["file.path"])
        assert file.is_absolute()
        assert file.parent == PROGRAMS
        assert 1 <= span["line.number"] <= len(file.read_text("utf-8").splitlines())


def test_helper_spans_of_the_framework_name_the_same_function(told: dict[str, Any]) -> None:
    """FastAPI names functions itself, `functools.partial` among them."""
    helpers = [span for span in told["spans"] if span["name"].startswith("fastapi.")]
    known = {span["truth"] for span in told["spans"]} | {"fastapi_shop.afterwards"}
    assert {span["function.name"] for span in helpers} <= known
    assert all("file.path" in span for span in helpers)
    assert bool(helpers) == (told["program"] == "fastapi_shop")
