import pytest

from echoline.errors import Unavailable
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Acknowledged, Answer, Away, Refused
from echoline.surfaces.cli.replay.patience import Patience


class Scripted:
    """A receiver that gives prepared answers, and a clock that moves only by sleeping."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.now_s = 0.0
        self.told: list[tuple[str, float]] = []

    def send(self, signal: Signal, body: bytes) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None: ...

    def patience(self, give_up_after_s: float = 60.0) -> Patience:
        def sleep(seconds: float) -> None:
            self.now_s += seconds

        return Patience(
            give_up_after_s, lambda why, wait_s: self.told.append((why, wait_s)), sleep, lambda: self.now_s, lambda: 0.5
        )


def test_it_waits_longer_each_time_and_then_gets_through() -> None:
    receiver = Scripted(*[Away("refused")] * 4, Acknowledged(rejected=2))
    assert receiver.patience().send(receiver, "traces", b"") == Acknowledged(rejected=2)
    assert receiver.told == [("refused", 0.25), ("refused", 0.5), ("refused", 1.0), ("refused", 2.0)]


def test_it_waits_as_long_as_the_receiver_asks() -> None:
    receiver = Scripted(Away("full", retry_after_s=7.0), Acknowledged())
    receiver.patience().send(receiver, "logs", b"")
    assert receiver.told == [("full", 7.0)]


def test_what_can_never_pass_is_not_tried_again() -> None:
    receiver = Scripted(Refused("HTTP 400"))
    assert receiver.patience().send(receiver, "traces", b"") == Refused("HTTP 400")
    assert receiver.told == []


def test_it_gives_up_with_the_last_words() -> None:
    receiver = Scripted(Away("connection refused"))
    with pytest.raises(Unavailable, match="gave up after 3 s: connection refused"):
        receiver.patience(3.0).send(receiver, "traces", b"")
    assert receiver.now_s <= 3.0
