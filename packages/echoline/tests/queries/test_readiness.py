from typing import TYPE_CHECKING

from batches import NOW_NS, log, of, span
from echoline.queries.readiness import readiness
from kept import LAST_DAY, keep

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
