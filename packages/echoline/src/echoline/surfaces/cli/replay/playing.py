"""Plays recordings to a receiver: in the order of their newest times, moved by one shift, at a pace."""

import heapq
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from echoline.errors import BadInput
from echoline.model.records import SIGNALS, Signal
from echoline.surfaces.cli.replay.answers import Refused
from echoline.surfaces.cli.replay.patience import Patience, Sender
from echoline.surfaces.cli.replay.recording import Body, bodies
from echoline.surfaces.cli.replay.times import Survey, moved, survey


@dataclass(frozen=True)
class Recording:
    """A file of recorded requests and the signal they are of."""

    path: Path
    signal: Signal


@dataclass(frozen=True)
class Extent:
    """What some recordings hold together; times are 0 when they hold no item."""

    requests: int
    items: int
    oldest_ns: int
    newest_ns: int


@dataclass
class Tally:
    """What became of one signal's requests, and of the items in them."""

    requests: int = 0
    refused: int = 0
    """Requests that can never pass."""
    sent: int = 0
    acknowledged: int = 0
    rejected: int = 0
    """Items of refused requests, and those that a partial success names."""
    messages: list[str] = field(default_factory=list)
    """Distinct words of the receiver about what it did not take."""


@dataclass(frozen=True)
class Pace:
    """How fast: 1 is real time, 2 twice that, 0 as fast as the receiver acknowledges."""

    speed: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True)
class _Due:
    at_ns: int
    recording: Recording
    body: Body
    items: int


def extent(recordings: Sequence[Recording]) -> Extent:
    """Reads the recordings once, whole: so a broken file is found before anything is sent.

    Raises BadInput naming file and offset.
    """
    requests = items = newest = 0
    oldest = None
    for recording in recordings:
        for _, found in _surveyed(recording):
            requests, items, newest = requests + 1, items + found.items, max(newest, found.newest_ns)
            if found.newest_ns:
                oldest = min(oldest or found.newest_ns, found.newest_ns)
    return Extent(requests, items, oldest or 0, newest)


def play(
    recordings: Sequence[Recording],
    sender: Sender,
    shift_ns: int,
    pace: Pace,
    patience: Patience,
    told: Callable[[dict[Signal, Tally]], None],
) -> dict[Signal, Tally]:
    """Sends everything and returns a tally per signal; `told` gets the tallies after each answer.

    Raises Unavailable when the receiver stays away; what was told until then has been done.
    """
    sent = {recording.signal for recording in recordings}
    tallies: dict[Signal, Tally] = {signal: Tally() for signal in SIGNALS if signal in sent}
    started_s, first_ns = pace.clock(), None
    for due in heapq.merge(*(_dues(recording) for recording in recordings), key=lambda due: due.at_ns):
        if pace.speed and due.at_ns:
            first_ns = first_ns or due.at_ns
            wait_s = started_s + (due.at_ns - first_ns) / 1e9 / pace.speed - pace.clock()
            if wait_s > 0:
                pace.sleep(wait_s)
        signal = due.recording.signal
        _send(tallies[signal], due, moved(signal, due.body.data, shift_ns), sender, patience)
        told(tallies)
    return tallies


def _send(tally: Tally, due: _Due, body: bytes, sender: Sender, patience: Patience) -> None:
    tally.requests, tally.sent = tally.requests + 1, tally.sent + due.items
    answer = patience.send(sender, due.recording.signal, body)
    if isinstance(answer, Refused):
        tally.refused += 1
    rejected = due.items if isinstance(answer, Refused) else min(answer.rejected, due.items)
    tally.acknowledged += due.items - rejected
    tally.rejected += rejected
    if answer.message and answer.message not in tally.messages:
        tally.messages.append(answer.message)


def _dues(recording: Recording) -> Iterator[_Due]:
    """The requests in recorded order; each is due at the newest time seen until then, so that the order holds."""
    newest = 0
    for body, found in _surveyed(recording):
        newest = max(newest, found.newest_ns)
        yield _Due(newest, recording, body, found.items)


def _surveyed(recording: Recording) -> Iterator[tuple[Body, Survey]]:
    for body in bodies(recording.path):
        try:
            yield body, survey(recording.signal, body.data)
        except BadInput as error:
            message = (
                f"{recording.path} is no recorded {recording.signal}: {error}, which starts at offset {body.offset:,}"
            )
            raise BadInput(message) from error
