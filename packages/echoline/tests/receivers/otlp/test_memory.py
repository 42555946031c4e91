import pytest

from echoline.errors import Busy
from echoline.receivers.otlp.memory import Memory


def test_what_a_request_holds_is_given_back_at_its_end() -> None:
    memory = Memory(100)
    with memory.claim() as claim:
        claim.add(60)
        claim.add(30)
        assert memory.held_bytes == 90
    assert memory.held_bytes == 0


def test_several_requests_share_the_bound() -> None:
    memory = Memory(100)
    with memory.claim() as first, memory.claim() as second:
        first.add(60)
        with pytest.raises(Busy):
            second.add(60)
        second.add(40)


def test_a_single_request_always_fits() -> None:
    with Memory(100).claim() as claim:
        claim.add(90)
        claim.add(90)
