import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import grpc
import pytest
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from builders import compressed, counter, log, logs, metrics, point, span, trace
from echoline.config import ReceiveConfig
from echoline.journal.committed import write_committed
from echoline.journal.reader import read
from echoline.model.records import START, Signal
from echoline.model.tokens import Verdict
from profile_builders import profiles, sample
from receiving import EVERYTHING, Receiving, receiving
from sending import METHODS

BODIES: dict[Signal, bytes] = {
    "traces": trace(span("GET /cart" * 50)),
    "logs": logs(log("cart saved" * 50)),
    "metrics": metrics(counter("carts" * 50, point(3))),
    "profiles": profiles(sample("main" * 50, "cart.total")),
}
COMPRESSIONS: dict[str, Any] = {
    "identity": grpc.Compression.NoCompression,
    "gzip": grpc.Compression.Gzip,
    "deflate": grpc.Compression.Deflate,
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    with receiving(tmp_path_factory.mktemp("journal")) as running:
        yield running


@contextmanager
def channel(running: Receiving) -> Iterator[Any]:
    options = [("grpc.max_send_message_length", -1)]
    with grpc.insecure_channel(f"127.0.0.1:{running.grpc_port}", options=options) as opened:
        yield opened


def export(running: Receiving, body: bytes, signal: Signal = "traces", **call: Any) -> bytes:
    with channel(running) as opened:
        answer: bytes = opened.unary_unary(METHODS[signal])(body, timeout=20, **call)
        return answer


def refused(running: Receiving, body: bytes, signal: Signal = "traces", **call: Any) -> tuple[str, str, float | None]:
    """Code, message and the delay after which to try again."""
    with pytest.raises(grpc.RpcError) as caught:
        export(running, body, signal, **call)
    error: Any = caught.value
    details = dict(error.trailing_metadata()).get("grpc-status-details-bin")
    if details is None:
        return error.code().name, error.details(), None
    status: Any = Status.FromString(details)
    assert (status.code, status.message) == (error.code().value[0], error.details())
    delay = RetryInfo()
    is_told = bool(status.details) and status.details[0].Unpack(delay)
    return error.code().name, error.details(), delay.retry_delay.ToTimedelta().total_seconds() if is_told else None


@pytest.mark.parametrize("encoding", COMPRESSIONS)
@pytest.mark.parametrize("signal", METHODS)
def test_messages_are_journalled_as_they_came(tmp_path: Path, signal: Signal, encoding: str) -> None:
    """Compressed ones compressed, with the size that screening saw."""
    with receiving(tmp_path) as running:
        assert export(running, BODIES[signal], signal, compression=COMPRESSIONS[encoding]) == b""
        (request,) = running.journalled()
    assert (request.signal, request.format, request.encoding) == (signal, "protobuf", encoding)
    assert request.expanded_bytes == len(BODIES[signal])
    assert (request.body == BODIES[signal]) == (encoding == "identity")
    assert request.received_ns == pytest.approx(time.time_ns(), abs=10e9)


def test_an_empty_request_is_fine(shared: Receiving) -> None:
    assert export(shared, b"") == b""


@pytest.mark.parametrize(
    "body",
    [b"garbage", BODIES["traces"][:-1], BODIES["traces"] + b"\x08\1", BODIES["logs"], b"\x1f\x8bno gzip", b"x\x9c"],
)
def test_what_can_never_pass_is_an_invalid_argument(shared: Receiving, body: bytes) -> None:
    code, _, delay = refused(shared, body)
    assert (code, delay) == ("INVALID_ARGUMENT", None)


def test_spans_without_usable_ids_are_told_and_the_rest_is_kept(shared: Receiving) -> None:
    answer = export(shared, trace(span("a"), span("b", trace_id=b"short")))
    assert ExportTraceServiceResponse.FromString(answer).partial_success.rejected_spans == 1


def test_a_full_journal_is_exhausted_with_a_delay_until_it_is_committed(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_journal_bytes=700, segment_bytes=1)) as running:
        export(running, BODIES["traces"])
        code, _, delay = refused(running, BODIES["logs"], "logs")
        assert code == "RESOURCE_EXHAUSTED"
        assert delay is not None
        assert delay >= 1
        write_committed(tmp_path, read(tmp_path, START, max_bytes=EVERYTHING)[-1].end)
        time.sleep(1.2)
        export(running, BODIES["logs"], "logs")


