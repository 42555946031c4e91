from dataclasses import replace
from pathlib import Path

import pytest

from batches import NOW_NS, batch, log, point, span
from echoline.config import Settings, StoreConfig
from echoline.errors import Busy
from echoline.stores import embedded
from echoline.stores.embedded import Embedded
from echoline.stores.engine import Engine

SETTINGS = Settings(store=StoreConfig(max_disk_bytes=1))


@pytest.fixture
def store(engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    """On the engine of this test: a process opens one only."""
    monkeypatch.setattr(embedded, "Engine", lambda *_: engine)
    return Embedded(replace(SETTINGS, data_dir=tmp_path))


def fill(store: Embedded) -> None:
    for made in (batch("traces", span(), span("b")), batch("logs", log()), batch("metrics", point())):
        rows = store.to_rows(made, SETTINGS.retention, max_ahead_s=60, now_ns=NOW_NS)
        for name, table in rows.tables.items():
            store.insert(name, table, f"{made.signal}:{name}")
    store.confirm()


def test_it_tells_how_much_is_stored(store: Embedded) -> None:
    fill(store)
    found = store.contents()
    assert (found.stored, found.damaged) == ({"spans": 2, "logs": 1, "metric_points": 1, "profile_samples": 0}, ())
    assert found.disk_bytes > 1000


def test_a_full_store_takes_counts_of_what_was_refused_and_nothing_else(store: Embedded) -> None:
    fill(store)
    assert store.drop_expired(NOW_NS).is_full
    rows = store.to_rows(batch("traces", span("c")), SETTINGS.retention, max_ahead_s=60, now_ns=NOW_NS).tables
    with pytest.raises(Busy, match="max_disk_bytes"):
        store.insert("spans", rows["spans"], "c")
    assert store.stored()["spans"] == 2
