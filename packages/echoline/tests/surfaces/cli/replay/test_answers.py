from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceResponse,
)

from echoline.surfaces.cli.replay.answers import Acknowledged, acknowledged, status_message


def test_partial_success_tells_how_many_and_why() -> None:
    partial = ExportTracePartialSuccess(rejected_spans=300, error_message="too old")
    answer = ExportTraceServiceResponse(partial_success=partial).SerializeToString()
    assert acknowledged(answer) == Acknowledged(300, "too old")


def test_an_empty_answer_means_that_all_is_well() -> None:
    assert acknowledged(b"") == Acknowledged()


def test_an_answer_of_another_kind_is_still_an_acknowledgement() -> None:
    assert acknowledged(b"{}") == Acknowledged()


def test_the_words_of_a_refusal_are_a_status_or_plain_text() -> None:
    assert status_message(b"\x12\x04full") == "full"
    assert status_message(b"not found\n") == "not found"
