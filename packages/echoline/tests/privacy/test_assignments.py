import pytest

from echoline.privacy.assignments import find_assignments


def _found(text: str) -> list[str]:
    return [one.secret for one in find_assignments(text)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"token":"a\\"b","x":1}', 'a\\"b'),
        ('{\\"token\\":\\"ab\\",\\"x\\":1}', "ab"),
        ("token='a b' x='c'", "a b"),
        ("secret={'a': [1, '}']} x", "{'a': [1, '}']}"),
        ('"token": "cut off', "cut off"),
        ("Cookie: a=b; c=d next", "a=b; c=d"),
        ("authorization=Bearer a.b-c&x=1", "Bearer a.b-c"),
        (r"password=DOMAIN\pass end", r"DOMAIN\pass"),
        (r"password=ab\nnext", "ab"),
    ],
)
def test_a_value_goes_as_far_as_its_quoting_says(text: str, value: str) -> None:
    assert _found(text) == [value]


def test_columns_compared_in_sql_are_no_values() -> None:
    assert _found('WHERE "s"."token" = "t"."token"') == []


@pytest.mark.parametrize("text", ["token: invalid", "password=%s", "password = get(x)", "token=self.token", "key=abc"])
def test_prose_code_and_placeholders_are_left(text: str) -> None:
    assert _found(text) == []


def test_what_a_query_calls_a_signature_is_one() -> None:
    assert _found("/blob?sig=abc&x=1") == ["abc"]
    assert _found("the sig=abc of it") == []
