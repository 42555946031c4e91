from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Acknowledged, Answer, Away
from echoline.surfaces.cli.replay.sought import Sought


class At:
    """A receiver that is there only at the address "there"."""

    def __init__(self, address: str, closed: list[str]) -> None:
        self.address, self.closed = address, closed

    def send(self, signal: Signal, body: bytes) -> Answer:
        return Acknowledged() if self.address == "there" else Away(self.address)

    def close(self) -> None:
        self.closed.append(self.address)


def test_a_receiver_that_moved_is_found_at_the_next_try() -> None:
    addresses, closed = iter(["here", "here", "there"]), list[str]()
    sender = Sought(lambda: next(addresses), lambda address: At(address, closed))
    assert [sender.send("traces", b"") for _ in range(3)] == [Away("here"), Away("here"), Acknowledged()]
    assert closed == ["here"]


def test_one_that_answers_is_not_looked_for_again() -> None:
    addresses = iter(["there"])
    sender = Sought(lambda: next(addresses), lambda address: At(address, []))
    assert [sender.send("logs", b""), sender.send("logs", b"")] == [Acknowledged()] * 2
