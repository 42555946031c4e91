"""Sending keeps off a receiver that does not want profiles, and never raises."""

import pytest

from echoline_agent.profiling.sending import LOGS_PATH, PROFILES_PATH, Sender, Target, target
from profiling_receiver import receiving


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_receiver_without_profiles_is_asked_again_ten_minutes_later() -> None:
    clock = Clock()
    with receiving(status=404) as receiver:
        sender = Sender(Target(receiver.url + PROFILES_PATH), clock)
        assert [sender.send(b"") for _ in range(3)] == [False] * 3
        assert len(receiver.requests) == 1
        receiver.status = 200
        clock.now += 601
        assert sender.send(b"")
    assert sender.refused == 3


def test_a_busy_receiver_gets_longer_and_longer_pauses() -> None:
    clock = Clock()
    with receiving(status=503) as receiver:
        sender = Sender(Target(receiver.url + PROFILES_PATH), clock)
        asked = []
        for second in range(200):
            clock.now = 1_000.0 + second
            if not sender.is_paused():
                sender.send(b"")
                asked.append(second)
    assert asked == [0, 10, 30, 70, 150]


def test_nobody_there_is_no_error() -> None:
    with receiving() as receiver:
        url = receiver.url
    assert not Sender(Target(url + PROFILES_PATH)).send(b"")
    assert not Sender(Target("gopher://nowhere")).send(b"")


@pytest.mark.parametrize(
    ("environ", "url"),
    [
        ({}, "http://127.0.0.1:4318/v1development/profiles"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otel.example/"}, "https://otel.example/v1development/profiles"),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:1/v1/traces"}, "http://a:1/v1development/profiles"),
        ({"OTEL_EXPORTER_OTLP_PROFILES_ENDPOINT": "http://a:1/p", "OTEL_TRACES_EXPORTER": "console"}, "http://a:1/p"),
        ({"OTEL_TRACES_EXPORTER": "none"}, None),
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, None),
    ],
)
def test_opentelemetrys_variables_name_the_target(environ: dict[str, str], url: str | None) -> None:
    found = target("profiles", PROFILES_PATH, environ)
    assert (found.url if found else None) == url


def test_headers_go_along() -> None:
    found = target("logs", LOGS_PATH, {"OTEL_EXPORTER_OTLP_HEADERS": "authorization=Bearer%20abc, x-team = shop"})
    assert found == Target("http://127.0.0.1:4318/v1/logs", {"authorization": "Bearer abc", "x-team": "shop"})
