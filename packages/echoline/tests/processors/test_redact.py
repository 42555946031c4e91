from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from batches import batch, log, of, point, span
from echoline import registry
from echoline.config import RedactionConfig, RedactionRule
from echoline.model.batch import NORMALISED, PARTS, Batch, ValueType
from echoline.model.records import SIGNALS
from echoline.processors.redact import Redact

MAIL = "bob@example.com"
KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def pairs(made: Batch) -> list[tuple[str, str, int]]:
    return list(zip(made.pool.keys.to_pylist(), made.pool.values.to_pylist(), made.pool.types.tolist(), strict=True))


def column(made: Batch, name: str, part: str = "rows") -> list[Any]:
    values: list[Any] = made.parts[part].columns.column(name).to_pylist()
    return values


def test_it_is_found_by_its_name() -> None:
    assert registry.component("processors", "redact") is Redact


def test_attributes_are_redacted_by_value_and_by_key() -> None:
    made = batch("traces", span(attributes={"user": MAIL, "db.password": "hunter2", f"seen.{KEY}": "1", "cart": "c-7"}))
    assert pairs(Redact().process(made)) == [
        ("user", "[email]", ValueType.STRING),
        ("db.password", "[secret]", ValueType.STRING),
        ("seen.[token]", "1", ValueType.STRING),
        ("cart", "c-7", ValueType.STRING),
    ]


def test_a_batch_without_findings_keeps_its_arrays() -> None:
    made = batch("traces", span(attributes={"cart": "c-7"}))
    after = Redact().process(made)
    assert after.pool.values is made.pool.values
    assert after.parts["rows"].columns is made.parts["rows"].columns


@pytest.mark.parametrize("signal", SIGNALS)
def test_an_empty_batch_passes(signal: str) -> None:
    made = batch(signal)  # type: ignore[arg-type]
    assert Redact().process(made).parts == made.parts


def test_the_input_stays_as_it_was() -> None:
    made = batch("logs", log(f"mail {MAIL}", attributes={"user": MAIL}))
    before = (pairs(made), column(made, "body"))
    Redact().process(made)
    assert (pairs(made), column(made, "body")) == before


def test_every_text_column_of_the_schema_is_one_that_is_walked() -> None:
    """A text that hides in a column of another type, a list for instance, would never be seen."""
    for signal in SIGNALS:
        for schemas in (PARTS[signal], NORMALISED[signal]):
            for part, schema in schemas.items():
                for field in schema:
                    assert "string" not in str(field.type) or pa.types.is_dictionary(field.type), (signal, part, field)


def test_columns_that_are_new_are_covered_by_themselves() -> None:
    made = batch("traces", span())
    rows = made.parts["rows"]
    table = rows.columns.append_column("mood", pa.array([f"writes to {MAIL}"]).dictionary_encode())
    other = Batch("traces", {**made.parts, "rows": type(rows)(table, rows.attributes)}, made.pool)
    assert column(Redact().process(other), "mood") == ["writes to [email]"]


def test_columns_made_by_the_normaliser_are_redacted() -> None:
    made = batch("traces", span(f"GET /users/{MAIL}", query=f"SELECT '{MAIL}'", route=f"/{MAIL}", status_message=KEY))
    after = Redact().process(made)
    assert [column(after, name) for name in ("name", "operation", "query", "route", "status_message")] == [
        ["GET /users/[email]"],
        ["GET /users/[email]"],
        ["SELECT '[email]'"],
        ["/[email]"],
        ["[token]"],
    ]


def test_columns_in_several_chunks_are_redacted() -> None:
    made = batch("traces", span(MAIL), span("GET /cart"))
    rows = made.parts["rows"]
    table = pa.concat_tables([rows.columns.slice(0, 1), rows.columns.slice(1)])
    other = Batch("traces", {**made.parts, "rows": type(rows)(table, rows.attributes)}, made.pool)
    assert column(Redact().process(other), "name") == ["[email]", "GET /cart"]


def test_texts_that_become_equal_share_one_entry_of_the_dictionary() -> None:
    after = Redact().process(batch("traces", span(MAIL), span("eve@example.com"), span("GET /cart")))
    names = after.parts["rows"].columns.column("name").chunk(0)
    assert names.to_pylist() == ["[email]", "[email]", "GET /cart"]
    assert names.dictionary.to_pylist() == ["[email]", "GET /cart"]


def test_ids_are_left_alone() -> None:
    made = batch("traces", span(trace_id=b"4111111111111111"))
    assert column(Redact().process(made), "trace_id") == [b"4111111111111111"]


