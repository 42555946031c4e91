"""Samples wait in a bounded room and are added up by place."""

from echoline_agent.profiling.samples import NO_SPAN, Place, Room, Sample, SpanIds


def place(span: SpanIds = NO_SPAN) -> Place:
    return Place((), span, "MainThread", is_approximate=False)


def test_samples_of_one_place_and_span_are_added() -> None:
    room, other = Room(), SpanIds(1, 2)
    for where, cpu_ns in ((place(), 20), (place(other), 5), (place(), 10)):
        room.add(Sample(where, cpu_ns))
    assert room.take() == {place(): 30, place(other): 5}
    assert room.take() == {}


def test_a_full_room_keeps_the_newest_and_counts_the_rest() -> None:
    room = Room(size=2)
    for number in range(5):
        room.add(Sample(place(SpanIds(number, 1)), 1))
    assert room.take() == {place(SpanIds(3, 1)): 1, place(SpanIds(4, 1)): 1}
    assert room.dropped == 3
