"""What is refused, and that the words say what to do."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from asking import Api, api_over, problem
from echoline.config import ServerConfig
from echoline.queries.cursors import Cursor, encode
from kept import LAST_DAY

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("operations?since=yesterday", "since = 'yesterday' does not fit: Start of the window: RFC 3339"),
        ("operations?since=1h&until=2h", "not before"),
        ("operations?limit=0", "limit = '0': it should be greater than or equal to 1"),
        ("operations?limit=1001", "1000"),
        ("operations?limit=many", "limit"),
        ("operations?sort=speed", "'calls', 'errors', 'total'"),
        ("operations?kind=server", "kind = 'server': it should be 'UNSPECIFIED', 'INTERNAL', 'SERVER'"),
        ("operations?sevice=shop", "unknown parameter 'sevice'; did you mean 'service'?"),
        ("operations?xyz=1", "known are cursor, environment, kind"),
        ("operations?cursor=garbage", "cursor is damaged"),
        ("traces?attribute==5", "names no attribute"),
        ("traces?attribute=a>b", "no number"),
        ("traces?min_duration=fast", "min_duration = 'fast' does not fit: At least this long: 250ms"),
        ("traces?" + "attribute=a&" * 21, "20"),
        ("heat-map?step=0", "has a length"),
        ("heat-map?step=1s", "longer step"),
        ("differences", "nothing is selected"),
        ("logs?severity=LOUD", "severity"),
        ("logs?trace=xyz", "or at least 8 of its first digits"),
        ("logs/tail?last_event=1", "unknown parameter"),
        ("traces/123", "trace_id = '123' does not fit: Id of the trace"),
        ("operations/UPPER", "16 digits"),
        ("metrics/carts%2Fopen/series?function=p95", "does not fit a gauge"),
        ("metrics/carts%2Fopen/series?" + "by=a&by=b&by=c&by=d&by=e&by=f", "at most 5"),
        ("export/spans/2026-11-22", "signal"),
        ("export/traces/yesterday", "day"),
    ],
)
def test_a_bad_question_is_told_what_is_wrong(filled: Api, path: str, words: str) -> None:
    assert words in problem(filled.get(path), 400)


def test_a_cursor_of_another_question_is_refused(filled: Api) -> None:
    cursor = filled.json("operations", limit=1)["next"]
    assert "another question" in problem(filled.get("operations", params={"cursor": cursor, "service": "shop"}), 400)
    forged = encode(Cursor(LAST_DAY, (1, "x", "y")), "nothing")
    assert "another question" in problem(filled.get("operations", params={"cursor": forged}), 400)


def test_a_path_that_is_not_there_and_a_method_that_is_not_taken(filled: Api) -> None:
    assert "openapi.json" in problem(filled.get("nothing"), 404)
    answer = filled.send("PUT", "operations")
    assert "does not take PUT" in problem(answer, 405)
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize(
    ("host", "is_served"),
    [
        ("localhost:4319", True),
        ("127.0.0.1", True),
        ("[::1]:4319", True),
        ("echoline.example", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("", False),
    ],
)
def test_only_known_hosts_are_served(opened: "Engine", folder: Path, host: str, is_served: bool) -> None:
    """So that a page whose name was rebound to this machine gets nothing."""
    with api_over(opened, folder, server=ServerConfig(allowed_hosts=("echoline.example",))) as made:
        answer = made.get("/healthz", headers={"host": host})
    if is_served:
        assert answer.status_code == 200
    else:
        assert "server.allowed_hosts" in problem(answer, 421)


def test_pages_of_other_origins_may_change_nothing(own: Api) -> None:
    for origin in ("https://evil.example", "null", "http://localhost.evil.example"):
        answer = own.send("DELETE", "quarantine", headers={"origin": origin})
        assert "server.allowed_origins" in problem(answer, 403)
    for origin in ("http://localhost", "https://localhost"):
        assert own.send("DELETE", "quarantine", headers={"origin": origin}).status_code == 200


def test_pages_of_other_origins_may_not_read_unless_allowed(opened: "Engine", folder: Path) -> None:
    with api_over(opened, folder, server=ServerConfig(allowed_origins=("https://friend.example",))) as made:
        friend = made.get("config", headers={"origin": "https://friend.example"})
        stranger = made.get("config", headers={"origin": "https://evil.example"})
        asked = made.send("OPTIONS", "config", headers={"origin": "https://friend.example"})
    assert friend.headers["access-control-allow-origin"] == "https://friend.example"
    assert "access-control-allow-origin" not in stranger.headers
    assert (asked.status_code, asked.headers["access-control-allow-methods"]) == (204, "GET, POST, DELETE")


def test_a_body_has_a_bound(own: Api) -> None:
    answer = own.send("POST", "rules/test", content=b"x" * (5 << 20), headers={"content-type": "application/json"})
    assert "at most" in problem(answer, 413)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"folder": ""}', b'{"folder": "x", "more": 1}', b'{"folder": 5}'])
def test_a_body_must_be_what_is_described(own: Api, body: bytes) -> None:
    problem(own.send("POST", "backup", content=body, headers={"content-type": "application/json"}), 400)


def test_when_the_engine_is_away_that_is_said(own: Api) -> None:
    class Away:
        def query(self, *_: object, **__: object) -> None:
            from echoline.errors import Unavailable

            raise Unavailable("the engine is away", retry_after_s=2)

    object.__setattr__(own.parts, "engine", Away())
    answer = own.get("services")
    assert "away" in problem(answer, 503)
    assert answer.headers["retry-after"] == "2"
    assert own.get("/healthz").status_code == 200
    problem(own.get("/readyz"), 503)


def test_answers_carry_headers_that_keep_browsers_from_harm(filled: Api) -> None:
    for path in ("/", "services", "nothing"):
        headers = filled.get(path).headers
        assert (headers["x-content-type-options"], headers["cache-control"]) == ("nosniff", "no-store")
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


def test_probes_can_be_asked_without_a_body(filled: Api) -> None:
    assert [filled.send("HEAD", path).status_code for path in ("/healthz", "/readyz")] == [200, 200]


def test_the_page_loads_nothing_from_elsewhere(filled: Api) -> None:
    page = filled.get("/").text
    assert {each[:1] for each in re.findall(r'(?:src|href)="([^"]*)"', page)} == {"/"}
    assert "<script" not in page
    assert filled.get("/style.css").headers["content-type"].startswith("text/css")
    assert filled.get("/favicon.svg").headers["content-type"] == "image/svg+xml"


def test_the_page_says_where_to_send(filled: Api) -> None:
    assert "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4555 OTEL" in filled.get("/").text


class TestTokens:
    """From the first token on everybody needs one."""

    @pytest.fixture
    def secrets(self, own: Api) -> dict[str, str]:
        made: dict[str, str] = {}
        for scope in ("admin", "read", "ingest"):
            headers = self.bearer(made.get("admin", ""))
            answer = own.send("POST", "tokens", json={"name": scope, "scopes": [scope]}, headers=headers)
            made[scope] = answer.json()["secret"]
        return made

    @staticmethod
    def bearer(secret: str) -> dict[str, str]:
        return {"authorization": f"Bearer {secret}"}

    def test_without_one_nothing_is_told(self, own: Api, secrets: dict[str, str]) -> None:
        answer = own.get("services")
        assert "scope 'read'" in problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        problem(own.get("services", headers=self.bearer("echoline_wrong")), 401)
        assert own.get("/healthz").status_code == 200

    @pytest.mark.parametrize(
        ("path", "scope"),
        [("services", "read"), ("logs", "read"), ("tokens", "admin"), ("config", "admin"), ("quarantine", "admin")],
    )
    def test_each_scope_opens_its_own_doors(self, own: Api, secrets: dict[str, str], path: str, scope: str) -> None:
        for given, secret in secrets.items():
            answer: httpx.Response = own.get(path, headers=self.bearer(secret))
            if given == scope:
                assert answer.status_code == 200
            else:
                assert f"not the scope '{scope}'" in problem(answer, 403)

    def test_a_revoked_token_opens_nothing(self, own: Api, secrets: dict[str, str]) -> None:
        headers = self.bearer(secrets["admin"])
        ids: dict[str, str] = {each["name"]: each["id"] for each in own.get("tokens", headers=headers).json()["items"]}
        assert set(ids) == {"admin", "read", "ingest"}
        own.send("DELETE", f"tokens/{ids['read']}", headers=headers)
        problem(own.get("services", headers=self.bearer(secrets["read"])), 401)
        problem(own.send("DELETE", "tokens/unknown", headers=headers), 404)
