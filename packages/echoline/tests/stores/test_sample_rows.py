import pytest

from batches import DAY_NS, NOW_NS, batch, of, sample
from echoline.config import RetentionConfig
from echoline.stores.ages import Ages
from echoline.stores.engine import Engine
from echoline.stores.rows import rows
from stores.filling import count, fill

MAIN, TOTAL = "/app/main.py:main:3", "/app/cart.py:total:7"
WITH_STACK = """
    SELECT s.*, k.stack AS stack FROM profile_samples AS s
    ANY LEFT JOIN (SELECT stack_id, stack FROM profile_stacks) AS k USING (stack_id) ORDER BY value
"""


def test_a_sample_is_stored_with_its_stack_and_its_leaf(engine: Engine) -> None:
    given = of(attributes={"thread.id": 5}, is_approximate=True, trace_id=b"\1" * 16, span_id=b"\2" * 8)
    fill(engine, batch("profiles", {**sample(MAIN, TOTAL), **given}))
    (row,) = engine.rows(WITH_STACK)
    told = {"service": "shop", "environment": "test", "version": "1", "revision": "abc", "type": "cpu"}
    leaf = {"function": "total", "file": "/app/cart.py", "line": 7}
    assert row == row | told | leaf | {"value": 20_000_000, "hits": 1, "is_approximate": True, "stack": [MAIN, TOTAL]}
    assert (row["attributes"], row["attribute_types"]) == ([("thread.id", "5")], [("thread.id", 3)])


def test_a_sample_without_a_stack_has_no_leaf(engine: Engine) -> None:
    fill(engine, batch("profiles", sample(ms=1), sample(MAIN, ms=2)), batch("profiles", sample()))
    found = engine.rows(WITH_STACK)
    assert [(row["stack"], row["function"], row["line"]) for row in found] == [
        ([], "", 0),
        ([MAIN], "main", 3),
        ([], "", 0),
    ]


def test_a_stack_stands_once_for_each_service_and_day_and_always_has_the_same_id(engine: Engine) -> None:
    other = sample(MAIN, TOTAL, resource=of(service="ledger"))
    early = sample(MAIN, TOTAL, time_ns=NOW_NS - DAY_NS)
    fill(engine, batch("profiles", sample(MAIN), sample(MAIN, TOTAL), sample(MAIN, TOTAL), other, early))
    fill(engine, batch("profiles", sample(MAIN, TOTAL)))
    engine.execute("OPTIMIZE TABLE profile_stacks FINAL")
    assert count(engine, "profile_samples", "profile_stacks") == {"profile_samples": 6, "profile_stacks": 4}
    (ids,) = engine.rows("SELECT uniqExact(stack_id) AS n FROM profile_samples")
    assert ids["n"] == 2


@pytest.mark.parametrize(
    "other",
    [sample("/app/main.py:main:4"), sample("/app/main.py:mains:3"), sample(TOTAL, MAIN), sample(MAIN, MAIN), sample()],
    ids=["line", "function", "order", "recursion", "none"],
)
def test_other_frames_are_another_stack(engine: Engine, other: dict[str, object]) -> None:
    fill(engine, batch("profiles", sample(MAIN), sample(MAIN, TOTAL), other))
    (found,) = engine.rows("SELECT uniqExact(stack_id) AS n FROM profile_samples")
    assert found["n"] == 3


def test_samples_that_are_too_old_or_too_new_are_left_out_with_their_stacks() -> None:
    items = [sample(MAIN, time_ns=NOW_NS - 15 * DAY_NS), sample(TOTAL, time_ns=NOW_NS + 2 * DAY_NS), sample(ms=3)]
    made = rows(batch("profiles", *items), Ages(RetentionConfig(), 24 * 3600, NOW_NS))
    assert made.rejected == {"too_old": 1, "too_new": 1}
    assert (made.tables["profile_samples"].num_rows, made.tables["profile_stacks"].num_rows) == (1, 1)
