from hypothesis import given
from hypothesis import strategies as st

from echoline.model.answers_profiles import FoldedStack, Profile, StackFrame
from echoline.surfaces.http_api.profile_files import folded, pprof
from pprof_messages import pprof as read
from pprof_messages import stacks

MAIN, TOTAL = StackFrame("main", "/a/main.py", 3), StackFrame("total", "C:\\shop\\cart.py", 7)


def profile(*found: FoldedStack) -> Profile:
    ends = ("2026-11-22T10:00:00.000000001Z", "2026-11-22T10:01:00.000000000Z")
    return Profile("cpu", "nanoseconds", 9, 2, 0, (), 0, found, len(found), (), *ends)


def test_folded_stacks_are_lines_of_frames_and_a_value() -> None:
    odd = StackFrame("std::swap<int; 3>", "", 0)
    written = folded(profile(FoldedStack((MAIN, odd), 7, 1), FoldedStack((), 2, 1)))
    assert written == b"/a/main.py:main:3;:std::swap<int, 3>:0 7\n(no stack) 2\n"


def test_pprof_says_what_the_profile_says() -> None:
    message = read(pprof(profile(FoldedStack((MAIN, TOTAL), 7, 2), FoldedStack((MAIN,), 2**63 - 1, 300))))
    main, total = ("main", "/a/main.py", 3), ("total", "C:\\shop\\cart.py", 7)
    assert stacks(message) == [([total, main], [2, 7]), ([main], [300, 2**63 - 1])]
    texts = message.string_table
    assert [(texts[each.type], texts[each.unit]) for each in message.sample_type] == [
        ("samples", "count"),
        ("cpu", "nanoseconds"),
    ]
    assert (texts[0], texts[message.default_sample_type], texts[message.period_type.type]) == ("", "cpu", "cpu")
    assert (message.time_nanos, message.duration_nanos) == (1_795_341_600_000_000_001, 59_999_999_999)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
FRAMES = st.builds(StackFrame, TEXTS, TEXTS, st.integers(0, 2**31 - 1))


@given(st.lists(st.builds(FoldedStack, st.tuples(FRAMES, FRAMES), st.integers(-(2**63), 2**63 - 1), st.integers(0, 9))))
def test_any_stacks_come_back(found: list[FoldedStack]) -> None:
    told = [
        ([(frame.function, frame.file, frame.line) for frame in reversed(each.frames)], [each.hits, each.value])
        for each in found
    ]
    assert stacks(read(pprof(profile(*found)))) == told
