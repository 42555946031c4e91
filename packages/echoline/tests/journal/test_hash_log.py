from pathlib import Path

from echoline.journal.hash_log import HashLog
from echoline.journal.segment import Digest

A, B, C = (Digest(bytes([n]) * 16) for n in range(3))


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    log = HashLog(tmp_path / "hashes.log")
    assert list(log.entries(0)) == []
    log.append([(A, 1)])
    log.append([(B, 2), (C, 3)])
    assert list(log.entries(0)) == [(A, 1), (B, 2), (C, 3)]
    assert list(log.entries(2)) == [(B, 2), (C, 3)]


def test_a_torn_end_costs_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "hashes.log"
    log = HashLog(path)
    log.append([(A, 1), (B, 2)])
    path.write_bytes(path.read_bytes()[:-5])
    log.append([(C, 3)])
    assert list(log.entries(0)) == [(A, 1), (C, 3)]


def test_a_changed_byte_costs_one_entry(tmp_path: Path) -> None:
    path = tmp_path / "hashes.log"
    log = HashLog(path)
    log.append([(A, 1), (B, 2), (C, 3)])
    content = bytearray(path.read_bytes())
    content[30] ^= 1
    path.write_bytes(content)
    assert list(log.entries(0)) == [(A, 1), (C, 3)]


def test_a_long_log_is_shortened_to_the_window(tmp_path: Path) -> None:
    path = tmp_path / "hashes.log"
    log = HashLog(path)
    log.append([(A, 1)] * 40_000)
    log.append([(B, 2)])
    log.shorten(since_s=2)
    assert list(log.entries(0)) == [(B, 2)]
    assert path.stat().st_size < 100
