import pytest

from echoline.errors import BadInput
from echoline.statistics.windows import Windows


def test_warm_up_is_no_part_of_the_later_window() -> None:
    windows = Windows(100, 200, 200, 300, warm_up=10)
    assert (windows.before, windows.after) == (slice(100, 200), slice(210, 300))
    assert windows.lengths == (100, 90)


def test_a_later_window_shorter_than_its_warm_up_is_empty() -> None:
    assert Windows(0, 20, 20, 25).lengths == (20, 0)


def test_placebos_end_before_the_change_and_go_back_as_far_as_history_does() -> None:
    windows = Windows(250, 350, 350, 450)
    assert list(windows.placebos(9)) == [Windows(150, 250, 250, 350), Windows(50, 150, 150, 250)]
    assert list(windows.placebos(1)) == [Windows(150, 250, 250, 350)]


def test_windows_that_lie_apart_have_placebos_that_lie_as_far_apart() -> None:
    (placebo,) = Windows(300, 400, 500, 600).placebos(1)
    assert placebo == Windows(100, 200, 300, 400)


def test_without_history_there_are_no_placebos() -> None:
    assert list(Windows(0, 100, 100, 200).placebos(9)) == []
    assert list(Windows(0, 0, 0, 0).placebos(9)) == []


def test_windows_out_of_order_are_refused() -> None:
    with pytest.raises(BadInput, match="follow each other"):
        Windows(10, 30, 20, 40)
