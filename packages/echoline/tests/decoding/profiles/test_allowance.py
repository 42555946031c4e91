"""Requests that are small, and name what their tables hold far too often."""

from typing import Any

import pytest

from builders import request
from decoding_checks import LIMITS, NOW_NS
from echoline.decoding import decode
from echoline.decoding.profiles.allowance import Allowance
from echoline.errors import BadInput
from profile_builders import profiles, request_of, sample

INLINED = 500
TIMES = 2_000


def deep_stacks() -> Any:
    """One location of many inlined calls, in stacks that differ in their leaf."""
    made = request_of(*(sample("big", f"leaf{number}") for number in range(TIMES)))
    tables = made.dictionary
    tables.location_table[2].lines.extend([tables.location_table[2].lines[0]] * INLINED)
    return made


def many_attributes() -> Any:
    """Attributes of the profile hang on each of its samples."""
    attributes = {f"key{number}": number for number in range(200)}
    return request_of(*(sample("f") for _ in range(TIMES)), attributes=attributes)


def long_text() -> Any:
    """One text in every place of an array."""
    made = request_of(sample("f"))
    made.dictionary.string_table.append("x" * 1_000_000)
    number = len(made.dictionary.string_table) - 1
    value = made.resource_profiles[0].resource.attributes.add(key="k").value.array_value
    for _ in range(100):
        value.values.add().string_value_strindex = number
    return made


@pytest.mark.parametrize("made", [deep_stacks, many_attributes, long_text])
def test_a_bomb_is_bad_and_leaves_nothing_behind(made: Any) -> None:
    bodies = [made().SerializeToString(), profiles(sample("f"))]
    sent = [request(body, signal="profiles") for body in bodies]
    found = decode("profiles", sent, LIMITS, NOW_NS)
    assert [(each.request, each.reason) for each in found.bad] == [(0, "too_many_items")]
    assert (len(found.batch), len(found.batch.parts["resources"]), found.rejected, found.cut) == (1, 1, {}, {})
    assert found.batch.parts["rows"].columns["request"].to_pylist() == [1]


def test_what_is_left_shrinks() -> None:
    allowance = Allowance.of(0, 10)
    allowance.take(text_bytes=10, frames=10_000)
    with pytest.raises(BadInput, match="far more often"):
        allowance.take(text_bytes=1)
