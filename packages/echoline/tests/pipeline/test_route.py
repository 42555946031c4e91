import pytest

from batches import NOW_NS
from builders import request, span, trace
from echoline.config import RedactionConfig, RedactionRule, RetentionConfig, Settings
from echoline.errors import BadConfig
from echoline.model.batch import Batch
from echoline.pipeline.preparing import Prepared
from echoline.pipeline.route import processors, route
from echoline.stores.ages import Ages
from echoline.stores.rows import Rows, rows

OWN = RedactionConfig(rules=(RedactionRule("tenants", key="tenant"),))


def to_rows(batch: Batch, retention: RetentionConfig, *, max_ahead_s: int, now_ns: int) -> Rows:
    return rows(batch, Ages(retention, max_ahead_s, now_ns))


def test_what_is_normalised_is_redacted_afterwards() -> None:
    way = route(Settings(redaction=OWN), to_rows, b"key")
    made, prepared = trace(span(start_ns=NOW_NS, attributes={"http.method": "GET", "tenant": "blue"})), Prepared()
    way.preparing(way.terms, NOW_NS).prepare([request(made)], prepared)
    (row,) = prepared.tables["spans"][0].to_pylist()
    assert (row["method"], dict(row["attributes"])["tenant"] != "blue") == ("GET", True)
    assert prepared.hits["traces", "tenants", "tenant"] == 1


def test_processors_are_kept_between_batches() -> None:
    way = route(Settings(), to_rows, b"key")
    first, second = (way.preparing(way.terms, now_ns) for now_ns in (1, 2))
    assert first.processors is second.processors
    assert first.processors is not way.preparing(route(Settings(redaction=OWN), to_rows, b"").terms, 1).processors


def test_the_version_tells_settings_apart() -> None:
    versions = {route(each, to_rows, b"").version for each in (Settings(), Settings(), Settings(redaction=OWN))}
    assert len(versions) == 2


def test_settings_that_cannot_be_meant_stop_the_start() -> None:
    with pytest.raises(BadConfig):
        route(Settings(redaction=RedactionConfig(rules=(RedactionRule("bad", pattern="("),))), to_rows, b"")


def test_redaction_comes_last() -> None:
    way = route(Settings(), to_rows, b"key")
    assert [type(each).__name__ for each in processors(way.terms, b"key")] == ["Normalise", "Redact"]
