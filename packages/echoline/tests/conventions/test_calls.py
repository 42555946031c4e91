import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from echoline.conventions.calls import called, templated


def name(method: str = "GET", url: str = "", template: str = "", host: str = "", path: str = "") -> str:
    columns = (pa.array([text], pa.string()) for text in (method, url, template, host, path))
    return str(called(*columns)[0])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.github.com/repos/hay-kot/mealie", "GET api.github.com/repos/hay-kot/mealie"),
        ("http://shop.example:8080/users/123/orders/7?x=1#y", "GET shop.example:8080/users/{id}/orders/{id}"),
        (
            "https://u:p@s3.eu-west-1.example:443/b/7f3a9b2c-1111-2222-3333-444455556666",
            "GET s3.eu-west-1.example/b/{id}",
        ),
        ("http://localhost:8000/", "GET localhost:8000/"),
        ("http://10.0.3.17/health", "GET {ip}/health"),
        ("http://h", "GET h"),
        ("http://h/a/b/c/d/e/f/g/h/i", "GET h/a/b/c/d/e/f/g/h/…"),
    ],
)
def test_a_call_is_named_by_host_and_path(url: str, expected: str) -> None:
    assert name(url=url) == expected


def test_what_is_told_best_wins() -> None:
    assert name(url="http://h/users/bob", template="/users/:name") == "GET h/users/{name}"
    assert name(url="no url", host="db", path="/x/5") == "GET db/x/{id}"
    assert name("BREW") == "HTTP"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/oauth2/2fa/s3/utf8", "/v1/oauth2/2fa/s3/utf8"),
        ("/v2.1/eu-west-1", "/v2.1/eu-west-1"),
        ("/users/bob@example.org", "/users/{id}"),
        ("/catalogue/cryptonomicon_14/", "/catalogue/{id}/"),
        ("/a/0f8fad5b", "/a/{id}"),
        ("/a/" + "x" * 41, "/a/{id}"),
        ("", ""),
    ],
)
def test_segments_that_look_like_ids_leave_paths(path: str, expected: str) -> None:
    assert templated(pa.array([path])).to_pylist() == [expected]


@given(st.lists(st.text(st.sampled_from("a1/-.{}@"), max_size=30), max_size=5))
def test_each_path_is_spelled_on_its_own_and_once(paths: list[str]) -> None:
    once = templated(pa.array(paths, pa.string()))
    assert once.to_pylist() == [templated(pa.array([path])).to_pylist()[0] for path in paths]
    assert templated(once).to_pylist() == once.to_pylist()


def test_hostile_urls_are_read_in_bounded_time() -> None:
    began = time.process_time()
    for piece in ("/", "/1", "a", ":", "@", "1/a", "{"):
        name(url="http://h" + piece * 60_000)
        name(url=piece * 60_000, path=piece * 60_000)
    assert time.process_time() - began < 1
