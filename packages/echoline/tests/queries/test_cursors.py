import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.errors import BadInput
from echoline.model.window import Window
from echoline.queries.cursors import Cursor, decode, encode, fingerprint

INT64 = st.integers(-(2**63), 2**63 - 1)


@given(INT64, st.text())
def test_a_cursor_reads_back_for_its_question(rank: int, name: str) -> None:
    cursor = Cursor(Window(1, 2), (rank, name))
    assert decode(encode(cursor, "q"), "q", (int, str)) == cursor


@given(st.one_of(st.text(), st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="cursor"):
        decode(text, "q", (int, str))


def test_a_cursor_of_another_question_is_refused() -> None:
    text = encode(Cursor(Window(1, 2), (1, "x")), fingerprint("operations", "shop"))
    with pytest.raises(BadInput, match="another question"):
        decode(text, fingerprint("operations", "cart"), (int, str))
    with pytest.raises(BadInput, match="another question"):
        decode(text, fingerprint("operations", "shop"), (str, int))


@given(st.integers(0, 10**6), st.binary(min_size=1, max_size=1))
def test_a_changed_byte_never_crashes(at: int, byte: bytes) -> None:
    body = bytearray(base64.urlsafe_b64decode(encode(Cursor(Window(1, 2), (1, "x")), "q") + "=="))
    body[at % len(body)] = byte[0]
    with contextlib.suppress(BadInput):
        decode(base64.urlsafe_b64encode(bytes(body)).decode().rstrip("="), "q", (int, str))
