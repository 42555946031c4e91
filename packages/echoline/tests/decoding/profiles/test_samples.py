import pytest

from builders import START_NS, TRACE_ID, resource
from decoding_checks import decoded, rows, texts
from echoline.model.batch import Decoded
from profile_builders import profiles, request_of, sample

MINUTE_NS = 60 * 10**9
SPAN_ID = b"\1" * 8


def values(found: Decoded) -> list[tuple[str, str, int, int]]:
    return [(row["type"], row["unit"], row["value"], row["hits"]) for row in rows(found)]


def test_a_sample_has_its_stack_outermost_first_its_span_and_its_time() -> None:
    body = profiles(sample("main:main:3", "cart.py:total:7", trace_id=TRACE_ID, span_id=SPAN_ID))
    found = decoded("profiles", body)
    (row,) = rows(found)
    frames = rows(found, "frames")
    (stack,) = rows(found, "stacks")
    told = [(frames[place]["file"], frames[place]["function"], frames[place]["line"]) for place in stack["frames"]]
    assert told == [("main", "main", 3), ("cart.py", "total", 7)]
    assert (row["trace_id"], row["span_id"], row["time_ns"], row["value"]) == (TRACE_ID, SPAN_ID, START_NS, 20_000_000)
    assert (found.rejected, found.cut, found.bad) == ({}, {}, ())


@pytest.mark.parametrize(
    ("kind", "period", "value", "told"),
    [
        (("cpu", "nanoseconds"), ("", "", 0), 5, ("cpu", "nanoseconds", 5, 1)),
        (("cpu", "ms"), ("", "", 0), 5, ("cpu", "nanoseconds", 5_000_000, 1)),
        (("cpu", "nanoseconds"), ("cpu", "milliseconds", 20), 60_000_000, ("cpu", "nanoseconds", 60_000_000, 3)),
        (("samples", "count"), ("cpu", "nanoseconds", 50_000_000), 3, ("cpu", "nanoseconds", 150_000_000, 3)),
        (("samples", "count"), ("wall", "nanoseconds", 5), 3, ("samples", "count", 3, 3)),
        (("cpu", "cycles"), ("", "", 0), 5, ("cpu", "cycles", 5, 1)),
        (("alloc_space", "bytes"), ("space", "bytes", 512), -4096, ("alloc_space", "bytes", -4096, 1)),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_cpu_is_told_in_nanoseconds_and_anything_else_as_it_is(
    kind: tuple[str, str], period: tuple[str, str, int], value: int, told: tuple[str, str, int, int]
) -> None:
    assert values(decoded("profiles", profiles(sample("f", values=[value]), kind=kind, period=period))) == [told]


def test_samples_with_times_are_one_row_a_minute() -> None:
    """As a profiler of the whole machine sends them: each time is one look."""
    early = START_NS - START_NS % MINUTE_NS + MINUTE_NS
    times = [early + MINUTE_NS + 5, early + 7, early + 9]
    looks = {"kind": ("samples", "count"), "period": ("cpu", "nanoseconds", 50)}
    found = decoded("profiles", profiles(sample("f", values=[], times=times), **looks))
    assert [(row["time_ns"], row["value"], row["hits"]) for row in rows(found)] == [
        (early + 7, 100, 2),
        (early + MINUTE_NS + 5, 50, 1),
    ]
    with_values = decoded("profiles", profiles(sample("f", values=[5, 6, 7], times=times)))
    assert [(row["value"], row["hits"]) for row in rows(with_values)] == [(13, 2), (5, 1)]


def test_a_profile_without_a_time_is_of_the_time_of_receipt() -> None:
    (row,) = rows(decoded("profiles", profiles(sample("f"), start_ns=0)))
    assert row["time_ns"] == START_NS  # when `request` says that it was received


def test_attributes_of_profile_and_sample_hang_on_the_row() -> None:
    body = profiles(
        sample("f", attributes={"thread.name": "worker", "n": 5}), attributes={"thread.name": "all", "process.pid": 7}
    )
    found = decoded("profiles", body)
    assert texts(found) == [{"process.pid": "7", "thread.name": "worker", "n": "5"}]
    assert found.cut == {"duplicate_key": 1}


def test_samples_say_when_their_leaf_is_approximate() -> None:
    approximate = sample("f", attributes={"echoline.profile.approximate": True})
    found = decoded("profiles", profiles(approximate, sample("f", attributes={"echoline.profile.approximate": False})))
    assert [row["is_approximate"] for row in rows(found)] == [True, False]


def test_keys_and_values_of_resources_may_stand_in_the_table_of_strings() -> None:
    request = request_of(sample("f"), resource=resource(service=""))
    request.dictionary.string_table.extend(["service.name", "ledger"])
    added = request.resource_profiles[0].resource.attributes.add(key_strindex=len(request.dictionary.string_table) - 2)
    added.value.array_value.values.add().string_value_strindex = len(request.dictionary.string_table) - 1
    assert texts(decoded("profiles", request.SerializeToString()), "resources") == [{"service.name": '["ledger"]'}]


@pytest.mark.parametrize(
    ("reason", "broken"),
    [
        ("invalid_sample", sample("f", values=[])),
        ("invalid_sample", sample("f", values=[1, 2])),
        ("invalid_sample", sample("f", values=[1, 2], times=[5])),
        ("invalid_time", sample("f", values=[1], times=[2**63])),
        ("invalid_value", sample("f", values=[-1])),
        ("invalid_value", sample("f", values=[2**62, 2**62], times=[5, 6])),
    ],
)
def test_a_sample_that_says_nothing_sensible_is_rejected_alone(reason: str, broken: object) -> None:
    found = decoded("profiles", profiles(broken, sample("g")))  # type: ignore[arg-type]
    assert (len(found.batch), found.rejected) == (1, {reason: 1})


def test_requests_of_one_call_share_frames_stacks_and_attributes() -> None:
    body = profiles(sample("main", "f", attributes={"thread.name": "w"}))
    found = decoded("profiles", body, body)
    assert [(row["request"], row["stack"]) for row in rows(found)] == [(0, 0), (1, 0)]
    assert (len(found.batch.parts["frames"]), len(found.batch.parts["resources"])) == (2, 2)
