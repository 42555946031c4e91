import http.client
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from builders import compressed, counter, log, logs, metrics, point, span, trace
from echoline.config import ReceiveConfig
from echoline.journal.committed import write_committed
from echoline.journal.reader import read
from echoline.model.records import ENCODINGS, START, Encoding, Signal
from echoline.model.tokens import Verdict
from profile_builders import profiles, sample
from receiving import EVERYTHING, JSON, PROTOBUF, Receiving, receiving
from sending import PATHS

BODIES: dict[Signal, bytes] = {
    "traces": trace(span("GET /cart")),
    "logs": logs(log("cart saved")),
    "metrics": metrics(counter("carts", point(3))),
    "profiles": profiles(sample("main", "cart.total")),
}
JSON_BODIES: dict[Signal, bytes] = {
    "traces": b'{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"%s","spanId":"%s"}]}]}]}'
    % (b"1a" * 16, b"2b" * 8),
    "logs": b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"saved"}}]}]}]}',
    "metrics": b'{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"carts"}]}]}]}',
    "profiles": b'{"resourceProfiles":[{"scopeProfiles":[{"profiles":[{"samples":[]}]}]}],"dictionary":{}}',
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    """Receivers with the default settings, for tests that look at answers only."""
    with receiving(tmp_path_factory.mktemp("journal")) as running:
        yield running


def head_of(path: str, *headers: bytes) -> bytes:
    """The head of a request in JSON, as it stands on the wire."""
    first = (f"POST {path} HTTP/1.1".encode(), b"host: localhost", b"content-type: application/json")
    return b"\r\n".join((*first, *headers)) + b"\r\n\r\n"


def talk(port: int, *sent: bytes, timeout_s: float = 5) -> bytes:
    """Everything that comes back on one connection until it is silent for a moment or closed."""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout_s) as connection:
        for each in sent:
            connection.sendall(each)
        connection.settimeout(0.3)
        received = b""
        try:
            while more := connection.recv(65536):
                received += more
        except TimeoutError:
            pass
        return received


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("signal", BODIES)
def test_protobuf_is_journalled_as_it_came(tmp_path: Path, signal: Signal, encoding: Encoding) -> None:
    body = compressed(BODIES[signal], encoding)
    with receiving(tmp_path) as running:
        answer = running.post(body, PATHS[signal], {**PROTOBUF, "content-encoding": encoding})
        (request,) = running.journalled()
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert (request.signal, request.format, request.encoding, request.body) == (signal, "protobuf", encoding, body)
    assert request.received_ns == pytest.approx(time.time_ns(), abs=10e9)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("signal", JSON_BODIES)
def test_json_is_journalled_as_it_came(tmp_path: Path, signal: Signal, encoding: Encoding) -> None:
    body = compressed(JSON_BODIES[signal], encoding)
    with receiving(tmp_path) as running:
        headers = {"content-type": "application/json; charset=utf-8", "content-encoding": encoding.upper()}
        answer = running.post(body, PATHS[signal], headers)
        (request,) = running.journalled()
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["content-type"] == "application/json"
    assert (request.signal, request.format, request.encoding, request.body) == (signal, "json", encoding, body)


@pytest.mark.parametrize(("headers", "body"), [(PROTOBUF, b""), (JSON, b"{}"), (JSON, b'{"resourceSpans":[]}')])
def test_empty_requests_are_fine(shared: Receiving, headers: dict[str, str], body: bytes) -> None:
    assert shared.post(body, headers=headers).status == 200


def test_unknown_fields_are_ignored(shared: Receiving) -> None:
    assert shared.post(trace(span()) + b"\xa2\x06\x03abc").status == 200
    assert shared.post(b'{"resourceSpans":[{"new":{"x":[1]}}],"more":null}', headers=JSON).status == 200


