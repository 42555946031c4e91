"""Sends export requests over OTLP/gRPC. Kept apart from the HTTP sender because grpc is slow to import."""

from dataclasses import dataclass, field
from typing import Any

import grpc

from echoline.model.records import Signal
from echoline.surfaces.cli.replay.answers import Answer, Away, Refused, acknowledged

TIMEOUT_S = 30.0
METHODS: dict[Signal, str] = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
    "profiles": "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
}
# The OTLP specification's list of what is worth another try.
RETRYABLE = {
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.ABORTED,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DATA_LOSS,
}


@dataclass
class OtlpGrpc:
    """One receiver. `target` is its host:port, without TLS."""

    target: str
    token: str | None = None
    _channel: Any = field(default=None, repr=False)

    def send(self, signal: Signal, body: bytes) -> Answer:
        """Calls Export with the recorded bytes as they are and waits for the answer."""
        if self._channel is None:
            self._channel = grpc.insecure_channel(self.target, options=[("grpc.max_send_message_length", -1)])
        export = self._channel.unary_unary(METHODS[signal], None, None)
        metadata = [("authorization", f"Bearer {self.token}")] if self.token else []
        try:
            return acknowledged(export(body, timeout=TIMEOUT_S, metadata=metadata))
        except grpc.RpcError as error:
            words = f"{error.code().name} {error.details()}"
            return Away(words) if error.code() in RETRYABLE else Refused(words)

    def close(self) -> None:
        """Lets go of the channel; the next send makes another."""
        if self._channel is not None:
            self._channel.close()
            self._channel = None
