import numpy as np
import pytest
from scipy import stats

from echoline.statistics.comparison import Comparison, not_enough
from echoline.statistics.judging import Measured, judge
from echoline.statistics.long_run import Difference
from echoline.statistics.many import adjusted, among_many


def answered(ratio: float) -> Comparison:
    """An answer whose difference is so many times its error."""
    return judge(Measured(1, 1, 100, 100), Difference(ratio * 0.03, 0.03**2, 20), 0.01, calibrated=True)


def test_probabilities_are_corrected_as_benjamini_and_hochberg_do() -> None:
    ps = np.random.default_rng(1).random(50) ** 3
    expected = stats.false_discovery_control(ps)
    assert list(adjusted({f"{n:02}": p for n, p in enumerate(ps)}).values()) == pytest.approx(sorted(expected))
    assert adjusted({}) == {}


def test_one_bare_flag_among_a_hundred_is_not_believed_and_ten_strong_ones_are() -> None:
    calm = {f"calm {number}": answered(0.1 * (number % 9)) for number in range(100)}
    single = among_many({**calm, "bare": answered(3.3)})
    assert single["bare"].verdict == "unchanged"
    assert "beside so many others" in single["bare"].reasons[0]
    several = among_many({**calm, **{f"strong {n}": answered(6.0) for n in range(10)}, "bare": answered(3.3)})
    assert several["bare"].verdict == "worse"
    assert several["strong 1"].verdict == "worse"


def test_among_many_a_change_must_be_larger_to_be_seen() -> None:
    alone = among_many({"one": answered(0)})["one"]
    crowd = among_many({str(number): answered(0) for number in range(1000)})["1"]
    assert alone.smallest_visible is not None
    assert crowd.smallest_visible is not None
    assert crowd.smallest_visible > alone.smallest_visible * 1.3
    assert crowd.power(0.1) < alone.power(0.1)


def test_what_has_no_data_stays_without() -> None:
    assert among_many({"empty": not_enough("nothing", 0, 0)})["empty"].verdict == "not enough data"
