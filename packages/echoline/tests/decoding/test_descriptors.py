import pytest
from google.protobuf.message_factory import GetMessageClass

from echoline.decoding.descriptors import KEY_VALUE, REQUEST_NAMES, lenient, string_fields, trimmed
from echoline.decoding.json_messages import AnyValue, ArrayValue, KeyValue, KeyValueList
from echoline.decoding.oracle import REQUESTS
from echoline.decoding.specimens import specimen
from echoline.model.records import PLAIN_SIGNALS, PlainSignal


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_changed_descriptors_read_the_same_wire(signal: PlainSignal) -> None:
    for pool in (lenient(), trimmed()[0]):
        changed = GetMessageClass(pool.FindMessageTypeByName(REQUEST_NAMES[signal]))
        written = changed.FromString(specimen(signal)).SerializeToString()
        assert REQUESTS[signal].FromString(written) == REQUESTS[signal].FromString(specimen(signal))


def test_trimmed_messages_are_not_recursive() -> None:
    """Only ptars needs that, and it is why it is fast."""
    pair = trimmed()[0].FindMessageTypeByName(KEY_VALUE)
    value = pair.fields_by_name["value"].message_type
    assert value is not None
    assert [field.name for field in value.fields if field.message_type] == []


def test_text_is_told_from_bytes() -> None:
    texts = string_fields()
    assert "opentelemetry.proto.trace.v1.Span.Event.name" in texts
    assert "opentelemetry.proto.trace.v1.Span.trace_id" not in texts


@pytest.mark.parametrize("kind", [AnyValue, ArrayValue, KeyValue, KeyValueList])
def test_the_messages_of_values_have_the_fields_that_protobuf_has(kind: type) -> None:
    """They are written by hand because they are recursive; what belongs to profiles is left out."""
    fields = trimmed()[0].FindMessageTypeByName(f"opentelemetry.proto.common.v1.{kind.__name__}").fields
    known = {field.name for field in fields if not field.name.endswith("strindex")}
    assert set(kind.__struct_fields__) == known  # type: ignore[attr-defined]
