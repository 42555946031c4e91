import hashlib

from hypothesis import given
from hypothesis import strategies as st

from echoline.model.ids import identity, operation_id


def test_an_id_is_made_of_lengths_and_texts() -> None:
    expected = hashlib.sha256("4:shop6:SERVER10:GET /café".encode()).hexdigest()[:16]
    assert operation_id("shop", "SERVER", "GET /café") == expected


@given(st.lists(st.text(max_size=4), max_size=4), st.lists(st.text(max_size=4), max_size=4))
def test_other_parts_have_another_id(one: list[str], other: list[str]) -> None:
    assert (identity(*one) == identity(*other)) == (one == other)


def test_text_that_is_no_unicode_has_an_id() -> None:
    assert len(identity("\ud800")) == 16