def test_a_body_of_digits_becomes_a_text_and_a_map_stays_a_map() -> None:
    card = "4111111111111111"
    made = batch(
        "logs",
        log(card, body_type=int(ValueType.INT)),
        log(f'{{"pan":{card},"n":1}}', body_type=int(ValueType.MAP)),
        log("17", body_type=int(ValueType.INT)),
    )
    after = Redact().process(made)
    assert column(after, "body") == ["[card]", '{"pan":"[card]","n":1}', "17"]
    assert column(after, "body_type") == [ValueType.STRING, ValueType.MAP, ValueType.INT]


def test_versions_and_our_own_addresses_stay_also_as_columns() -> None:
    resource = of(service="shop", version="10.2.3.4", instance="10.1.2.3:8080")
    after = Redact().process(batch("traces", span(peer="10.1.2.3", resource=resource)))
    assert column(after, "peer") == ["10.1.2.3"]
    assert column(after, "version", "resources") == ["10.2.3.4"]
    assert column(after, "instance", "resources") == ["10.1.2.3:8080"]


def test_hits_are_counted_by_rule_and_field_as_often_as_the_value_stands() -> None:
    made = batch(
        "traces",
        span(attributes={"user": MAIL}, ms=1),
        span(attributes={"user": MAIL}, ms=2, originals={"old.user": MAIL}),
        span(MAIL, attributes={"token": "abc", "note": f"{MAIL} and {KEY}"}),
    )
    assert Redact().counted(made)[1] == {
        ("email", "user"): 2,
        ("secret", "token"): 1,
        ("email", "note"): 1,
        ("token", "note"): 1,
        ("email", "name"): 1,
        ("email", "operation"): 1,
    }


def test_counting_batches_apart_counts_the_same() -> None:
    spans = [span(attributes={"user": MAIL, "n": str(n % 3)}, ms=n + 1) for n in range(6)]
    whole = Redact().counted(batch("traces", *spans))[1]
    halves = [Redact().counted(batch("traces", *half))[1] for half in (spans[:2], spans[2:])]
    assert whole == {key: sum(half[key] for half in halves) for key in whole}


def test_metrics_are_redacted_with_their_exemplars() -> None:
    metric = of(name=f"carts of {MAIL}", description=KEY, unit="1", type=1)
    made = batch("metrics", point(metric=metric, exemplars=[{"attributes": {"user": MAIL}, "trace_id": b"\1" * 16}]))
    after = Redact().process(made)
    assert column(after, "name", "metrics") == ["carts of [email]"]
    assert column(after, "description", "metrics") == ["[token]"]
    assert [value for _, value, _ in pairs(after)] == ["[email]"]


def test_own_rules_take_keys_also_those_that_became_columns() -> None:
    config = RedactionConfig(rules=(RedactionRule("where", key="^(server.address|shop.city)$", mode="remove"),))
    after = Redact(config).process(batch("traces", span(peer="db-7", attributes={"shop.city": "Bonn"})))
    assert column(after, "peer") == [""]
    assert pairs(after) == [("shop.city", "", ValueType.STRING)]


def test_a_kind_that_is_off_is_left() -> None:
    made = batch("traces", span(attributes={"user": MAIL, "token": "abc"}))
    after = Redact(RedactionConfig(off=("email", "secret"))).process(made)
    assert [value for _, value, _ in pairs(after)] == [MAIL, "abc"]


def test_what_was_redacted_stays_as_it_is() -> None:
    made = batch("traces", span(attributes={"user": MAIL, "token": "abc", "note": "password=hunter2"}))
    for mode in ("mask", "hash", "truncate"):
        redact = Redact(RedactionConfig(mode=mode), b"k" * 32)
        once = redact.process(made)
        assert pairs(redact.process(once)) == pairs(once)


def test_numbers_under_a_secret_key_become_texts_and_flags_stay() -> None:
    made = batch("traces", span(attributes={"pin": 1234, "token": True, "max_tokens": 4096}))
    assert pairs(Redact().process(made)) == [
        ("pin", "[secret]", ValueType.STRING),
        ("token", "true", ValueType.BOOL),
        ("max_tokens", "4096", ValueType.INT),
    ]


def test_unused_entries_of_the_pool_are_not_counted() -> None:
    made = batch("traces", span(attributes={"user": MAIL}))
    rows = made.parts["rows"]
    empty = type(rows.attributes)(np.zeros(2, np.int32), np.zeros(0, np.int32))
    unused = Batch("traces", {**made.parts, "rows": type(rows)(rows.columns, empty)}, made.pool)
    assert Redact().counted(unused)[1] == {}
