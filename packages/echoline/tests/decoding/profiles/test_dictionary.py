from typing import Any

import pytest

from decoding_checks import decoded, rows
from echoline.model.batch import Decoded
from profile_builders import request_of, sample


def frames_of(found: Decoded) -> list[tuple[str, str, int]]:
    """The frames of the first sample."""
    frames, stacks = rows(found, "frames"), rows(found, "stacks")
    return [tuple(frames[each][name] for name in ("function", "file", "line")) for each in stacks[0]["frames"]]


def read(request: Any, **limits: Any) -> Decoded:
    return decoded("profiles", request.SerializeToString(), **limits)


def test_inlined_calls_are_frames_of_their_own() -> None:
    request = request_of(sample("outer", "inner"))
    tables = request.dictionary
    tables.location_table[1].lines.add(function_index=2, line=9)  # `inner` was inlined into another `outer`
    assert [each[0] for each in frames_of(read(request))] == ["outer", "outer", "inner"]


def test_frames_without_symbols_have_their_address_and_their_binary() -> None:
    request = request_of(sample("f"))
    tables = request.dictionary
    tables.string_table.append("libc.so.6")
    tables.mapping_table.add(filename_strindex=len(tables.string_table) - 1)
    location = tables.location_table[1]
    location.address, location.mapping_index = 0x7F12, 1
    location.ClearField("lines")
    assert frames_of(read(request)) == [("0x7f12", "libc.so.6", 0)]


def test_a_frame_without_a_source_file_has_its_binary() -> None:
    request = request_of(sample("f"))
    tables = request.dictionary
    tables.string_table.append("vmlinux")
    tables.mapping_table.add(filename_strindex=len(tables.string_table) - 1)
    tables.location_table[1].mapping_index = 1
    tables.function_table[1].filename_strindex = 0
    assert frames_of(read(request)) == [("f", "vmlinux", 1)]


@pytest.mark.parametrize(
    "path",
    [
        "sample.stack_index",
        "stack_table.location_indices",
        "location_table.mapping_index",
        "location_table.lines.function_index",
        "function_table.name_strindex",
        "function_table.system_name_strindex",
        "function_table.filename_strindex",
        "profile.sample_type.type_strindex",
        "profile.period_type.unit_strindex",
    ],
)
@pytest.mark.parametrize("index", [-1, 99, 2**31 - 1])
def test_what_points_nowhere_rejects_its_sample(path: str, index: int) -> None:
    request = request_of(sample("f"))
    request.dictionary.function_table[1].name_strindex *= "system_name" not in path
    *way, name = path.split(".")
    at: Any = request.resource_profiles[0].scope_profiles[0].profiles[0]
    for step in way:
        if step == "sample":
            at = at.samples[0]
        elif step.endswith("_table"):
            at = getattr(request.dictionary, step)[1]
        elif step != "profile":
            at = getattr(at, step)[0] if step == "lines" else getattr(at, step)
    if name == "location_indices":
        at.location_indices[0] = index
    else:
        setattr(at, name, index)
    found = read(request)
    assert (len(found.batch), found.rejected, found.bad) == (0, {"invalid_index": 1}, ())


def test_attributes_and_spans_that_are_not_there_are_left_out_and_counted() -> None:
    request = request_of(sample("f"))
    row = request.resource_profiles[0].scope_profiles[0].profiles[0].samples[0]
    row.attribute_indices.append(99)
    row.link_index = 99
    request.resource_profiles[0].resource.attributes.add().value.string_value_strindex = 99
    found = read(request)
    assert (len(found.batch), found.rejected, found.cut) == (1, {}, {"invalid_index": 3})


def test_ids_of_a_wrong_length_are_left_out_and_counted() -> None:
    found = read(request_of(sample("f", trace_id=b"short", span_id=b"\1" * 8)))
    assert (rows(found)[0]["trace_id"], found.cut) == (bytes(16), {"invalid_trace_id": 1})


def test_of_a_deep_stack_the_innermost_frames_stay() -> None:
    deep = [f"f{number}" for number in range(100_000)]
    found = read(request_of(sample(*deep)))
    kept = frames_of(found)
    assert (len(kept), kept[0][0], kept[-1][0], found.cut) == (512, "f99488", "f99999", {"stack_depth": 1})
    assert len(frames_of(read(request_of(sample("a", "b", "c")), max_stack_frames=2))) == 2


def test_a_function_that_calls_itself_is_a_frame_each_time() -> None:
    assert [each[0] for each in frames_of(read(request_of(sample("f", "g", "f", "g"))))] == ["f", "g", "f", "g"]


def test_empty_tables_and_requests_without_samples_are_fine() -> None:
    request = request_of()
    assert (len(read(request).batch), read(request).rejected) == (0, {})
    request.ClearField("dictionary")
    profile = request.resource_profiles[0].scope_profiles[0].profiles[0]
    profile.ClearField("sample_type")
    profile.samples.add(values=[1])
    found = read(request)
    assert (rows(found, "stacks")[0]["frames"], rows(found)[0]["value"], found.rejected) == ([], 1, {})
    assert decoded("profiles", b"").rejected == {}
