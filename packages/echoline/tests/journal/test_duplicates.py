from echoline.journal.duplicates import Duplicates
from echoline.journal.segment import Digest

A, B, C = (Digest(bytes([n]) * 16) for n in range(3))


def test_a_digest_is_known_for_the_whole_window() -> None:
    duplicates = Duplicates(window_s=600)
    duplicates.remember(A, 1000)
    duplicates.forget_older(1600)
    assert A in duplicates
    assert B not in duplicates


def test_a_digest_is_forgotten_soon_after_the_window() -> None:
    duplicates = Duplicates(window_s=600)
    duplicates.remember(A, 1000)
    duplicates.remember(B, 1500)
    duplicates.forget_older(1000 + 600 + 61)
    assert (A in duplicates, B in duplicates, len(duplicates)) == (False, True, 1)


def test_a_clock_that_goes_back_forgets_nothing() -> None:
    duplicates = Duplicates(window_s=600)
    duplicates.remember(A, 10_000)
    duplicates.remember(B, 5_000)
    duplicates.forget_older(5_000)
    assert A in duplicates
    assert B in duplicates


def test_beyond_the_bound_the_oldest_go_first() -> None:
    duplicates = Duplicates(window_s=600, max_remembered=2)
    for number, each in enumerate((A, B, C)):
        duplicates.remember(each, 1000 + 100 * number)
    assert [each in duplicates for each in (A, B, C)] == [False, True, True]


def test_remembering_twice_counts_once() -> None:
    duplicates = Duplicates(window_s=600)
    duplicates.remember(A, 1000)
    duplicates.remember(A, 1001)
    assert len(duplicates) == 1
