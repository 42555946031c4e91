"""OTLP/gRPC: the four export services on grpcio, whose handlers see the bytes as they came."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Semaphore
from typing import TYPE_CHECKING, Any, NoReturn

import grpc

from echoline.compression import is_gzip, is_zlib
from echoline.config import ReceiveConfig
from echoline.errors import BadConfig, EcholineError, Unavailable
from echoline.model.records import Encoding, Request, Signal
from echoline.model.tokens import Verdict
from echoline.receivers.otlp import answers
from echoline.receivers.otlp.answers import Refusal
from echoline.receivers.otlp.counts import Counts
from echoline.receivers.otlp.screening import Screened, screen, screen_small

if TYPE_CHECKING:  # it brings pyarrow, which the receiving process does without
    from echoline.kinds import Accept

_METHODS: dict[str, Signal] = {
    "/opentelemetry.proto.collector.trace.v1.TraceService/Export": "traces",
    "/opentelemetry.proto.collector.logs.v1.LogsService/Export": "logs",
    "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export": "metrics",
    "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export": "profiles",
}
# Each waits for the disk with its request in hand: they bound the memory, and one sync serves them all.
_THREADS = 16
# Large bodies are undone one after the other, so that bombs do not add up.
_LARGE_AT_ONCE = 1
_DISK_TIMEOUT_S = 30.0
# Calls that one sender may have open; it keeps further ones itself.
_STREAMS = 128
_CODES: dict[int, Any] = {code.value[0]: code for code in grpc.StatusCode}


class OtlpGrpc:
    """A gRPC server that acknowledges a request after the journal has it."""

    def __init__(
        self,
        accept: "Accept",
        config: ReceiveConfig,
        authorise: Callable[[str | None], Verdict],
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """`authorise` judges the metadata `authorization`; `clock` gives nanoseconds since 1970."""
        self._accept, self._config, self._authorise, self._clock = accept, config, authorise, clock
        self._large = Semaphore(_LARGE_AT_ONCE)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="otlp-grpc")
        self._exporters: dict[str, Any] = {
            method: grpc.unary_unary_rpc_method_handler(partial(self._export, signal))
            for method, signal in _METHODS.items()
        }
        self._server = grpc.server(self._threads, handlers=[_Door(self._open)], options=_options(config))
        self.counts = Counts()

    def listen(self, address: str) -> int:
        """Starts to serve at `host:port`; the real port. Raises BadConfig if the address cannot be had."""
        try:
            port: int = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise BadConfig(f"OTLP/gRPC cannot listen on {address}: {error}") from error
        self._server.start()
        return port

    def close(self, grace_s: float) -> None:
        """Takes no more requests, and waits at most this long for those that run."""
        self._server.stop(grace_s).wait()
        self._threads.shutdown()

    def _open(self, details: Any) -> Any:
        """The handler of a call, chosen before its message is read; None for a method that is not there."""
        authorization = dict(details.invocation_metadata).get("authorization")
        unauthorised = answers.unauthorised(self._authorise(authorization), "ingest")
        if unauthorised is None or details.method not in self._exporters:
            return self._exporters.get(details.method)
        # A handler of streams does not wait for a message, which may be long in coming.
        return grpc.stream_unary_rpc_method_handler(lambda _, context: self._abort(unauthorised, context))

    def _export(self, signal: Signal, body: bytes, context: Any) -> bytes:
        """Answers one request, or ends it with a status."""
        try:
            return self._take(signal, body)
        except EcholineError as error:
            self._abort(answers.refusal(error), context)

    def _take(self, signal: Signal, body: bytes) -> bytes:
        encoding = _encoding(body)
        screened = self._screen(signal, encoding, body)
        done = self._accept(Request(signal, "protobuf", encoding, body, self._clock(), screened.expanded_bytes))
        try:
            done.result(_DISK_TIMEOUT_S)
        except TimeoutError as error:
            raise Unavailable(f"the disk did not answer in {_DISK_TIMEOUT_S:g} s") from error
        if screened.structure.rejected:
            self.counts.reject(screened.structure.rejected)
        return answers.success_body(signal, "protobuf", screened.structure)

    def _screen(self, signal: Signal, encoding: Encoding, body: bytes) -> Screened:
        screened = screen_small(signal, "protobuf", encoding, body, self._config.max_decompressed_bytes)
        if screened is not None:
            return screened
        with self._large:
            return screen(signal, "protobuf", encoding, body, self._config.max_decompressed_bytes)

    def _abort(self, refusal: Refusal, context: Any) -> NoReturn:
        self.counts.refuse(refusal.reason)
        context.set_trailing_metadata((("grpc-status-details-bin", answers.refusal_details(refusal)),))
        context.abort(_CODES[refusal.code], refusal.message)
        raise AssertionError("abort raises")


class _Door(grpc.GenericRpcHandler):
    """What grpcio asks for the handler of a call."""

    def __init__(self, choose: Callable[[Any], Any]) -> None:
        self._choose = choose

    def service(self, handler_call_details: Any) -> Any:
        return self._choose(handler_call_details)


def _encoding(body: bytes) -> Encoding:
    """How a message is compressed. Both marks could only begin a protobuf message with a field that OTLP lacks."""
    if is_gzip(body):
        return "gzip"
    return "deflate" if is_zlib(body) else "identity"


def _options(config: ReceiveConfig) -> list[tuple[str, int]]:
    return [
        ("grpc.max_receive_message_length", config.max_body_bytes),
        # Messages stay compressed: so they go into the journal, and the bound on decompression is ours.
        ("grpc.per_message_decompression", 0),
        # Else two servers on one port share it silently.
        ("grpc.so_reuseport", 0),
        ("grpc.max_concurrent_streams", _STREAMS),
        # A stopped sender must not hold a thread for good; one that pings often is not sent away.
        ("grpc.keepalive_time_ms", 60_000),
        ("grpc.keepalive_timeout_ms", 20_000),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.min_recv_ping_interval_without_data_ms", 5_000),
    ]
