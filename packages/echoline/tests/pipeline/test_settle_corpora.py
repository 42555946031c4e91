"""What is known of recorded applications is found by settling them."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.model.records import Request
from echoline.processors.normalise import Normalise
from echoline.surfaces.cli.replay.recording import bodies
from settling_by_hand import Settled

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

NOW_NS = 1_795_400_000_000_000_000
AT_ONCE = 30
pytestmark = pytest.mark.corpora


def settled(folder: Path, engine: "Engine", data_dir: Path) -> Settled:
    """The recording, settled in several rounds, so that traces go on from one to the next."""
    bench, normalise = Settled(data_dir, engine), Normalise()
    sent = [Request("traces", "protobuf", "identity", body.data, NOW_NS) for body in bodies(folder / "traces.otlp.zst")]
    for first in range(0, len(sent), AT_ONCE):
        bench.load(normalise.process(decode("traces", sent[first : first + AT_ONCE], LimitsConfig(), NOW_NS).batch))
        bench.settle.step(0)
    bench.settle.flush()
    return bench


def test_mealie_repeats_queries_and_handles_violations(corpora: Path, engine: "Engine", tmp_path: Path) -> None:
    bench = settled(corpora / "mealie", engine, tmp_path)
    spans = "SELECT countIf(NOT is_repeat_report AND name NOT LIKE '% http send' AND name NOT LIKE '% http receive')"
    assert bench.ask("SELECT count() FROM span_facts FINAL") == bench.ask(f"{spans} FROM spans")
    repeated = "SELECT entry FROM span_facts FINAL WHERE query != '' GROUP BY entry HAVING max(repeats) > 20"
    assert ("POST /api/households/shopping/items",) in bench.ask(repeated)
    # A violation starts at the driver and is caught: the request that it happened in did not fail.
    caught = (
        "SELECT count(), countIf(bitAnd(error_role, 9) = 1) FROM span_facts FINAL WHERE (trace_id, span_id) IN "
        "(SELECT trace_id, span_id FROM spans WHERE exception_type LIKE '%UniqueViolation' AND NOT is_repeat_report)"
    )
    ((violations, started),) = bench.ask(caught)
    assert violations == started != 0
    handled = "SELECT countIf(kind = 2 AND bitAnd(error_role, 4) > 0 AND NOT is_error) > 0 FROM span_facts FINAL"
    assert bench.ask(handled) == [(1,)]
    # 12 requests ended in a 500: each let an error out.
    assert bench.ask("SELECT countIf(kind = 2 AND bitAnd(error_role, 8) > 0) FROM span_facts FINAL") == [(12,)]


@pytest.mark.parametrize(("application", "traces"), [("django-oscar", 486), ("flaskr", 2283)])
def test_every_trace_has_a_flow_and_its_critical_path_is_its_duration(
    corpora: Path, engine: "Engine", tmp_path: Path, application: str, traces: int
) -> None:
    bench = settled(corpora / application, engine, tmp_path)
    assert bench.ask("SELECT sum(calls) FROM flows_1h FINAL") == [(traces,)]
    off = (
        "SELECT count() FROM (SELECT sum(critical_ns) AS path, maxIf(duration_ns, is_root) AS whole "
        "FROM span_facts FINAL GROUP BY trace_id) WHERE path != whole"
    )
    assert bench.ask(off) == [(0,)]
    ((flows,),) = bench.ask("SELECT uniq(flow) FROM span_facts FINAL")
    assert 5 < int(str(flows)) < traces / 2
