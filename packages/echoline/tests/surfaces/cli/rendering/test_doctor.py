from inline_snapshot import snapshot

from answer_builders import NOW_NS, at, drawn
from echoline.model.answers_doctor import Readiness, ReadinessCard
from echoline.surfaces.cli.check import Check
from echoline.surfaces.cli.rendering.doctor import Cards, CheckList

LINE = 'export OTEL_RESOURCE_ATTRIBUTES="service.version=$(git describe --tags),vcs.ref.head.revision=x"'


def test_checks_with_the_lines_that_mend_them() -> None:
    checks = [
        Check("running", "good", "processes up 1, receive 2"),
        Check("OTLP/HTTP", "bad", "127.0.0.1:4318 cannot be used: Address already in use", "echoline up --http-port 0"),
        Check("refused", "advice", "12 too_old, 3 no_trace_id, " + "more words that do not fit on one line " * 2),
    ]
    assert drawn(CheckList(checks), 80) == snapshot("""\

  ✓ running     processes up 1, receive 2
  ✗ OTLP/HTTP   127.0.0.1:4318 cannot be used: Address already in use
                echoline up --http-port 0
  ! refused     12 too_old, 3 no_trace_id, more words that do not fit on one
                line more words that do not fit on one line
""")


def test_a_card_shows_a_line_that_mends_several_points_once() -> None:
    points = (
        Readiness("name", True, "shop", ""),
        Readiness("environment", True, "prod", ""),
        Readiness("version", False, "missing on 12 of 12", LINE),
        Readiness("revision", False, "missing on 12 of 12", LINE),
        Readiness("logs", False, "none are sent", "pip install opentelemetry-instrumentation-logging"),
        Readiness("functions", False, "named on 0 of 12 spans", ""),
    )
    cards = [
        ReadinessCard("shop", "prod", "python", "opentelemetry 1.45.1", 12, 0, at(0), points),
        ReadinessCard("", "", "", "", 1, 1, None, (Readiness("name", False, "none", "export OTEL_SERVICE_NAME=x"),)),
    ]
    assert drawn(Cards(cards, NOW_NS), 100) == snapshot("""\


shop (prod)  12 spans · 0 log records · last 1 min ago · python · opentelemetry 1.45.1
  ✓ tells       name, environment
  ! version     missing on 12 of 12
  ! revision    missing on 12 of 12
                export OTEL_RESOURCE_ATTRIBUTES="service.version=$(git describe --tags),vcs.ref.head.revision=x"
  ! logs        none are sent
                pip install opentelemetry-instrumentation-logging
  ! functions   named on 0 of 12 spans

(no name)  1 span · 1 log record
  ! name        none
                export OTEL_SERVICE_NAME=x
""")
