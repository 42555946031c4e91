from answer_builders import NOW_NS, drawn
from echoline.model.answers import Page
from echoline.model.instants import rfc3339
from echoline.surfaces.cli.rendering.captions import caption, nothing, window

HOUR_NS = 3600 * 10**9


def test_a_window_up_to_now_is_told_by_its_length() -> None:
    assert window(rfc3339(NOW_NS - 24 * HOUR_NS), rfc3339(NOW_NS), NOW_NS) == "last 24 h"


def test_a_window_that_was_widened_is_told_as_it_was_asked() -> None:
    since, until = rfc3339(NOW_NS - 25 * HOUR_NS), rfc3339(NOW_NS + HOUR_NS)
    assert window(since, until, NOW_NS, "24h") == "last 24 h"
    assert window(since, until, NOW_NS, "15m") == "last 15 min"
    assert window(since, until, NOW_NS, "2026-11-21") == "last 26 h"


def test_another_window_is_told_by_its_ends() -> None:
    assert " to 2026-11-20" in window(rfc3339(NOW_NS - 72 * HOUR_NS), rfc3339(NOW_NS - 48 * HOUR_NS), NOW_NS)


def test_a_caption_leaves_out_facts_that_say_nothing() -> None:
    assert drawn(caption("73 endpoints", "shop", "", "last 24 h")).strip() == "73 endpoints · shop · last 24 h"


def _empty(newest_hours: int | None, since_hours: int = 24, until_hours: int = 0) -> Page[object]:
    """An answer without items, its times in hours ago."""

    def instant(hours: int) -> str:
        return rfc3339(NOW_NS - hours * HOUR_NS)

    newest = None if newest_hours is None else instant(newest_hours)
    return Page((), None, instant(since_hours), instant(until_hours), newest)


def test_an_empty_answer_says_how_to_see_something() -> None:
    assert "nothing has been received yet" in nothing("traces", _empty(None), "last 24 h", NOW_NS).plain
    nobody = nothing("traces", _empty(None), "last 24 h", NOW_NS, ["service shop"]).plain
    assert nobody == ("No traces: nothing of service shop has been received. `echoline services` lists what sends.")
    old = nothing("traces", _empty(50), "last 24 h", NOW_NS).plain
    assert old == "No traces fit in the last 24 h.\nThe newest data is of 2 d ago: see --since 3d."
    recent = nothing("logs", _empty(3, 72, 48), "2026-11-20 to 2026-11-21", NOW_NS).plain
    assert recent == "No logs fit from 2026-11-20 to 2026-11-21.\nThe newest data is of 3 h ago: see --since 4h."


def test_where_there_is_data_in_the_window_another_window_is_not_advised() -> None:
    told = nothing("traces", _empty(3), "last 24 h", NOW_NS).plain
    assert told == ("No traces fit in the last 24 h, though there is data of 3 h ago.\nFewer conditions may find some.")
    assert nothing("points of x", _empty(3), "last 24 h", NOW_NS, (), "Others.").plain.endswith("\nOthers.")
