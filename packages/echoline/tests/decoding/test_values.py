import math

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import Value, any_value
from echoline.decoding.fast_values import values_of
from echoline.decoding.oracle import member
from echoline.decoding.values import Canonical, canonical
from echoline.model.batch import ValueType


@pytest.mark.parametrize(
    ("value", "text", "kind"),
    [
        (None, "", ValueType.EMPTY),
        ("", "", ValueType.STRING),
        ("5", "5", ValueType.STRING),
        (5, "5", ValueType.INT),
        (-(2**63), "-9223372036854775808", ValueType.INT),
        (True, "true", ValueType.BOOL),
        (5.0, "5.0", ValueType.DOUBLE),
        (-0.0, "-0.0", ValueType.DOUBLE),
        (1e22, "1e+22", ValueType.DOUBLE),
        (math.nan, "nan", ValueType.DOUBLE),
        (-math.inf, "-inf", ValueType.DOUBLE),
        (b"\0\xff", "AP8=", ValueType.BYTES),
        ([], "[]", ValueType.ARRAY),
        (["é", 1, 1.0, None, b"x", [True]], '["é",1,1.0,null,"eA==",[true]]', ValueType.ARRAY),
        ([math.nan, math.inf, -math.inf], '["NaN","Infinity","-Infinity"]', ValueType.ARRAY),
        ({"b": 1, "a": {}, "": '"'}, '{"b":1,"a":{},"":"\\""}', ValueType.MAP),
    ],
)
def test_every_value_has_one_canonical_text(value: Value, text: str, kind: ValueType) -> None:
    assert canonical(any_value(value), member, 16) == Canonical(text, kind)


def test_nesting_beyond_the_room_is_told() -> None:
    assert canonical(any_value([{"a": [1]}]), member, 2) == Canonical('[{"a":"…"}]', ValueType.ARRAY, is_deep=True)


@given(numbers=st.lists(st.floats() | st.floats(1e-5, 1e11) | st.integers(-(10**12), 10**12).map(float)))
def test_doubles_are_written_alike_one_by_one_and_all_at_once(numbers: list[float]) -> None:
    found = values_of(struct_of("double_value", pa.array(numbers, pa.float64())), 16)
    assert found.texts.to_pylist() == [canonical(any_value(number), member, 16).text for number in numbers]


def struct_of(name: str, values: pa.Array) -> pa.StructArray:
    """AnyValues as ptars makes them, all with this member."""
    kinds = {
        "string_value": pa.string(),
        "bool_value": pa.bool_(),
        "int_value": pa.int64(),
        "double_value": pa.float64(),
        "array_value": pa.list_(pa.binary()),
        "kvlist_value": pa.list_(pa.binary()),
        "bytes_value": pa.binary(),
        "string_value_strindex": pa.int32(),
    }
    members = {each: pa.nulls(len(values), kind) for each, kind in kinds.items()} | {name: values}
    return pa.StructArray.from_arrays(list(members.values()), list(members))
