import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from builders import request
from echoline.config import ReceiveConfig
from echoline.errors import BadConfig, Busy, Unavailable
from echoline.journal import segment
from echoline.journal.committed import write_committed
from echoline.journal.reader import read
from echoline.journal.writer import Writer
from echoline.model.records import START

EVERYTHING = 1 << 40
SECOND = 1_000_000_000


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    made = Writer(tmp_path, ReceiveConfig())
    yield made
    made.close()


def bodies(folder: Path) -> list[bytes]:
    return [record.request.body for record in read(folder, START, max_bytes=EVERYTHING)]


def slow_disk(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Every sync waits for the event."""
    go = threading.Event()
    sync = os.fdatasync

    def waiting(descriptor: int) -> None:
        go.wait(10)
        sync(descriptor)

    monkeypatch.setattr(os, "fdatasync", waiting)
    return go


def failing_disk(monkeypatch: pytest.MonkeyPatch, call: str, broken: list[bool]) -> None:
    """`call` of the os module fails while `broken` holds something."""
    real = getattr(os, call)

    def maybe(*arguments: object) -> object:
        if broken:
            raise OSError(28, "No space left on device")
        return real(*arguments)

    monkeypatch.setattr(os, call, maybe)


def test_acknowledged_requests_are_read_back_as_they_came(tmp_path: Path, writer: Writer) -> None:
    sent = [
        request(b"a" * 100, signal="traces", encoding="gzip"),
        request(b"{}", signal="logs", format="json"),
        request(b"c", signal="metrics", encoding="zstd"),
    ]
    for each in sent:
        writer.append(each).result(5)
    assert [record.request for record in read(tmp_path, START, max_bytes=EVERYTHING)] == sent


def test_an_empty_body_is_a_record(tmp_path: Path, writer: Writer) -> None:
    writer.append(request(b"")).result(5)
    assert bodies(tmp_path) == [b""]


def test_one_sync_serves_all_who_wait(tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    syncs: list[int] = []
    go = slow_disk(monkeypatch)
    waiting = os.fdatasync

    def counted(descriptor: int) -> None:
        syncs.append(descriptor)
        waiting(descriptor)

    monkeypatch.setattr(os, "fdatasync", counted)
    several = [writer.append(request(b"%d" % n)) for n in range(500)]
    go.set()
    for each in several:
        each.result(5)
    assert len(bodies(tmp_path)) == 500
    assert len(syncs) <= 4


def test_a_request_is_not_acknowledged_before_its_sync(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    go = slow_disk(monkeypatch)
    done = writer.append(request(b"a"))
    with pytest.raises(TimeoutError):
        done.result(0.2)
    go.set()
    done.result(5)


def test_readers_do_not_see_what_is_not_synced(tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    writer.append(request(b"first")).result(5)
    go = slow_disk(monkeypatch)
    done = writer.append(request(b"second"))
    with pytest.raises(TimeoutError):
        done.result(0.2)
    assert bodies(tmp_path) == [b"first"]
    go.set()
    done.result(5)
    assert bodies(tmp_path) == [b"first", b"second"]


def test_a_retry_is_acknowledged_but_not_stored(tmp_path: Path, writer: Writer) -> None:
    for _ in range(3):
        writer.append(request(b"same")).result(5)
    assert bodies(tmp_path) == [b"same"]
    assert writer.status().duplicates == 2


def test_the_same_bytes_as_another_signal_format_or_encoding_are_no_retry(tmp_path: Path, writer: Writer) -> None:
    one = request(b"same")
    several = [one, replace(one, signal="logs"), replace(one, format="json"), replace(one, encoding="gzip")]
    for each in several:
        writer.append(each).result(5)
    assert len(bodies(tmp_path)) == 4


def test_a_retry_of_a_request_in_flight_waits_for_the_same_sync(
    tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = slow_disk(monkeypatch)
    first, second = writer.append(request(b"same")), writer.append(request(b"same"))
    with pytest.raises(TimeoutError):
        second.result(0.2)
    go.set()
    first.result(5)
    second.result(5)
    assert bodies(tmp_path) == [b"same"]
    assert writer.status().duplicates == 1


def test_one_caller_that_goes_away_does_not_fail_the_others(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    go = slow_disk(monkeypatch)
    first, second = writer.append(request(b"same")), writer.append(request(b"same"))
    assert not first.cancel()
    go.set()
    second.result(5)


def test_retries_are_recognised_after_a_restart(tmp_path: Path) -> None:
    for _ in range(2):
        writer = Writer(tmp_path, ReceiveConfig(), clock=lambda: request(b"").received_ns)
        writer.append(request(b"same")).result(5)
        writer.close()
    assert bodies(tmp_path) == [b"same"]


def test_retries_are_recognised_when_their_segment_is_deleted(tmp_path: Path) -> None:
    for n in range(3):
        writer = Writer(tmp_path, ReceiveConfig(), clock=lambda: request(b"").received_ns)
        writer.append(request(b"same")).result(5)
        writer.close()
        write_committed(tmp_path, read(tmp_path, START, max_bytes=EVERYTHING)[-1].end) if not n else None
    assert bodies(tmp_path) == []


def test_a_body_is_forgotten_after_the_window(tmp_path: Path) -> None:
    now = [request(b"").received_ns]
    writer = Writer(tmp_path, ReceiveConfig(duplicate_window_s=10), clock=lambda: now[0])
    writer.append(request(b"same")).result(5)
    now[0] += 30 * SECOND
    writer.close()
    writer = Writer(tmp_path, ReceiveConfig(duplicate_window_s=10), clock=lambda: now[0])
    writer.append(request(b"same")).result(5)
    writer.close()
    assert bodies(tmp_path) == [b"same", b"same"]


def test_each_start_and_each_full_segment_begins_a_new_one(tmp_path: Path) -> None:
    for start in range(2):
        writer = Writer(tmp_path, ReceiveConfig(segment_bytes=1000))
        for n in range(4):
            writer.append(request(bytes([start, n]) * 400)).result(5)
        writer.close()
    assert segment.numbers(tmp_path / "segments") == [1, 2, 3, 4]
    assert len(bodies(tmp_path)) == 8


@pytest.mark.parametrize("call", ["writev", "fdatasync"])
def test_a_failing_disk_refuses_and_serves_again_when_it_recovers(
    tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    writer.append(request(b"before")).result(5)
    broken = [True]
    failing_disk(monkeypatch, call, broken)
    for _ in range(3):
        with pytest.raises(Unavailable, match="No space left"):
            writer.append(request(b"during")).result(5)
    assert writer.status().refused == {"disk": 3}
    assert "No space left" in (writer.status().last_error or "")
    broken.clear()
    writer.append(request(b"during")).result(5)
    assert bodies(tmp_path) == [b"before", b"during"]
    assert writer.status().last_error is None


def test_a_start_on_a_failing_disk_serves_when_it_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [True]
    failing_disk(monkeypatch, "writev", broken)
    writer = Writer(tmp_path, ReceiveConfig())
    with pytest.raises(Unavailable):
        writer.append(request(b"a")).result(5)
    broken.clear()
    writer.append(request(b"a")).result(5)
    writer.close()
    assert bodies(tmp_path) == [b"a"]


def test_a_partly_written_group_leaves_nothing_behind(
    tmp_path: Path, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk takes half a request and fails; the request is refused and comes again."""
    real = os.writev
    pieces = iter([150])

    def short(descriptor: int, buffers: list[bytes]) -> int:
        for size in pieces:
            return real(descriptor, [b"".join(buffers)[:size]])
        monkeypatch.setattr(os, "writev", real)
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "writev", short)
    with pytest.raises(Unavailable):
        writer.append(request(b"x" * 300)).result(5)
    writer.append(request(b"x" * 300)).result(5)
    assert bodies(tmp_path) == [b"x" * 300]


