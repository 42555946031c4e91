from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from decoding_checks import decoded, rows
from echoline.decoding.wire import offsets_of, take_attributes
from echoline.model.batch import PARTS, Attributes, Int32s
from echoline.model.records import PLAIN_SIGNALS, PlainSignal
from generated import MESSAGES


@given(
    lists=st.lists(st.lists(st.integers(0, 9), max_size=4), max_size=6),
    order=st.data(),
)
def test_attributes_are_taken_in_any_order(lists: list[list[int]], order: st.DataObject) -> None:
    attributes = Attributes(offsets_of(sizes(lists)), np.array([code for each in lists for code in each], np.int32))
    wanted = order.draw(st.lists(st.integers(0, len(lists) - 1)) if lists else st.just([]))
    taken = take_attributes(attributes, np.array(wanted, np.intp))
    assert taken.offsets.tolist() == [0, *np.cumsum([len(lists[row]) for row in wanted]).tolist()]
    assert taken.codes.tolist() == [code for row in wanted for code in lists[row]]


def sizes(lists: list[list[int]]) -> Int32s:
    return np.array([len(each) for each in lists], np.int32)


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_it_does_not_matter_what_else_is_in_a_call(signal: PlainSignal, data: st.DataObject) -> None:
    """The same rows and counts from requests one by one and all at once; one is bad, one has to be repaired."""
    bodies = data.draw(st.lists(MESSAGES[signal].map(lambda message: message.SerializeToString()), max_size=3))
    bodies += [b"\xff", MENDABLE[signal]]
    whole, single = decoded(signal, *bodies), [decoded(signal, body) for body in bodies]
    for part in PARTS[signal]:
        assert repr(plain(whole, part)) == repr([row for found in single for row in plain(found, part)])
    assert whole.rejected == total([found.rejected for found in single])
    assert whole.cut == total([found.cut for found in single])


# A resource whose schema URL is no UTF-8.
MENDABLE: dict[PlainSignal, bytes] = dict.fromkeys(PLAIN_SIGNALS, b"\x0a\x03\x1a\x01\xff")


def plain(found: Any, part: str) -> list[dict[str, Any]]:
    """Rows without the numbers of other rows."""
    indexes = {"request", "resource", "scope", "metric", "row"}
    return [{name: value for name, value in row.items() if name not in indexes} for row in rows(found, part)]


def total(counts: list[Any]) -> dict[str, int]:
    return {reason: sum(each.get(reason, 0) for each in counts) for each in counts for reason in each}
