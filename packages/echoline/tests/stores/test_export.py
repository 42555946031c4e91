from pathlib import Path

import duckdb
import pytest

from batches import DAY_NS, NOW_NS, batch, log, of, point, sample, span
from echoline.errors import BadInput
from echoline.stores.engine import Engine
from echoline.stores.export import export, exportable_days
from stores.filling import fill

DAY = "2026-11-21"


def exported(engine: Engine, signal: str, folder: Path, day: str = DAY) -> str:
    path = folder / "out.parquet"
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    path.write_bytes(b"".join(export(engine, signal, day, temporary)))
    assert list(temporary.iterdir()) == []
    return str(path)


def test_duckdb_reads_spans_with_their_attributes_and_events(engine: Engine, tmp_path: Path) -> None:
    event = of(time_ns=NOW_NS, name="exception", attributes={"exception.type": "E"})
    made = span(attributes={"tenant": "blue", "n": 5}, events=[event], ms=2)
    fill(engine, batch("traces", made, span("yesterday", start_ns=NOW_NS - DAY_NS)))
    path = exported(engine, "traces", tmp_path)
    found = duckdb.sql(
        "SELECT trace_id, operation, duration_ns, attributes['tenant'], attribute_types['n'], "
        f"\"events.attributes\"[1]['exception.type'], epoch_ns(start) FROM '{path}'"
    ).fetchall()
    assert found == [("01" * 16, "GET /cart", 2_000_000, "blue", 3, "E", made["start_ns"])]


def test_duckdb_reads_logs_and_points(engine: Engine, tmp_path: Path) -> None:
    fill(engine, batch("logs", log("it's")), batch("metrics", point(2.5, bounds=[1.0], bucket_counts=[1, 2])))
    logs = exported(engine, "logs", tmp_path)
    assert duckdb.sql(f"SELECT body, service FROM '{logs}'").fetchall() == [("it's", "shop")]
    points = exported(engine, "metrics", tmp_path)
    assert duckdb.sql(f"SELECT metric, value, bucket_counts FROM '{points}'").fetchall() == [("carts", 2.5, [1, 2])]


def test_duckdb_reads_samples_with_their_stacks(engine: Engine, tmp_path: Path) -> None:
    main, total = "/app/main.py:main:3", "/app/cart.py:total:7"
    fill(engine, batch("profiles", sample(main, total, ms=2), sample(main, ms=1), sample(main, total, ms=3)))
    path = exported(engine, "profiles", tmp_path)
    found = duckdb.sql(f"SELECT value, function, stack FROM '{path}' ORDER BY value").fetchall()
    assert found == [(10**6, "main", [main]), (2 * 10**6, "total", [main, total]), (3 * 10**6, "total", [main, total])]


def test_days_with_rows_are_told(engine: Engine) -> None:
    fill(engine, batch("traces", span("a"), span("b"), span("c", start_ns=NOW_NS - 2 * DAY_NS)))
    assert exportable_days(engine, "traces") == {"2026-11-19": 1, DAY: 2}
    assert exportable_days(engine, "logs") == {}


def test_a_day_without_rows_is_an_empty_file(engine: Engine, tmp_path: Path) -> None:
    assert duckdb.sql(f"SELECT * FROM '{exported(engine, 'traces', tmp_path)}'").fetchall() == []


@pytest.mark.parametrize(("signal", "day"), [("findings", DAY), ("traces", "2026-13-01"), ("traces", "../../etc")])
def test_what_cannot_be_exported_is_refused(engine: Engine, tmp_path: Path, signal: str, day: str) -> None:
    with pytest.raises(BadInput):
        list(export(engine, signal, day, tmp_path))


def test_an_export_that_is_given_up_leaves_no_file(engine: Engine, tmp_path: Path) -> None:
    fill(engine, batch("traces", span()))
    blocks = export(engine, "traces", DAY, tmp_path)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []
