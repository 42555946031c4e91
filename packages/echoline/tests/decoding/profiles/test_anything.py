"""Whatever comes is read, rejected, cut or bad, and counted: decoding never fails."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

from builders import request
from decoding_checks import LIMITS, NOW_NS
from echoline.decoding import decode
from echoline.model.batch import Decoded
from mutations import mutations
from profile_builders import profiles, request_of, sample

_indexes = st.integers(-1, 4) | st.sampled_from([2**31 - 1, -(2**31)])
_int64s = st.sampled_from([0, 1, -1, 2**63 - 1, -(2**63)])
_times = st.sampled_from([0, 1, 1_760_000_000_000_000_000, 2**63, 2**64 - 1])
_ids = st.sampled_from([b"", b"\1" * 8, b"\1" * 16])


def _listed(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(st.fixed_dictionaries(fields), max_size=3)


_values: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"string_value_strindex": _indexes}),
    st.fixed_dictionaries({"array_value": st.just({"values": [{"string_value_strindex": 1}, {}]})}),
)
_dictionaries = st.fixed_dictionaries(
    {
        "string_table": st.lists(st.sampled_from(["", "cpu", "samples", "count", "ms", "f"]), max_size=4),
        "mapping_table": _listed(filename_strindex=_indexes),
        "location_table": _listed(
            mapping_index=_indexes, address=st.integers(0, 9), lines=_listed(function_index=_indexes, line=_int64s)
        ),
        "function_table": _listed(name_strindex=_indexes, filename_strindex=_indexes, system_name_strindex=_indexes),
        "stack_table": _listed(location_indices=st.lists(_indexes, max_size=4)),
        "link_table": _listed(trace_id=_ids, span_id=_ids),
        "attribute_table": _listed(key_strindex=_indexes, value=_values),
    }
)
_kinds = st.fixed_dictionaries({"type_strindex": _indexes, "unit_strindex": _indexes})
_profiles = _listed(
    sample_type=_kinds,
    period_type=_kinds,
    period=_int64s,
    time_unix_nano=_times,
    attribute_indices=st.lists(_indexes, max_size=2),
    samples=_listed(
        stack_index=_indexes,
        link_index=_indexes,
        attribute_indices=st.lists(_indexes, max_size=2),
        values=st.lists(_int64s, max_size=2),
        timestamps_unix_nano=st.lists(_times, max_size=2),
    ),
)


def read(body: bytes) -> Decoded:
    return decode("profiles", [request(body, signal="profiles")], LIMITS, NOW_NS)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables=_dictionaries, several=_profiles)
def test_every_sample_is_kept_or_rejected(tables: dict[str, Any], several: list[dict[str, Any]]) -> None:
    made = ExportProfilesServiceRequest(dictionary=tables)
    made.resource_profiles.add().scope_profiles.add(profiles=several)
    found = read(made.SerializeToString())
    times = [sample["timestamps_unix_nano"] for profile in several for sample in profile["samples"]]
    assert found.bad == ()
    assert sum(found.rejected.values()) <= len(times)
    # Two times may be in two minutes, and make two rows of one sample.
    assert len(times) <= len(found.batch) + sum(found.rejected.values()) <= sum(max(len(each), 1) for each in times)


def test_mutated_requests_are_read_or_bad() -> None:
    body = profiles(sample("main", "f", attributes={"thread.name": "w"}, trace_id=b"\1" * 16), attributes={"pid": 5})
    outcomes = {"rows": 0, "rejected": 0, "bad": 0}
    for mutated in mutations(body, 2_000, seed=7):
        found = read(mutated)
        outcomes["rows"] += len(found.batch)
        outcomes["rejected"] += sum(found.rejected.values())
        outcomes["bad"] += len(found.bad)
    assert min(outcomes.values()) > 20, outcomes


def test_a_request_of_many_stacks_is_read_whole() -> None:
    """A profiler of a whole machine sends thousands of stacks at once."""
    made = request_of(*(sample("main", f"a{number % 70}", f"b{number % 900}:{number % 30}") for number in range(5_000)))
    found = read(made.SerializeToString())
    assert (len(found.batch), found.rejected, found.cut, found.bad) == (5_000, {}, {}, ())
