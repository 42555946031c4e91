"""Whose OpenTelemetry is used: releases are never mixed."""

import pytest

from echoline_agent.compatibility import Bundle, Verdict, judge

SET = {
    "opentelemetry-api": "1.45.1",
    "opentelemetry-sdk": "1.45.1",
    "opentelemetry-instrumentation": "0.66b1",
    "opentelemetry-exporter-otlp-proto-http": "1.45.1",
}
BUNDLE = Bundle({**SET, "protobuf": "7.36.2", "requests": "2.34.2"}, {"protobuf": ">=5.0,<8.0", "requests": "~=2.7"})


@pytest.mark.parametrize(
    ("there", "use"),
    [
        ({}, "bundle"),
        ({"protobuf": "6.33.1"}, "bundle"),
        ({"opentelemetry-api": "1.20.0"}, "bundle alone"),
        ({"opentelemetry-api": "1.50.0"}, "bundle"),
        (dict(BUNDLE.distributions), "own"),
        (SET, "bundle"),
        (
            {name: version.replace("1.45.1", "1.38.0").replace("0.66b1", "0.59b0") for name, version in SET.items()},
            "own",
        ),
    ],
)
def test_what_is_there_decides(there: dict[str, str], use: str) -> None:
    assert judge(there, BUNDLE).use == use


def test_a_library_that_both_would_share_must_fit() -> None:
    assert judge({"protobuf": "3.20.3"}, BUNDLE) == Verdict(
        "nothing", "its protobuf 3.20.3 is too old or too new for OpenTelemetry's exporters", ("protobuf>=5.0,<8.0",)
    )


def test_an_sdk_without_what_the_agent_needs_says_what_to_install_of_its_release() -> None:
    verdict = judge({"opentelemetry-api": "1.40.0", "opentelemetry-sdk": "1.40.0"}, BUNDLE)
    assert verdict.use == "nothing"
    assert verdict.install == (
        "opentelemetry-sdk==1.40.0",
        "opentelemetry-exporter-otlp-proto-http",
        "opentelemetry-instrumentation",
    )
