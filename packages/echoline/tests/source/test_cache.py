"""What was worked out once is kept; a cache that cannot be used costs only time."""

from pathlib import Path

from echoline.source.cache import Cache


def test_it_is_there_after_a_restart(tmp_path: Path) -> None:
    first = Cache(tmp_path / "deep" / "cache.sqlite")
    first.put("spans", {f"{number}": b"%d" % number for number in range(1200)})
    first.close()
    second = Cache(tmp_path / "deep" / "cache.sqlite")
    assert len(second.get("spans", [f"{number}" for number in range(1500)])) == 1200
    assert second.get("other", ["1"]) == {}
    second.close()


def test_a_broken_file_does_not_stop_anything(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_bytes(b"no database at all" * 100)
    cache = Cache(tmp_path / "cache.sqlite")
    cache.put("spans", {"a": b"1"})
    assert cache.get("spans", ["a"]) == {"a": b"1"}
    cache.close()
