from echoline.privacy.tokens import find_jwts, find_private_keys, find_tokens

KEY = "AKIA" + "IOSFODNN7EXAMPLE"


def test_the_secret_behind_an_aws_key_goes_with_it() -> None:
    secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    text = f"{KEY}, aws_secret_access_key = {secret} end"
    assert [text[one.end :] for one in find_tokens(text)] == [" end"]


def test_a_token_goes_on_in_the_next_line_but_words_do_not() -> None:
    token = "glp" + "at-abcdefghij0123456789"
    found = list(find_tokens(f"{token}\n  abc123def was refused"))
    assert [one.secret for one in found] == [f"{token}\n  abc123def"]


def test_tokens_that_overlap_in_their_prefixes_are_found() -> None:
    token = "gh" + "p_" + "a1" * 18
    assert [one.secret for one in find_tokens("gho_" + token)] == [token]


def test_three_dotted_words_are_no_token_without_a_header() -> None:
    assert list(find_jwts("eyJhYmMiOjF9.eyJzdWIiOiIxIn0.c2ln")) == []


def test_a_key_that_is_cut_off_is_taken_to_its_end() -> None:
    text = "-----BEGIN PRIVATE " + "KEY-----\nMIIE\nabcd"
    assert [(one.start, one.end) for one in find_private_keys(text)] == [(0, len(text))]
