from dataclasses import replace
from pathlib import Path

import pytest

from echoline import tokens_file
from echoline.config import ServerConfig, Settings
from echoline.errors import BadConfig
from echoline.model.tokens import SCOPES, Scope, TokenHash, Verdict
from echoline.tokens_file import Authority, check_reachable, is_loopback, owner_token, publish, read, sha256

INGEST = TokenHash(sha256("secret"), ("ingest",))


def test_what_is_published_is_private_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    publish(path, [INGEST])
    assert read(path) == (INGEST,)
    assert path.stat().st_mode & 0o777 == 0o600
    assert b"secret" not in path.read_bytes()


# Authorization header, scope, verdict.
HEADERS: list[tuple[str | None, Scope, Verdict]] = [
    ("Bearer secret", "ingest", "allowed"),
    ("bearer  secret ", "ingest", "allowed"),
    ("Bearer secret", "read", "forbidden"),
    ("Bearer secret", "admin", "forbidden"),
    ("Bearer Secret", "ingest", "unauthenticated"),
    ("Bearer secre", "ingest", "unauthenticated"),
    ("Bearer", "ingest", "unauthenticated"),
    ("Basic secret", "ingest", "unauthenticated"),
    ("secret", "ingest", "unauthenticated"),
    ("Bearer \xff", "ingest", "unauthenticated"),
    ("", "ingest", "unauthenticated"),
    (None, "ingest", "unauthenticated"),
]


@pytest.mark.parametrize(("header", "scope", "verdict"), HEADERS)
@pytest.mark.parametrize("is_open", [True, False])
def test_one_token_closes_all_to_those_without(
    tmp_path: Path, header: str | None, scope: Scope, verdict: Verdict, is_open: bool
) -> None:
    publish(tmp_path / "tokens.json", [INGEST])
    assert Authority(tmp_path / "tokens.json", is_open=is_open).verdict(header, scope) == verdict


@pytest.mark.parametrize(("is_open", "verdict"), [(True, "allowed"), (False, "unauthenticated")])
def test_without_any_token_only_loopback_is_open(tmp_path: Path, is_open: bool, verdict: Verdict) -> None:
    assert Authority(tmp_path / "tokens.json", is_open=is_open).verdict(None, "admin") == verdict


def test_the_file_is_followed(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    authority = Authority(path, is_open=False)
    verdicts = []
    for tokens in ([], [INGEST], [], [INGEST]):
        publish(path, tokens)
        verdicts.append(authority.verdict("Bearer secret", "ingest"))
    assert verdicts == ["unauthenticated", "allowed", "unauthenticated", "allowed"]


def test_a_damaged_file_stops_the_start_but_changes_nothing_later(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    publish(path, [INGEST])
    authority = Authority(path, is_open=True)
    path.write_text("{")
    assert authority.verdict("Bearer secret", "ingest") == "allowed"
    assert authority.verdict(None, "ingest") == "unauthenticated"
    with pytest.raises(BadConfig, match=r"tokens\.json"):
        Authority(path, is_open=True)


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("127.0.0.1.evil.example", False),
    ],
)
def test_loopback_is_what_only_this_machine_reaches(tmp_path: Path, host: str, is_ours: bool) -> None:
    """Elsewhere the start needs a token of the scope."""
    settings = Settings(data_dir=tmp_path, server=ServerConfig(host=host))
    assert is_loopback(host) is is_ours
    if is_ours:
        check_reachable(settings, "ingest")
        return
    with pytest.raises(BadConfig, match=r"'server\.host'"):
        check_reachable(settings, "ingest")
    publish(tokens_file.path_in(tmp_path), [replace(INGEST, scopes=("read",))])
    with pytest.raises(BadConfig, match="scope 'ingest'"):
        check_reachable(settings, "ingest")
    publish(tokens_file.path_in(tmp_path), [INGEST])
    check_reachable(settings, "ingest")


def test_the_owner_of_the_folder_may_do_everything(tmp_path: Path) -> None:
    publish(tmp_path / "tokens.json", [INGEST])
    authority = Authority(tmp_path / "tokens.json", is_open=False)
    header = f"Bearer {owner_token(tmp_path)}"
    assert {authority.verdict(header, scope) for scope in SCOPES} == {"allowed"}
    assert authority.verdict(f"{header}x", "read") == "unauthenticated"


def test_the_token_of_the_owner_stays_and_is_private(tmp_path: Path) -> None:
    made = owner_token(tmp_path)
    assert owner_token(tmp_path) == made
    assert [(each.name, each.stat().st_mode & 0o777) for each in tmp_path.iterdir()] == [("owner-token", 0o600)]