# (what, method, path, headers, body, status, what the message names, a header that must be there)
REFUSALS: list[tuple[str, str, str, dict[str, str], bytes, int, str, str]] = [
    ("an unknown path", "POST", "/v1/trace", PROTOBUF, b"", 404, "/v1/traces", ""),
    ("the root", "GET", "/", {}, b"", 404, "/v1/logs", ""),
    ("a wrong method", "GET", "/v1/traces", {}, b"", 405, "POST", "allow"),
    ("another wrong method", "PUT", "/v1/logs", PROTOBUF, b"", 405, "POST", "allow"),
    ("no content type", "POST", "/v1/traces", {}, b"", 415, "application/x-protobuf", ""),
    ("plain text", "POST", "/v1/traces", {"content-type": "text/plain"}, b"a", 415, "application/json", ""),
    ("brotli", "POST", "/v1/traces", {**PROTOBUF, "content-encoding": "br"}, b"a", 415, "zstd", "accept-encoding"),
    (
        "two encodings",
        "POST",
        "/v1/logs",
        {**JSON, "content-encoding": "gzip, gzip"},
        b"",
        415,
        "gzip",
        "accept-encoding",
    ),
    ("garbage", "POST", "/v1/traces", PROTOBUF, b"garbage", 400, "no OTLP traces", ""),
    ("a cut body", "POST", "/v1/traces", PROTOBUF, BODIES["traces"][:-1], 400, "no OTLP traces", ""),
    ("trailing bytes", "POST", "/v1/traces", PROTOBUF, BODIES["traces"] + b"\x0f", 400, "no OTLP traces", ""),
    ("a trailing field of another type", "POST", "/v1/traces", PROTOBUF, BODIES["traces"] + b"\x08\1", 400, "type", ""),
    ("logs sent as traces", "POST", "/v1/traces", PROTOBUF, BODIES["logs"], 400, "Span.trace_id", ""),
    ("metrics sent as logs", "POST", "/v1/logs", PROTOBUF, BODIES["metrics"], 400, "another type", ""),
    ("traces sent as metrics", "POST", "/v1/metrics", PROTOBUF, BODIES["traces"], 400, "another type", ""),
    ("JSON sent as protobuf", "POST", "/v1/traces", PROTOBUF, JSON_BODIES["traces"], 400, "protobuf", ""),
    ("protobuf sent as JSON", "POST", "/v1/traces", JSON, BODIES["traces"], 400, "JSON", ""),
    ("no JSON", "POST", "/v1/traces", JSON, b"", 400, "JSON", ""),
    ("cut JSON", "POST", "/v1/traces", JSON, JSON_BODIES["traces"][:-1], 400, "JSON", ""),
    ("trailing JSON", "POST", "/v1/traces", JSON, b"{}{}", 400, "JSON", ""),
    ("a JSON list", "POST", "/v1/traces", JSON, b"[]", 400, "JSON", ""),
    ("JSON of other types", "POST", "/v1/traces", JSON, b'{"resourceSpans":{}}', 400, "JSON", ""),
    ("spans that are numbers", "POST", "/v1/traces", JSON, b'{"resourceSpans":[{"scopeSpans":[7]}]}', 400, "JSON", ""),
    ("deep JSON", "POST", "/v1/traces", JSON, b'{"a":' + b"[" * 100_000, 400, "JSON", ""),
    ("no gzip", "POST", "/v1/traces", {**PROTOBUF, "content-encoding": "gzip"}, b"abc", 400, "gzip", ""),
    ("empty gzip", "POST", "/v1/traces", {**PROTOBUF, "content-encoding": "gzip"}, b"", 400, "gzip", ""),
]


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "status", "named", "header"),
    [r[1:] for r in REFUSALS],
    ids=[r[0] for r in REFUSALS],
)
def test_what_can_never_pass_is_refused(
    shared: Receiving,
    method: str,
    path: str,
    headers: dict[str, str],
    body: bytes,
    status: int,
    named: str,
    header: str,
) -> None:
    """With a google.rpc.Status in the format of the request that names what is wrong, and nothing to try again."""
    before = len(shared.journalled())
    answer = shared.post(body, path, headers, method)
    assert answer.status == status
    if headers.get("content-type") == "application/x-protobuf":
        told: Any = Status.FromString(answer.body)
        message, code = told.message, told.code
    else:
        assert answer.headers["content-type"] == "application/json"
        said = json.loads(answer.body)
        message, code = said["message"], said["code"]
    assert named in message
    assert code == 3
    assert "retry-after" not in answer.headers
    assert not header or answer.headers[header]
    assert len(shared.journalled()) == before


