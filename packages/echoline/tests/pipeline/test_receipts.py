from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from echoline.model.window import Window
from echoline.pipeline.receipts import Receipts
from echoline.queries.deployment_list import Known, all_of
from echoline.state.database import Database
from echoline.state.deployments import Deployments, Kept
from traffic import START_NS, Calls, Release, send

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

HOUR_S = 3600
HOUR_NS = HOUR_S * 10**9
USUAL = tuple(Calls(f"GET /page/{n}", ms=10 + 5 * n) for n in range(8))
BEFORE, AFTER = Release("1", 0, 2 * HOUR_S), Release("2", 2 * HOUR_S, 5 * HOUR_S)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Deployments]:
    database = Database(tmp_path / "state.sqlite")
    yield Deployments(database)
    database.close()


def looked(engine: "Engine", state: Deployments, hours: float) -> list[Kept]:
    """What is kept after a round at that hour, newest first."""
    loop = Receipts(engine, state, lambda: START_NS + int(hours * HOUR_NS))
    loop.once()
    return state.kept()


def test_a_deployment_ends_in_worse_with_what_and_by_how_much(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, *USUAL, Calls("POST /checkout", ms=50))
    send(engine, AFTER, *USUAL, Calls("POST /checkout", ms=75))
    second, first = looked(engine, state, 5)
    assert (first.verdict, first.receipt, first.is_final) == ("first", None, False)
    assert (second.verdict, second.is_final) == ("worse", True)
    assert second.receipt is not None
    assert second.receipt.summary.startswith("POST /checkout takes 7")
    assert [each.name for each in second.receipt.changes] == ["POST /checkout"]


def test_an_unchanged_deployment_says_how_small_a_change_would_have_been_seen(
    engine: "Engine", state: Deployments
) -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, AFTER, *USUAL)
    second, _ = looked(engine, state, 5)
    assert second.receipt is not None
    assert (second.verdict, second.receipt.compared, second.receipt.changes) == ("unchanged", 8, ())
    assert 0.02 < (second.receipt.smallest_visible or 0) < 0.2
    assert "would have been seen" in second.receipt.summary


def test_late_spans_change_a_receipt_until_it_is_final(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, *USUAL, Calls("POST /checkout", ms=50))
    send(engine, Release("2", 2 * HOUR_S, 3 * HOUR_S), *USUAL, Calls("POST /checkout", ms=50))
    second, _ = looked(engine, state, 3.1)
    assert (second.verdict, second.is_final) == ("unchanged", False)
    send(engine, Release("2", 2 * HOUR_S, 4 * HOUR_S, seed=1), Calls("POST /checkout", ms=90, per_minute=20))
    assert next((each.verdict, each.is_final) for each in looked(engine, state, 4.1)) == ("worse", False)
    assert looked(engine, state, 4.5)[0].is_final
    send(engine, Release("2", 2 * HOUR_S, 4 * HOUR_S, seed=2), Calls("POST /checkout", ms=1, per_minute=200))
    assert looked(engine, state, 5)[0].verdict == "worse"


def test_with_little_traffic_it_waits_a_day_and_then_says_so(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, Calls("GET /a", per_minute=0.1))
    send(engine, AFTER, Calls("GET /a", per_minute=0.05))
    assert next((each.verdict, each.is_final) for each in looked(engine, state, 5)) == ("unknown", False)
    assert next((each.verdict, each.is_final) for each in looked(engine, state, 30)) == ("unknown", True)


def test_a_release_that_is_replaced_soon_is_judged_by_what_it_did(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, *USUAL)
    send(
        engine,
        Release("2", 2 * HOUR_S, 2.5 * HOUR_S),
        *(Calls(each.name, each.per_minute, 2 * each.ms) for each in USUAL),
    )
    send(engine, Release("3", 2.5 * HOUR_S, 3 * HOUR_S), *USUAL)
    kept = {each.started.release.version: each for each in looked(engine, state, 3)}
    assert (kept["2"].verdict, kept["2"].is_final) == ("worse", True)
    assert (kept["3"].verdict, kept["3"].is_final) == ("better", False)


def test_receipts_outlive_the_telemetry(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, AFTER, *USUAL)
    before = looked(engine, state, 5)
    for table in ("spans", "operations_1m", "operations_1h"):
        engine.execute(f"TRUNCATE TABLE {table}")
    window = Window(START_NS - HOUR_NS, START_NS + 100 * HOUR_NS)
    assert all_of(engine, window, Known(kept=state.kept())) == before


def test_a_deployment_keeps_its_id_when_its_revision_is_told_or_an_earlier_span_comes_late(
    engine: "Engine", state: Deployments
) -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, Release("2", 2.1 * HOUR_S, 3 * HOUR_S), *USUAL)
    ids = [each.started.id for each in looked(engine, state, 3)]
    state.tell("shop", version="2", revision="bbbb2222")
    send(engine, Release("2", 2.05 * HOUR_S, 2.1 * HOUR_S), *USUAL)
    found = looked(engine, state, 3.1)
    assert [each.started.id for each in found] == ids
    assert found[0].started.release.revision == "bbbb2222"


def test_a_final_receipt_is_not_made_again(engine: "Engine", state: Deployments) -> None:
    send(engine, BEFORE, *USUAL)
    send(engine, AFTER, *USUAL)
    made = looked(engine, state, 5)[0].receipt
    assert looked(engine, state, 6)[0].receipt == made