def test_a_full_queue_is_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(tmp_path, ReceiveConfig(max_queue_bytes=1000))
    go = slow_disk(monkeypatch)
    taken = [writer.append(request(bytes([n]) * 400)) for n in range(2)]
    with pytest.raises(Busy) as refused:
        writer.append(request(b"c" * 400))
    assert refused.value.retry_after_s >= 1
    assert writer.status().refused == {"queue_full": 1}
    go.set()
    for each in taken:
        each.result(5)
    writer.close()
    assert writer.status().queue_bytes == 0


def test_a_full_journal_is_busy_until_it_is_committed(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ReceiveConfig(max_journal_bytes=1000))
    writer.append(request(b"a" * 500)).result(5)
    with pytest.raises(Busy):
        writer.append(request(b"b" * 500))
    write_committed(tmp_path, read(tmp_path, START, max_bytes=EVERYTHING)[-1].end)
    writer.close()
    writer = Writer(tmp_path, ReceiveConfig(max_journal_bytes=1000))
    writer.append(request(b"b" * 500)).result(5)
    writer.close()


def test_committed_segments_go_while_the_writer_runs(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ReceiveConfig(segment_bytes=100))
    for n in range(5):
        writer.append(request(bytes([n]) * 200)).result(5)
    third = read(tmp_path, START, max_bytes=EVERYTHING)[2].end
    write_committed(tmp_path, third)
    left = [4, 5]
    for _ in range(40):
        if segment.numbers(tmp_path / "segments") == left:
            break
        threading.Event().wait(0.1)
    assert segment.numbers(tmp_path / "segments") == left
    writer.close()
    assert writer.status().journal_bytes == 2 * (240 + len(segment.MAGIC))


