import pytest

from echoline.model.batch import PROMOTED, ValueType
from echoline.queries.attribute_values import value, values, with_promoted


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("5", ValueType.STRING, "5"),
        ("5", ValueType.INT, 5),
        ("9223372036854775807", ValueType.INT, 2**63 - 1),
        ("5.0", ValueType.DOUBLE, 5.0),
        ("nan", ValueType.DOUBLE, "nan"),
        ("-inf", ValueType.DOUBLE, "-inf"),
        ("true", ValueType.BOOL, True),
        ("", ValueType.EMPTY, None),
        ("", ValueType.STRING, ""),
        ('[1,"a",null]', ValueType.ARRAY, [1, "a", None]),
        ('{"a":{"b":1}}', ValueType.MAP, {"a": {"b": 1}}),
        ("aGk=", ValueType.BYTES, {"base64": "aGk="}),
    ],
)
def test_a_value_comes_back_with_its_type(text: str, kind: int, expected: object) -> None:
    found = value(text, kind)
    assert (type(found), found) == (type(expected), expected)


@pytest.mark.parametrize("kind", [ValueType.INT, ValueType.DOUBLE, ValueType.BOOL, ValueType.ARRAY, ValueType.BYTES])
def test_a_redacted_value_of_any_type_is_text(kind: int) -> None:
    assert value("<card>", kind) == "<card>"


def test_of_a_repeated_key_the_first_value_counts() -> None:
    assert values([("a", "1"), ("a", "2")], [("a", ValueType.INT)]) == {"a": 1}


def test_promoted_attributes_are_put_back_unless_absent() -> None:
    row = dict.fromkeys([column for column, _ in PROMOTED["traces"].values()], "") | {"status": 404, "line": -1}
    row["method"] = "GET"
    back = with_promoted({"a": "b"}, row, PROMOTED["traces"])
    assert back == {"http.request.method": "GET", "http.response.status_code": 404, "a": "b"}
