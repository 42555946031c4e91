import numpy as np

from batches import batch, of, span
from echoline.model.batch import Batch
from echoline.stores.selection import keep


def told(made: Batch) -> list[tuple[str, list[str], list[str]]]:
    """Name, values of attributes and names of events of each span."""
    main, events = made.parts["rows"], made.parts["events"].columns.to_pylist()
    values = made.pool.values.to_pylist()
    offsets = main.attributes.offsets
    return [
        (
            str(row["name"]),
            [values[code] for code in main.attributes.codes[offsets[number] : offsets[number + 1]]],
            [str(event["name"]) for event in events if event["row"] == number],
        )
        for number, row in enumerate(main.columns.to_pylist())
    ]


def spans() -> Batch:
    return batch(
        "traces",
        span("a", attributes={"k": "1", "l": "2"}, events=[of(name="e1"), of(name="e2")]),
        span("b", events=[of(name="e3")]),
        span("c", attributes={"k": "3"}, events=[of(name="e4")]),
    )


def test_what_hangs_on_a_row_goes_and_stays_with_it() -> None:
    assert told(keep(spans(), np.array([True, False, True]))) == [("a", ["1", "2"], ["e1", "e2"]), ("c", ["3"], ["e4"])]
    assert told(keep(spans(), np.array([False, True, False]))) == [("b", [], ["e3"])]
    assert told(keep(spans(), np.array([False, False, False]))) == []


def test_a_batch_that_is_wanted_whole_is_not_copied() -> None:
    made = spans()
    assert keep(made, np.array([True, True, True])) is made