def test_refusals_are_counted_by_reason(tmp_path: Path) -> None:
    with receiving(tmp_path) as running:
        running.post(b"garbage")
        running.post(b"", "/nowhere")
        running.post(b"", "/nowhere")
        assert running.http.counts.refused == {"malformed": 1, "path": 2}


def test_spans_without_usable_ids_are_told_and_the_rest_is_kept(shared: Receiving) -> None:
    body = trace(span("a"), span("b", trace_id=b"short"), span("c", span_id=bytes(8)), span("d", trace_id=bytes(16)))
    answer = shared.post(body)
    assert answer.status == 200
    told: Any = ExportTraceServiceResponse.FromString(answer.body).partial_success
    assert told.rejected_spans == 3
    assert "trace id" in told.error_message
    assert shared.journalled()[-1].body == body


def test_json_spans_without_usable_ids_are_told(shared: Receiving) -> None:
    spans = [{"traceId": "1A" * 16, "spanId": "2b" * 8}, {"traceId": "zz" * 16, "spanId": "2b" * 8}, {}]
    answer = shared.post(json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode(), headers=JSON)
    assert answer.status == 200
    assert json.loads(answer.body)["partialSuccess"]["rejectedSpans"] == "2"


def test_a_full_journal_is_told_with_a_delay_until_it_is_committed(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_journal_bytes=400, segment_bytes=1)) as running:
        assert running.post(trace(span("a"))).status == 200
        answer = running.post(trace(span("b" * 200)))
        assert answer.status == 429
        assert int(answer.headers["retry-after"]) >= 1
        assert Status.FromString(answer.body).code == 8
        write_committed(tmp_path, read(tmp_path, START, max_bytes=EVERYTHING)[-1].end)
        time.sleep(1.2)
        assert running.post(trace(span("b" * 200))).status == 200


def test_a_failing_disk_is_told_with_a_delay_until_it_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    with receiving(tmp_path) as running:
        with monkeypatch.context() as patch:
            patch.setattr(os, "fdatasync", broken)
            answer = running.post(JSON_BODIES["traces"], headers=JSON)
        assert answer.status == 503
        assert int(answer.headers["retry-after"]) >= 1
        assert json.loads(answer.body)["code"] == 14
        assert running.post(JSON_BODIES["traces"], headers=JSON).status == 200
        assert len(running.journalled()) == 1


def test_a_body_that_says_it_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_body_bytes=1000)) as running:
        head = head_of("/v1/traces", b"content-length: 1001")
        assert b" 413 " in talk(running.http_port, head).partition(b"\r\n")[0]


def test_a_stream_that_becomes_too_large_is_refused_at_the_bound(tmp_path: Path) -> None:
    with receiving(tmp_path, ReceiveConfig(max_body_bytes=1000)) as running:
        head = head_of("/v1/traces", b"transfer-encoding: chunked")
        part = b"200\r\n" + b"a" * 0x200 + b"\r\n"
        answer = talk(running.http_port, head, part, part)
        assert b" 413 " in answer.partition(b"\r\n")[0]
        assert running.http.counts.refused == {"too_large": 1}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_bound_after_decompression_is_the_largest_that_passes(tmp_path: Path, encoding: Encoding) -> None:
    body = trace(span("a" * 5000))
    headers = {**PROTOBUF, "content-encoding": encoding}
    with receiving(tmp_path, ReceiveConfig(max_decompressed_bytes=len(body))) as running:
        assert running.post(compressed(body, encoding), headers=headers).status == 200
        assert running.post(compressed(trace(span("a" * 5001)), encoding), headers=headers).status == 413


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_large_requests_pass(tmp_path: Path, encoding: Encoding) -> None:
    body = trace(*[span(f"{n}" * 300) for n in range(4000)])
    with receiving(tmp_path) as running:
        assert (
            running.post(compressed(body, encoding), headers={**PROTOBUF, "content-encoding": encoding}).status == 200
        )
        assert running.journalled()[0].expanded_bytes == len(body)