def test_a_failing_disk_is_unavailable_with_a_delay_until_it_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with receiving(tmp_path) as running:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            code, message, delay = refused(running, BODIES["traces"])
        assert code == "UNAVAILABLE"
        assert "No space left" in message
        assert delay is not None
        export(running, BODIES["traces"])
        assert len(running.journalled()) == 1


def test_a_message_beyond_the_bound_on_the_wire_is_refused_for_good(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_body_bytes=1000)) as running:
        code, _, delay = refused(running, trace(span("a" * 1000)))
        assert (code, delay) == ("RESOURCE_EXHAUSTED", None)
        export(running, trace(span("a" * 800)))


def test_a_message_beyond_the_bound_after_decompression_is_refused_for_good(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_decompressed_bytes=1000)) as running:
        for encoding in ("gzip", "deflate"):
            code, _, delay = refused(running, trace(span("a" * 1000)), compression=COMPRESSIONS[encoding])
            assert (code, delay) == ("INVALID_ARGUMENT", None)
        assert running.grpc.counts.refused == {"too_large": 2}


def test_large_messages_pass(shared: Receiving) -> None:
    body = trace(*[span(f"{n}" * 300) for n in range(4000)])
    export(shared, body)
    export(shared, body, compression=grpc.Compression.Gzip)
    assert shared.journalled()[-1].expanded_bytes == len(body)


@pytest.mark.parametrize(
    ("verdict", "code"), [("unauthenticated", "UNAUTHENTICATED"), ("forbidden", "PERMISSION_DENIED")]
)
def test_who_may_not_send_is_told(tmp_path: Path, verdict: Verdict, code: str) -> None:
    asked: list[str | None] = []

    def authorise(authorization: str | None) -> Verdict:
        asked.append(authorization)
        return verdict

    with receiving(tmp_path, authorise=authorise) as running:
        assert refused(running, b"garbage", metadata=[("authorization", "Bearer x")])[0] == code
        assert running.journalled() == []
    assert asked == ["Bearer x"]


def test_who_may_not_send_keeps_nobody_waiting(tmp_path: Path) -> None:
    """More of them than there are threads open a call and send no message; the others are answered at once."""
    released = Event()
    with (
        receiving(tmp_path, authorise=lambda given: "allowed" if given else "unauthenticated") as running,
        channel(running) as opened,
    ):
        silent = [opened.stream_unary(METHODS["traces"]).future(iter(released.wait, True)) for _ in range(40)]
        assert export(running, BODIES["traces"], metadata=[("authorization", "Bearer x")]) == b""
        assert {each.exception(5).code().name for each in silent} == {"UNAUTHENTICATED"}
        released.set()


def test_an_unknown_method_is_not_there(shared: Receiving) -> None:
    with channel(shared) as opened, pytest.raises(grpc.RpcError) as caught:
        opened.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Import")(b"", timeout=5)
    error: Any = caught.value
    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_sender_that_goes_away_leaves_the_others_alone(shared: Receiving) -> None:
    with channel(shared) as opened:
        calls = [opened.unary_unary(METHODS["traces"]).future(trace(span(f"{n}"))) for n in range(50)]
        for each in calls[::2]:
            each.cancel()
        for each in calls[1::2]:
            assert each.result(20) == b""


def test_the_same_body_over_http_and_grpc_is_one(tmp_path: Path) -> None:
    with receiving(tmp_path) as running:
        export(running, BODIES["traces"])
        assert running.post(BODIES["traces"]).status == 200
        assert len(running.journalled()) == 1
        assert running.writer.status().duplicates == 1


def test_a_message_that_is_gzip_itself_is_undone(shared: Receiving) -> None:
    """As senders make it that compress by hand."""
    body = compressed(BODIES["logs"], "gzip")
    export(shared, body, "logs")
    assert (shared.journalled()[-1].encoding, shared.journalled()[-1].body) == ("gzip", body)
