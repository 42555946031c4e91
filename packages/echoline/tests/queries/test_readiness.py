from typing import TYPE_CHECKING

from batches import NOW_NS, log, of, span
from echoline.model.deployments import Told
from echoline.queries.readiness import readiness
from kept import HOUR_NS, LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

SDK = {"telemetry.sdk.language": "python", "telemetry.sdk.name": "opentelemetry", "telemetry.sdk.version": "1.45.1"}
MUTE = of(service="mute", environment="", version="", revision="", attributes=SDK)


def test_a_card_per_sending_service_with_what_is_missing(engine: "Engine") -> None:
    keep(engine, "traces", span("a", function="shop:a"), span("b", resource=MUTE, trace_state="x=1,ot=p:8;th:8"))
    keep(engine, "logs", log("x", trace_id=b"\1" * 16), log("y", resource=MUTE))
    mute, shop = readiness(engine, LAST_DAY, NOW_NS)
    assert (shop.service, shop.environment, shop.spans, shop.logs) == ("shop", "test", 1, 1)
    assert [each.point for each in shop.points if not each.is_good] == []
    assert (mute.language, mute.sdk) == ("python", "opentelemetry 1.45.1")
    assert [each.point for each in mute.points if not each.is_good] == [
        "environment", "version", "revision", "logs", "functions", "sampling",
    ]  # fmt: skip


def test_second_reports_name_the_instrumentation_to_switch_off(engine: "Engine") -> None:
    twice = of(name="opentelemetry.instrumentation.psycopg2")
    keep(engine, "traces", span("a"), span("b", scope=twice, is_repeat_report=True))
    (card,) = readiness(engine, LAST_DAY, NOW_NS)
    (found,) = (each.found for each in card.points if each.point == "duplicates")
    assert found == "1 calls are told a second time by psycopg2; counted once"


def test_without_data_there_are_no_cards(engine: "Engine") -> None:
    assert readiness(engine, LAST_DAY, NOW_NS) == ()


def test_a_version_that_changed_without_a_revision_says_how_to_tell_it(engine: "Engine") -> None:
    first, second = (of(service="shop", environment="prod", version=name, revision="") for name in ("1", "2"))
    keep(engine, "traces", span("a", resource=first, start_ns=NOW_NS - HOUR_NS), span("b", resource=second))
    (card,) = readiness(engine, LAST_DAY, NOW_NS)
    (point,) = (each for each in card.points if each.point == "revision")
    said = "version changed to 2, revision unknown: no suspects; `echoline stamp` in its build tells it"
    assert (point.is_good, point.found) == (False, said)
    assert point.mend == "echoline deployments tell -s shop --service-version 2 --revision $(git rev-parse HEAD)"


def test_a_revision_that_was_told_is_not_missing(engine: "Engine") -> None:
    first, second = (of(service="shop", environment="prod", version=name, revision="") for name in ("1", "2"))
    keep(engine, "traces", span("a", resource=first, start_ns=NOW_NS - HOUR_NS), span("b", resource=second))
    told = [Told("shop", "", "1", "aaa", NOW_NS), Told("shop", "prod", "2", "bbb", NOW_NS)]
    for known, is_good in ((told, True), (told[:1], False)):
        (card,) = readiness(engine, LAST_DAY, NOW_NS, known)
        assert [each.is_good for each in card.points if each.point == "revision"] == [is_good]
