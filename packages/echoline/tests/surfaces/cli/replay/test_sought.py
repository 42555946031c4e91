from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Acknowledged, Answer, Away
from echoline.surfaces.cli.replay.sought import Sought


class At:
    """A receiver that is there only at the address "there"."""

    closed: list[str] = []

    def __init__(self, address: str) -> None:
        self.address = address

    def send(self, signal: Signal, body: bytes) -> Answer:
        return Acknowledged() if self.address == "there" else Away(self.address)

    def close(self) -> None:
        self.closed.append(self.address)


def test_a_receiver_that_moved_is_found_at_the_next_try() -> None:
    addresses = ["here", "here", "there"]
    sender = Sought(lambda: addresses.pop(0) if len(addresses) > 1 else addresses[0], At)
    assert [sender.send("traces", b"") for _ in range(3)] == [Away("here"), Away("here"), Acknowledged()]
    assert At.closed == ["here"]


def test_one_that_answers_is_not_looked_for_again() -> None:
    found: list[str] = []
    sender = Sought(lambda: found.append("") or "there", At)
    assert [sender.send("logs", b""), sender.send("logs", b"")] == [Acknowledged()] * 2
    assert len(found) == 1
