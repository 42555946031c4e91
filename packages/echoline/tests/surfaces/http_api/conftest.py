"""One API over one store with a little of everything, and an own one where something is changed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asking import Api, api_over
from batches import NOW_NS, SECOND_NS, log, of, point, span
from kept import keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data directory with a name that is short enough for a socket."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.fixture(scope="module")
def filled(opened: "Engine") -> "Iterator[Api]":
    """An API over spans, logs and points of one shop, all of the last hour; it must be left as it is."""
    engine = opened.another("filled_for_the_api")
    ids: dict[str, Any] = {"trace_id": b"\1" * 16, "span_id": b"\2" * 8}
    at = [NOW_NS - n * 60 * SECOND_NS for n in range(1, 6)]
    keep(
        engine,
        "traces",
        span(**ids, attributes={"tenant": "blue"}),
        span("POST /cart", status_code=2, exception_type="KeyError", start_ns=at[2], trace_id=b"\3" * 16),
        *(span("SELECT", kind=3, start_ns=n, trace_id=b"\4" * 16) for n in at),
    )
    keep(engine, "logs", log("cart saved", **ids, pattern="cart saved"), *(log(f"line {n}", time_ns=n) for n in at))
    gauge, counter = of(name="carts/open", type=1), of(name="requests", type=2, temporality=2, is_monotonic=True)
    keep(engine, "metrics", *(point(5, time_ns=n, metric=metric) for n in at for metric in (gauge, counter)))
    with tempfile.TemporaryDirectory() as name, api_over(engine, Path(name)) as made:
        yield made
    opened.execute(f"DROP DATABASE {engine.database} SYNC")


@pytest.fixture
def own(opened: "Engine", folder: Path) -> "Iterator[Api]":
    """An API with a data directory of its own, over a store that may be changed."""
    with api_over(opened.another("owned_by_a_test"), folder) as made:
        yield made


@pytest.fixture
def store(opened: "Engine") -> "Iterator[Engine]":
    """The store of `own`; its operations are gone after the test."""
    engine = opened.another("owned_by_a_test")
    tables = ("spans", "traces", "operations_1m", "operations_1h")
    for table in tables:
        engine.execute(f"TRUNCATE TABLE {table}")
    yield engine
    for table in tables:
        engine.execute(f"TRUNCATE TABLE {table}")
