import pytest

from echoline.errors import BadInput
from echoline.model.instants import BILLION
from echoline.model.window import Window
from echoline.queries.windows import duration_ns, steps, window

NOW_NS = 1_790_000_000 * BILLION
MINUTE_NS = 60 * BILLION


def test_the_usual_window_is_the_last_day() -> None:
    assert window(None, None, now_ns=NOW_NS) == Window(NOW_NS - 86_400 * BILLION, NOW_NS)


def test_without_a_start_a_window_is_the_day_before_its_end() -> None:
    assert window(None, "1h", now_ns=NOW_NS) == Window(NOW_NS - 90_000 * BILLION, NOW_NS - 3600 * BILLION)


@pytest.mark.parametrize(
    ("text", "ago_s"),
    [
        ("15m", 900),
        ("-15m", 900),
        ("1.5h", 5400),
        ("7d", 604_800),
        ("1789999999", 1),
        ("1789999998.5", 1.5),
        ("2026-09-21T14:13:10Z", 10),
        ("2026-09-21T16:13:10+02:00", 10),
        ("2026-09-21T14:13:10", 10),
    ],
)
def test_times_have_many_spellings(text: str, ago_s: float) -> None:
    assert window(text, "now", now_ns=NOW_NS) == Window(NOW_NS - int(ago_s * BILLION), NOW_NS)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "15 m", "-5", "99999999999999", "2300-01-01T00:00:00Z", "١٥m", "1e3s"]
)
def test_what_is_no_time_is_refused_with_the_spellings(text: str) -> None:
    with pytest.raises(BadInput, match="unix seconds"):
        window(text, None, now_ns=NOW_NS)


def test_a_window_must_have_a_length() -> None:
    with pytest.raises(BadInput, match="not before"):
        window("now", "now", now_ns=NOW_NS)


@pytest.mark.parametrize(
    ("text", "expected"), [("250ms", 250_000_000), ("1.5s", 1_500_000_000), ("42", 42), ("2m", 120 * BILLION)]
)
def test_lengths_of_time_have_units(text: str, expected: int) -> None:
    assert duration_ns(text, "step") == expected


@pytest.mark.parametrize("text", ["", "-5s", "fast", "5 s", "1y", "99999999999999999999"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="step"):
        duration_ns(text, "step")


@pytest.mark.parametrize(("hours", "step_minutes"), [(0.1, 1), (1, 1), (24, 15), (24 * 7, 120), (24 * 90, 1440)])
def test_steps_are_round_and_about_a_hundred(hours: float, step_minutes: int) -> None:
    found = steps(Window(NOW_NS - int(hours * 60) * MINUTE_NS, NOW_NS), None, grain_ns=MINUTE_NS)
    assert found.step_ns == step_minutes * MINUTE_NS
    assert found.count <= 130
    assert found.window.since_ns % found.step_ns == found.window.until_ns % found.step_ns == 0


def test_steps_below_the_grain_or_too_many_of_them_are_refused() -> None:
    day = Window(NOW_NS - 86_400 * BILLION, NOW_NS)
    with pytest.raises(BadInput, match="whole multiples"):
        steps(day, 90 * BILLION, grain_ns=MINUTE_NS)
    with pytest.raises(BadInput, match="longer step"):
        steps(day, BILLION, grain_ns=BILLION)
