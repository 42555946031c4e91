from pathlib import Path

import pytest

import builders as make
from echoline.errors import BadInput
from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Acknowledged, Answer, Refused
from echoline.surfaces.cli.replay.patience import Patience
from echoline.surfaces.cli.replay.playing import Extent, Pace, Recording, Tally, extent, play
from echoline.surfaces.cli.replay.times import survey
from recordings_maker import write_recording

SECOND = 10**9
T = make.START_NS


class Taker:
    """A receiver that remembers what it got and when, on a clock that moves only by sleeping."""

    def __init__(self, answer: Answer | None = None) -> None:
        self.answer = answer or Acknowledged()
        self.got: list[tuple[Signal, int, float]] = []
        self.now_s = 100.0

    def send(self, signal: Signal, body: bytes) -> Answer:
        self.got.append((signal, survey(signal, body).newest_ns, self.now_s))
        return self.answer

    def close(self) -> None: ...

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def play(self, recordings: list[Recording], shift_ns: int = 0, speed: float = 0.0) -> dict[Signal, Tally]:
        patience = Patience(1.0, lambda *_: None)
        return play(recordings, self, shift_ns, Pace(speed, self.sleep, lambda: self.now_s), patience, lambda _: None)


@pytest.fixture
def recordings(tmp_path: Path) -> list[Recording]:
    """Traces that end at 1 s and 4 s, logs of 2 s and 3 s; the second log is late and has an older time."""
    traces = [make.trace(make.span(start_ns=T + at * SECOND, ms=0)) for at in (1, 4)]
    logs = [make.logs(make.log(time_ns=T + at * SECOND, observed_ns=0)) for at in (3, 2)]
    return [
        Recording(write_recording(tmp_path / "traces.otlp.zst", traces), "traces"),
        Recording(write_recording(tmp_path / "logs.otlp.zst", logs), "logs"),
    ]


def test_extent_is_over_all_files(recordings: list[Recording]) -> None:
    assert extent(recordings) == Extent(requests=4, items=4, oldest_ns=T + SECOND, newest_ns=T + 4 * SECOND)


def test_files_are_sent_together_in_order_of_time(recordings: list[Recording]) -> None:
    taker = Taker()
    tallies = taker.play(recordings)
    assert [(signal, (newest - T) // SECOND) for signal, newest, _ in taker.got] == [
        ("traces", 1),
        ("logs", 3),
        ("logs", 2),
        ("traces", 4),
    ]
    assert tallies == {"traces": Tally(2, 0, 2, 2), "logs": Tally(2, 0, 2, 2)}


def test_one_shift_moves_all_files(recordings: list[Recording]) -> None:
    taker = Taker()
    taker.play(recordings, shift_ns=1000 * SECOND)
    assert sorted((newest - T) // SECOND for _, newest, _ in taker.got) == [1001, 1002, 1003, 1004]


def test_speed_divides_the_recorded_pauses(recordings: list[Recording]) -> None:
    taker = Taker()
    taker.play(recordings, speed=2.0)
    assert [now_s for _, _, now_s in taker.got] == pytest.approx([100.0, 101.0, 101.0, 101.5])


def test_rejected_items_are_counted_with_the_words_of_the_receiver(recordings: list[Recording]) -> None:
    partly = Taker(Acknowledged(rejected=1, message="too_old")).play(recordings)
    assert partly["traces"] == Tally(requests=2, sent=2, acknowledged=0, rejected=2, messages=["too_old"])
    refused = Taker(Refused("HTTP 400 no")).play(recordings)
    assert refused["logs"] == Tally(requests=2, refused=2, sent=2, acknowledged=0, rejected=2, messages=["HTTP 400 no"])


def test_a_foreign_body_is_named_by_file_and_offset(tmp_path: Path) -> None:
    path = write_recording(tmp_path / "logs.otlp.zst", [make.logs(make.log()), b"\xff\xff"])
    with pytest.raises(
        BadInput, match=r"logs\.otlp\.zst is no recorded logs: no OTLP protobuf at byte 0 .* offset \d+"
    ):
        extent([Recording(path, "logs")])
