"""What the demo says beside the pictures: how to ask further while it runs, and what to start when it is over."""

import pytest
from rich.console import Group

from answer_builders import NOW_NS, drawn, operation
from echoline.model.answers import Health, Stored
from echoline.surfaces.cli.demo.look import Seen
from echoline.surfaces.cli.demo.report import report
from echoline.surfaces.cli.demo.shop import Driven

LISTENERS = {"api": "http://127.0.0.1:7", "http": "http://127.0.0.1:8"}
HEALTH = Health("ok", "1.0", Stored(10, 3, 2), {}, {}, {}, 0, 0.0)


def _told(*, is_over: bool) -> str:
    seen = Seen(HEALTH, [operation("GET /a")], None, None, None)
    told: str = drawn(Group(*report(seen, Driven(5, {"200": 5}, 4.0, ["shop"]), LISTENERS, NOW_NS, is_over=is_over)))
    return told


def test_the_server_is_named_before_the_first_command() -> None:
    told = _told(is_over=False)
    assert 0 < told.index("export ECHOLINE_URL=http://127.0.0.1:7\n") < told.index("Endpoints  ")
    assert told.count("ECHOLINE_URL") == 1
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:8 " in told


@pytest.mark.parametrize("gone", ["ECHOLINE_URL", "another terminal", "OTEL_EXPORTER_OTLP_ENDPOINT", "traces --heat"])
def test_when_it_is_over_nothing_is_named_that_has_ended(gone: str) -> None:
    told = _told(is_over=True)
    assert gone not in told
    assert told.rstrip().endswith("up")
