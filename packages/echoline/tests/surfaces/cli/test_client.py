import json
from dataclasses import dataclass
from typing import Any

import pytest

from echoline.errors import BadConfig, BadInput, Busy, EcholineError, Unavailable
from echoline.surfaces.cli.client import Server
from surfaces.cli.conftest import Api


@dataclass(frozen=True)
class Thing:
    name: str
    counts: tuple[int, ...] = ()


def test_an_answer_becomes_its_dataclass_and_unknown_fields_are_left_out(api: Api) -> None:
    api.answer = (200, b'{"name": "a", "counts": [1, 2], "newer": true}')
    assert Server(api.url).get("things", Thing) == Thing("a", (1, 2))


def test_parameters_are_escaped_lists_repeated_and_nothing_left_out(api: Api) -> None:
    api.answer = (200, b'{"name": "a"}')
    params: dict[str, Any] = {"text": ["a b", "ü&"], "limit": 5, "entry": True, "since": None, "kind": []}
    Server(f"{api.url}/", "secret").get("things/x%2Fy", Thing, params)
    assert api.asked == [
        ("GET", "/api/v1/things/x%2Fy?text=a+b&text=%C3%BC%26&limit=5&entry=true", "Bearer secret", b"")
    ]


def test_a_body_is_sent_as_json(api: Api) -> None:
    api.answer = (201, b'{"name": "a"}')
    assert Server(api.url).send("POST", "things", Thing, {"name": "b"}) == Thing("a")
    assert json.loads(api.asked[0][3]) == {"name": "b"}


@pytest.mark.parametrize(
    ("status", "content", "error", "words"),
    [
        (400, b'{"detail": "since = \'x\' is no time"}', BadInput, "since = 'x' is no time"),
        (404, b'{"detail": "no such trace"}', BadInput, "no such trace"),
        (422, b'{"detail": [{"loc": ["query", "limit"], "msg": "too large"}]}', BadInput, "limit"),
        (401, b"{}", BadConfig, "wants a token; set ECHOLINE_TOKEN or give --token"),
        (403, b'{"detail": "scope admin"}', BadConfig, "refuses: scope admin"),
        (429, b'{"detail": "full"}', Busy, "is busy: full"),
        (503, b"gone", Unavailable, "failed: gone"),
        (200, b"<html>", Unavailable, "is no Echoline of this version"),
    ],
)
def test_each_failure_is_one_of_the_four(
    api: Api, status: int, content: bytes, error: type[EcholineError], words: str
) -> None:
    api.answer = (status, content)
    with pytest.raises(error) as raised:
        Server(api.url).get("things", Thing)
    assert words in str(raised.value)


def test_nobody_there_is_told_with_the_address() -> None:
    with pytest.raises(Unavailable, match=r"no Echoline answers at http://127.0.0.1:1: connection refused"):
        Server("http://127.0.0.1:1").get("things", Thing)


@pytest.mark.parametrize("url", ["localhost:4319", "ftp://x", ""])
def test_an_address_that_is_none_is_bad_usage(url: str) -> None:
    with pytest.raises(BadConfig, match="expected one like http://127"):
        Server(url).get("things", Thing)


def test_a_proxy_of_the_environment_is_not_asked_about_this_machine(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    api.answer = (200, b'{"name": "a"}')
    assert Server(api.url).get("things", Thing) == Thing("a")


def test_the_port_that_takes_otlp_is_told_from_the_api(api: Api) -> None:
    api.answer = (404, b'{"code": 5, "message": "there is nothing at /api/v1/things; OTLP goes to /v1/traces"}')
    with pytest.raises(BadInput, match=f"{api.url} takes OTLP; the API has a port of its own, usually 4319"):
        Server(api.url).get("things", Thing)
