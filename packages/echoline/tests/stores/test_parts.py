import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from batches import NOW_NS, batch, span
from echoline.config import RetentionConfig
from echoline.errors import Unavailable
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.parts import Parts
from echoline.stores.rows import rows
from stores.filling import count, fill


@contextmanager
def failing_disk(after_bytes: int) -> Iterator[None]:
    """No file grows beyond this: to who writes it that looks like a full disk, or a quota."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (after_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def many() -> list[dict[str, object]]:
    return [dict(span(f"{number:x}" * 9, trace_id=number.to_bytes(16, "big"))) for number in range(1, 3000)]


def test_an_insert_that_the_disk_did_not_take_whole_fails_and_can_be_repeated(
    engine: Engine,
) -> None:
    parts, tables = Parts(engine), rows(batch("traces", *many()), Ages(RetentionConfig(), 1, NOW_NS)).tables
    fill(engine, batch("traces", span("before")))
    parts.verify()
    with failing_disk(5000):
        engine.insert("spans", tables["spans"], "token")
        with pytest.raises(Unavailable, match="did not take all of"):
            parts.verify()
    assert count(engine, "spans")["spans"] == 1
    engine.insert("spans", tables["spans"], "token")
    parts.verify()
    assert count(engine, "spans")["spans"] == 3000
    assert engine.rows("SELECT sum(calls) AS n FROM operations_1m") == [{"n": 3000}]
    assert engine.rows("SELECT sum(spans) AS n FROM traces") == [{"n": 3000}]


def test_sound_parts_pass_also_after_merges(engine: Engine) -> None:
    parts = Parts(engine)
    for number in range(3):
        fill(engine, batch("traces", span(f"op {number}")))
        parts.verify()
    engine.execute("OPTIMIZE TABLE spans FINAL")
    parts.verify()
    assert parts.damaged == ()


def test_a_merged_part_that_is_short_is_told(engine: Engine) -> None:
    parts = Parts(engine)
    for number in range(2):
        fill(engine, batch("traces", span(f"op {number}")))
    engine.execute("OPTIMIZE TABLE spans FINAL")
    (merged,) = engine.rows(
        "SELECT path FROM system.parts WHERE active AND table = 'spans' AND database = currentDatabase()"
    )
    data = Path(str(merged["path"])) / "data.bin"
    data.write_bytes(data.read_bytes()[:100])
    parts.verify()
    assert [each.partition("/")[0] for each in parts.damaged] == ["spans"]


def test_a_disk_with_hardly_any_room_takes_nothing(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = Parts(engine)
    parts.check_room()
    monkeypatch.setattr("echoline.stores.parts._SPARE_BYTES", 1 << 62)
    monkeypatch.setattr("os.statvfs", lambda _: type("Disk", (), {"f_blocks": 100, "f_frsize": 1, "f_bavail": 4}))
    with pytest.raises(Unavailable, match="left"):
        parts.check_room()
    monkeypatch.undo()
    parts.check_room()
