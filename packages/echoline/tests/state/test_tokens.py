from collections.abc import Iterator
from pathlib import Path

import pytest

from echoline import tokens_file
from echoline.errors import BadInput, Unavailable
from echoline.state.database import Database
from echoline.state.tokens import Tokens
from echoline.tokens_file import Authority


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "state.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def tokens(database: Database, tmp_path: Path) -> Tokens:
    ticks = iter(range(1, 100))
    return Tokens(database, tokens_file.path_in(tmp_path), clock=lambda: next(ticks))


def test_a_new_token_lets_in_where_its_scopes_reach(tokens: Tokens, tmp_path: Path) -> None:
    token, secret = tokens.create("ci", ["read", "ingest"])
    assert (token.name, token.scopes, token.revoked_ns) == ("ci", ("ingest", "read"), None)
    authority = Authority(tokens_file.path_in(tmp_path), is_open=False)
    verdicts = [authority.verdict(f"Bearer {secret}", scope) for scope in ("ingest", "read", "admin")]
    assert verdicts == ["allowed", "allowed", "forbidden"]


def test_a_revoked_token_ends_at_once(tokens: Tokens, tmp_path: Path) -> None:
    token, secret = tokens.create("ci", ["ingest"])
    _, other = tokens.create("other", ["ingest"])
    authority = Authority(tokens_file.path_in(tmp_path), is_open=True)
    tokens.revoke(token.id)
    assert authority.verdict(f"Bearer {secret}", "ingest") == "unauthenticated"
    assert authority.verdict(f"Bearer {other}", "ingest") == "allowed"


def test_tokens_are_listed_with_what_became_of_them(tokens: Tokens) -> None:
    first, _ = tokens.create("first", ["ingest"])
    tokens.create("second", ["admin"])
    tokens.revoke(first.id)
    revoked_at = tokens.all()[0].revoked_ns
    tokens.revoke(first.id)
    assert [(each.name, each.scopes, each.revoked_ns) for each in tokens.all()] == [
        ("first", ("ingest",), revoked_at),
        ("second", ("admin",), None),
    ]


def test_secrets_are_kept_nowhere(tokens: Tokens, tmp_path: Path) -> None:
    secrets = [tokens.create(f"{n}", ["ingest"])[1] for n in range(3)]
    assert len(set(secrets)) == 3
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert not any(secret.encode() in kept for secret in secrets)


@pytest.mark.parametrize(
    ("name", "scopes"),
    [("a", []), ("a", ["write"]), ("a", ["read", ""]), ("", ["read"]), (" ", ["read"]), ("a" * 101, ["read"])],
)
def test_a_token_without_name_or_known_scope_is_not_made(tokens: Tokens, name: str, scopes: list[str]) -> None:
    with pytest.raises(BadInput):
        tokens.create(name, scopes)
    assert tokens.all() == []


def test_revoking_what_is_not_there_is_told(tokens: Tokens) -> None:
    with pytest.raises(BadInput, match="no token 'ffff'"):
        tokens.revoke("ffff")


def test_a_token_that_cannot_be_published_is_not_made(database: Database, tmp_path: Path) -> None:
    tokens = Tokens(database, tmp_path / "none" / "tokens.json")
    with pytest.raises(Unavailable):
        tokens.create("ci", ["ingest"])
    assert tokens.all() == []


def test_a_lost_file_is_published_again(tokens: Tokens, tmp_path: Path) -> None:
    tokens.create("ci", ["ingest"])
    path = tokens_file.path_in(tmp_path)
    before = path.read_bytes()
    path.unlink()
    tokens.publish()
    assert path.read_bytes() == before
