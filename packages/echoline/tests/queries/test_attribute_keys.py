from typing import TYPE_CHECKING

from batches import log, of, span
from echoline.model.answers import AttributeKey
from echoline.queries.attribute_keys import attribute_keys
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def test_attributes_come_with_their_share_and_usual_values(engine: "Engine") -> None:
    keep(
        engine,
        "traces",
        *(span(attributes={"tenant": "blue" if n < 3 else "red"}, ms=n) for n in range(4)),
        span(method="GET"),
    )
    assert attribute_keys(engine, LAST_DAY, "traces") == (
        AttributeKey("tenant", 0.8, ("blue", "red")),
        AttributeKey("http.request.method", 0.2, ("GET",)),
    )


def test_they_can_be_narrowed_by_beginning_service_and_signal(engine: "Engine") -> None:
    keep(
        engine, "traces", span(attributes={"Tenant": "a"}), span(attributes={"other": "b"}, resource=of(service="cart"))
    )
    keep(engine, "logs", log(attributes={"logged": "x"}))
    assert [each.key for each in attribute_keys(engine, LAST_DAY, "traces", prefix="ten")] == ["Tenant"]
    assert [each.key for each in attribute_keys(engine, LAST_DAY, "traces", service="cart")] == ["other"]
    assert [each.key for each in attribute_keys(engine, LAST_DAY, "logs")] == ["logged"]
    assert attribute_keys(engine, LAST_DAY, "metrics") == ()
