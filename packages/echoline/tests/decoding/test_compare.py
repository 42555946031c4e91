import dataclasses

import pyarrow as pa

from builders import gauge, metrics, point, span, trace
from decoding_checks import decoded
from echoline.decoding.compare import difference
from echoline.model.batch import Batch


def batch(*attributes: tuple[str, object], name: str = "a") -> Batch:
    return decoded("traces", trace(span(name, span_id=b"\1" * 8, attributes=attributes))).batch  # type: ignore[arg-type]


def test_equal_batches_have_no_difference_whatever_their_codes() -> None:
    one = batch(("a", 1), ("b", 2))
    pool = dataclasses.replace(
        one.pool,
        keys=one.pool.keys.take(pa.array([2, 1, 0])),
        values=one.pool.values.take(pa.array([2, 1, 0])),
        types=one.pool.types[::-1],
    )
    parts = {
        name: dataclasses.replace(
            part, attributes=dataclasses.replace(part.attributes, codes=2 - part.attributes.codes)
        )
        for name, part in one.parts.items()
    }
    assert difference(one, dataclasses.replace(one, pool=pool, parts=parts)) == ""


def test_the_first_difference_is_told() -> None:
    assert difference(batch(), batch(name="b")) == "column rows.name: in row 0 'a' and 'b'"
    assert "attributes of rows: in row 0" in difference(batch(("a", 1)), batch(("a", "1")))
    one, two = (decoded("traces", trace(*[span()] * count)).batch for count in (1, 2))
    assert "1 and 2 rows" in difference(one, two)


def test_nan_equals_nan_and_a_signed_zero_does_not_equal_zero() -> None:
    nan, zero, negative = (
        decoded("metrics", metrics(gauge("g", point(number)))).batch for number in (float("nan"), 0.0, -0.0)
    )
    assert difference(nan, nan) == ""
    assert difference(zero, negative) == "column rows.value_double: in row 0 0.0 and -0.0"
