import pytest

from echoline.privacy.key_names import exempt_kinds, secret_kind, words


@pytest.mark.parametrize(
    "name", ["user_password", "userPassword", "USER-PASSWORD", "user.password", "UserPassword", "user/password2"]
)
def test_names_are_read_in_any_spelling(name: str) -> None:
    assert words(name) == ["user", "password"]
    assert secret_kind(name) == "secret"


def test_an_abbreviation_ends_where_the_next_word_begins() -> None:
    assert words("HTTPAuthToken") == ["http", "auth", "token"]


@pytest.mark.parametrize(
    ("name", "kind"), [("http.request.header.cookie", "cookie"), ("Proxy-Authorization", "authorization"), ("", None)]
)
def test_cookies_and_authorizations_have_kinds_of_their_own(name: str, kind: str | None) -> None:
    assert secret_kind(name) == kind


def test_what_only_tells_about_a_secret_is_innocent() -> None:
    assert [name for name in ("token_count", "max_tokens", "secret.arn", "hasPassword") if secret_kind(name)] == []


def test_the_last_word_counts_also_behind_an_innocent_one() -> None:
    assert secret_kind("password_reset_token") == "secret"


def test_versions_and_own_addresses_are_no_addresses_of_people() -> None:
    assert "ip" in exempt_kinds("service.version")
    assert "ip" in exempt_kinds("server.address")
    assert exempt_kinds("client.address") == frozenset()


def test_ids_of_traces_are_no_cards() -> None:
    assert exempt_kinds("otelTraceID") == {"card", "cpf"}