def test_what_is_loaded_goes_soon_also_when_little_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its bytes are not redacted. A retry is recognised all the same."""
    monkeypatch.setattr("echoline.journal.writer._LINGER_S", 0.2)
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(request(b"a")).result(5)
    committed = read(tmp_path, START, max_bytes=EVERYTHING)[-1].end
    write_committed(tmp_path, committed)
    for _ in range(50):
        if segment.numbers(tmp_path / "segments") == [2]:
            break
        threading.Event().wait(0.1)
    assert segment.numbers(tmp_path / "segments") == [2]
    writer.append(request(b"a")).result(5)
    writer.append(request(b"b")).result(5)
    writer.close()
    assert [record.request.body for record in read(tmp_path, committed, max_bytes=EVERYTHING)] == [b"b"]


def test_what_is_not_loaded_stays_in_one_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("echoline.journal.writer._LINGER_S", 0.0)
    monkeypatch.setattr("echoline.journal.writer._TIDY_S", 0.01)
    writer = Writer(tmp_path, ReceiveConfig())
    for n in range(5):
        writer.append(request(bytes([n]))).result(5)
        threading.Event().wait(0.02)
    writer.close()
    assert segment.numbers(tmp_path / "segments") == [1]


def test_an_ended_writer_leaves_nothing_that_is_loaded(tmp_path: Path) -> None:
    sent = request(b"a", received_ns=time.time_ns())
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(sent).result(5)
    write_committed(tmp_path, read(tmp_path, START, max_bytes=EVERYTHING)[-1].end)
    writer.close()
    assert segment.numbers(tmp_path / "segments") == []
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(sent).result(5)
    writer.close()
    assert (bodies(tmp_path), writer.status().duplicates) == ([], 1)


def test_a_damaged_position_is_told_and_the_writer_goes_on(tmp_path: Path) -> None:
    writer = Writer(tmp_path, ReceiveConfig())
    (tmp_path / "committed.json").write_text("{")
    for _ in range(40):
        if writer.status().last_error:
            break
        threading.Event().wait(0.1)
    assert "committed.json" in (writer.status().last_error or "")
    writer.append(request(b"a")).result(5)
    writer.close()


def test_segment_numbers_go_on_behind_the_committed_one(tmp_path: Path) -> None:
    """A number that came back would let the engine skip what it holds."""
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(request(b"a")).result(5)
    writer.close()
    committed = read(tmp_path, START, max_bytes=EVERYTHING)[-1].end
    write_committed(tmp_path, committed)
    for path in (tmp_path / "segments").iterdir():
        path.unlink()
    writer = Writer(tmp_path, ReceiveConfig())
    writer.append(request(b"b")).result(5)
    writer.close()
    assert [record.request.body for record in read(tmp_path, committed, max_bytes=EVERYTHING)] == [b"b"]


def test_a_second_writer_is_told_who_holds_the_journal(tmp_path: Path, writer: Writer) -> None:
    with pytest.raises(BadConfig, match=f"process id {os.getpid()}"):
        Writer(tmp_path, ReceiveConfig())


def test_a_folder_that_cannot_be_written_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BadConfig, match="cannot be written"):
        Writer(tmp_path / "file" / "journal", ReceiveConfig())


def test_an_ended_writer_has_written_all_and_takes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = Writer(tmp_path, ReceiveConfig())
    several = [writer.append(request(b"%d" % n)) for n in range(50)]
    writer.close()
    assert all(each.done() and not each.exception() for each in several)
    assert len(bodies(tmp_path)) == 50
    with pytest.raises(Unavailable):
        writer.append(request(b"late"))


def test_requests_from_many_threads_are_all_there(tmp_path: Path, writer: Writer) -> None:
    def send(thread: int) -> None:
        for n in range(200):
            writer.append(request(b"%d/%d" % (thread, n))).result(10)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(set(bodies(tmp_path))) == 1600
    assert writer.status().accepted_requests == {"traces": 1600}
