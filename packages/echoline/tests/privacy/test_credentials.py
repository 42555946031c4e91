from echoline.privacy.credentials import find_connections, find_schemes


def test_only_the_password_of_a_url_is_taken() -> None:
    assert [one.secret for one in find_connections("redis://shop:p@ss@cache:6379/0")] == ["p@ss"]


def test_a_port_before_a_mail_address_is_no_password() -> None:
    assert list(find_connections("http://shop:8080?mail=a@b")) == []


def test_basic_needs_a_colon_under_its_base64() -> None:
    assert [one.secret for one in find_schemes("Basic Ym9iOnB3")] == ["Ym9iOnB3"]
    assert list(find_schemes("Basic aGVsbG8gd29ybGQ=")) == []


def test_words_behind_bearer_are_no_credential() -> None:
    assert list(find_schemes("Bearer authentication-required")) == []
