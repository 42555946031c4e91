"""What the agent's tests share."""

from collections.abc import Iterator

import pytest

from launching import bare_environment
from otlp_sink import Sink, sink


@pytest.fixture(name="sink")
def a_sink() -> Iterator[Sink]:
    with sink() as got:
        yield got


@pytest.fixture(scope="session")
def bare_python(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An interpreter whose environment has Flask, and no OpenTelemetry."""
    flask = ("flask*", "werkzeug*", "jinja2*", "markupsafe*", "itsdangerous*", "click*", "blinker*")
    return bare_environment(tmp_path_factory.mktemp("bare") / "venv", *flask)
