from typing import TYPE_CHECKING

import pytest

from batches import NOW_NS, SECOND_NS, of, span
from echoline.errors import BadInput
from echoline.model.answers_traces import Difference
from echoline.model.window import Window
from echoline.queries import differences as module
from echoline.queries.differences import Selection, differences
from echoline.queries.span_filters import SpanFilter
from kept import LAST_DAY, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

ALL = SpanFilter()


def test_what_the_slow_ones_have_in_common_comes_first(engine: "Engine") -> None:
    """Of 20 slow spans 15 are of tenant blue, of 80 others 8; the noise is spread alike."""
    keep(engine, "traces", *(
        span(ms=500 if n < 20 else 5, start_ns=NOW_NS - (n + 1) * SECOND_NS,
             attributes={"tenant": "blue" if n < 15 or 20 <= n < 28 else "red", "noise": f"{n % 2}"})
        for n in range(100)
    ))  # fmt: skip
    found = differences(engine, LAST_DAY, ALL, Selection(min_duration_ns=100_000_000))
    assert (found.selected, found.rest, found.selected_sampled, found.rest_sampled) == (20, 80, 20, 80)
    assert found.items[:2] == (
        Difference("tenant", "blue", 0.75, 0.1, 7.5, 15, 8),
        Difference("tenant", "red", 0.25, 0.9, 0.25 / 0.9, 5, 72),
    )
    assert {each.key for each in found.items[2:]} <= {"noise"}


def test_columns_and_resources_differ_too(engine: "Engine") -> None:
    bad = of(service="shop", environment="test", version="2", revision="def")
    keep(engine, "traces", *(span(start_ns=NOW_NS - n * SECOND_NS) for n in range(1, 5)),
         span(status_code=2, status=500, exception_type="KeyError", resource=bad))  # fmt: skip
    found = differences(engine, LAST_DAY, ALL, Selection(status="ERROR"))
    told = {(each.key, each.value) for each in found.items if each.rest == 0}
    assert told == {
        ("service.version", "2"), ("vcs.ref.head.revision", "def"), ("exception.type", "KeyError"),
        ("http.response.status_code", "500"),
    }  # fmt: skip
    assert all(each.lift is None for each in found.items if each.rest == 0)


def test_what_failed_is_compared_within_its_operations(engine: "Engine") -> None:
    """Spans that never fail would only tell that they do something else; a box of durations is compared with all."""
    kept = [span("GET /cart", attributes={"coupon": f"{n % 2}"}, status_code=2 * (n % 2)) for n in range(10)]
    keep(engine, "traces", *kept, *(span("SELECT", kind=3, ms=1, db_system="sqlite") for _ in range(30)))
    found = differences(engine, LAST_DAY, ALL, Selection(status="ERROR"))
    assert (found.selected, found.rest) == (5, 5)
    assert {each.key for each in found.items} == {"coupon"}
    assert differences(engine, LAST_DAY, ALL, Selection(max_duration_ns=1_000_000)).rest == 10


def test_a_box_of_time_and_duration_is_compared_with_the_rest(engine: "Engine") -> None:
    keep(
        engine, "traces", *(span(ms=n, start_ns=NOW_NS - n * SECOND_NS, attributes={"n": f"{n}"}) for n in range(1, 10))
    )
    box = Selection(Window(NOW_NS - 6 * SECOND_NS, NOW_NS), min_duration_ns=4_000_000, max_duration_ns=8_000_000)
    found = differences(engine, LAST_DAY, ALL, box)
    assert (found.selected, found.rest) == (3, 6)
    assert {each.value for each in found.items if each.selected} == {"4", "5", "6"}


def test_a_sample_of_many_has_nearly_the_shares_of_all(engine: "Engine", monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SAMPLE", 500)
    keep(engine, "traces", *(
        span(status_code=2 * (n % 4 == 0), start_ns=NOW_NS - (n + 1) * SECOND_NS, attributes={"t": f"{n % 8 == 0}"})
        for n in range(8000)
    ))  # fmt: skip
    found = differences(engine, LAST_DAY, ALL, Selection(status="ERROR"))
    assert (found.selected, found.rest) == (2000, 6000)
    assert 400 < found.selected_sampled < 600
    assert 400 < found.rest_sampled < 600
    share = next(each.selected_share for each in found.items if each.value == "True")
    assert abs(share - 0.5) < 0.1
    assert differences(engine, LAST_DAY, ALL, Selection(status="ERROR")) == found


def test_without_a_rest_there_is_no_difference(engine: "Engine") -> None:
    keep(engine, "traces", span(status_code=2))
    found = differences(engine, LAST_DAY, ALL, Selection(status="ERROR"))
    assert (found.selected, found.rest, found.items) == (1, 0, ())


def test_nothing_selected_is_refused(engine: "Engine") -> None:
    with pytest.raises(BadInput, match="nothing is selected"):
        differences(engine, LAST_DAY, ALL, Selection())