def test_more_bodies_at_once_than_may_be_held_are_busy(tmp_path: Path) -> None:
    head = head_of("/v1/traces", b"content-length: 900")
    with receiving(tmp_path, ReceiveConfig(max_queue_bytes=1000)) as running:
        with socket.create_connection(("127.0.0.1", running.http_port)) as slow:
            slow.sendall(head + b" " * 800)
            time.sleep(0.2)
            answer = running.post(b" " * 700 + b"{}", headers=JSON)
            assert (answer.status, answer.headers["retry-after"]) == (429, "1")
        time.sleep(0.1)
        assert running.post(b" " * 700 + b"{}", headers=JSON).status == 200
        assert running.http.counts.refused == {"busy": 1, "disconnected": 1}


def test_many_requests_come_on_one_connection_whatever_their_answers(shared: Receiving) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", shared.http_port, timeout=5)
    for body, status in [(BODIES["traces"], 200), (b"garbage" * 50_000, 400), (b"", 200), (BODIES["traces"], 200)]:
        connection.request("POST", "/v1/traces", body, PROTOBUF)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == status
    connection.close()


def test_a_chunked_body_is_joined(shared: Receiving) -> None:
    body = trace(span("in pieces"))
    connection = http.client.HTTPConnection("127.0.0.1", shared.http_port, timeout=5)
    connection.request("POST", "/v1/traces", iter([body[:5], body[5:9], body[9:]]), PROTOBUF, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert shared.journalled()[-1].body == body


def test_a_sender_that_goes_away_halfway_leaves_nothing(tmp_path: Path) -> None:
    head = head_of("/v1/traces", b"content-length: 500")
    with receiving(tmp_path) as running:
        for sent in (b"", b"POST /v1", head[:60], head, head + b"\n\x80"):
            with socket.create_connection(("127.0.0.1", running.http_port)) as connection:
                connection.sendall(sent)
        time.sleep(0.1)
        assert running.post(BODIES["traces"]).status == 200
        assert [request.body for request in running.journalled()] == [BODIES["traces"]]


def test_a_sender_that_waits_for_100_continue_gets_it(shared: Receiving) -> None:
    body = JSON_BODIES["logs"]
    head = head_of("/v1/logs", b"expect: 100-continue", b"content-length: %d" % len(body))
    with socket.create_connection(("127.0.0.1", shared.http_port), timeout=5) as connection:
        connection.sendall(head)
        assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
        connection.sendall(body)
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_sender_that_waits_with_too_much_is_refused_at_once(shared: Receiving) -> None:
    head = head_of("/v1/logs", b"expect: 100-continue", b"content-length: 999999999")
    answer = talk(shared.http_port, head)
    assert answer.startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    "garbage", [b"\0" * 100, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\0\1\0"]
)
def test_what_is_no_http_is_refused(shared: Receiving, garbage: bytes) -> None:
    assert talk(shared.http_port, garbage).startswith(b"HTTP/1.1 400 ")
    assert shared.post(b"").status == 200


def test_a_head_without_end_is_cut_off(shared: Receiving) -> None:
    with socket.create_connection(("127.0.0.1", shared.http_port), timeout=5) as connection:
        connection.sendall(b"POST /v1/logs HTTP/1.1\r\nx: ")
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            connection.sendall(b"a" * (64 << 20))


@pytest.mark.parametrize(("verdict", "status", "code"), [("unauthenticated", 401, 16), ("forbidden", 403, 7)])
def test_who_may_not_send_is_told_before_the_body_is_read(
    tmp_path: Path, verdict: Verdict, status: int, code: int
) -> None:
    asked: list[str | None] = []

    def authorise(authorization: str | None) -> Verdict:
        asked.append(authorization)
        return verdict

    with receiving(tmp_path, authorise=authorise) as running:
        answer = running.post(b"garbage", headers={**JSON, "authorization": "Bearer x"})
        assert (answer.status, json.loads(answer.body)["code"]) == (status, code)
        assert ("www-authenticate" in answer.headers) == (status == 401)
    assert asked == ["Bearer x"]
