"""Copies of repositories with a URL: cloned, fetched, and nothing that was seen is lost."""

import base64
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from echoline.config import RepositoryConfig, SourceConfig
from echoline.errors import Unavailable
from echoline.source.clones import bring_up_to_date, clone_folder, fetched_s, is_due
from echoline.source.repositories import OpenRepository, open_repository
from echoline.source.resolving import is_known, resolve
from made_repository import MadeRepository

ENVIRON = {"PATH": "/usr/bin:/bin:/usr/local/bin"}
BOUNDS = SourceConfig()


def copied(made: MadeRepository, data_dir: Path) -> tuple[OpenRepository, tuple[str, ...]]:
    given = RepositoryConfig(url=f"file://{made.folder}")
    rewritten = bring_up_to_date(given, data_dir, BOUNDS, ENVIRON)
    return open_repository(given, data_dir, BOUNDS, ENVIRON), rewritten


def test_a_url_is_cloned_then_fetched(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first", {"a.py": "x = 1\n"})
    made.git("tag", "v1")
    repository, _ = copied(made, tmp_path / "data")
    assert repository.branch() == "main"
    second = made.commit("second", {"a.py": "x = 2\n"})
    again, rewritten = copied(made, tmp_path / "data")
    assert (again.newest(), resolve(again.git, "v1") != second, rewritten) == (second, True, ())
    assert again.blobs.read(again.git.text("rev-parse", "HEAD:a.py")) == b"x = 2\n"


def test_the_default_branch_is_that_of_the_other_side(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "code", branch="trunk")
    made.commit("first")
    made.git("branch", "another")
    repository, _ = copied(made, tmp_path / "data")
    assert repository.branch() == "trunk"


def test_a_rewritten_branch_is_told_and_what_it_had_stays_readable(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first", {"a": "1"})
    lost = made.commit("lost", {"a": "2"})
    copied(made, tmp_path / "data")
    made.git("reset", "--quiet", "--hard", "HEAD~1")
    new = made.commit("instead", {"a": "3"})
    repository, rewritten = copied(made, tmp_path / "data")
    repository.git.run("prune", "--expire=now")
    assert (rewritten, repository.newest(), is_known(repository.git, lost)) == (("main",), new, True)


def test_large_files_are_read_only_when_asked_for(made: MadeRepository, tmp_path: Path) -> None:
    made.git("config", "uploadpack.allowFilter", "true")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    made.commit("large", {"large.txt": "x" * (2 << 20), "a.py": "x = 1\n"})
    repository, _ = copied(made, tmp_path / "data")
    size = sum(file.stat().st_size for file in clone_folder(tmp_path / "data", f"file://{made.folder}").rglob("*"))
    made.git("gc", "--quiet")
    assert repository.blobs.read(repository.git.text("rev-parse", "HEAD:large.txt")) is None
    assert repository.blobs.read(repository.git.text("rev-parse", "HEAD:a.py")) == b"x = 1\n"
    assert size < 1 << 20


def test_a_failed_fetch_leaves_the_copy_usable(made: MadeRepository, tmp_path: Path) -> None:
    first = made.commit("first")
    repository, _ = copied(made, tmp_path / "data")
    made.folder.rename(tmp_path / "moved")
    with pytest.raises(Unavailable, match="cannot be fetched"):
        copied(made, tmp_path / "data")
    assert repository.newest() == first


class Refusing(BaseHTTPRequestHandler):
    """Lets nobody in, and remembers with what they tried."""

    seen: ClassVar[list[str]]

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization", ""))
        self.send_response(403)
        self.end_headers()

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def refusing() -> Iterator[tuple[str, list[str]]]:
    Refusing.seen = []
    with HTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/shop.git", Refusing.seen
        server.shutdown()
        thread.join()


def test_the_token_reaches_the_server_and_nothing_else(refusing: tuple[str, list[str]], tmp_path: Path) -> None:
    url, seen = refusing
    environ = ENVIRON | {"SHOP_TOKEN": "s3cr3t"}
    given = RepositoryConfig(url=url, token_variable="SHOP_TOKEN")
    with pytest.raises(Unavailable, match="SHOP_TOKEN") as caught:
        bring_up_to_date(given, tmp_path, BOUNDS, environ)
    secret = base64.b64encode(b"x-access-token:s3cr3t").decode()
    assert seen[0] == f"Basic {secret}"
    assert "s3cr3t" not in str(caught.value)
    kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"s3cr3t" not in kept
    assert secret.encode() not in kept


def test_a_private_one_without_a_token_says_where_to_put_it(refusing: tuple[str, list[str]], tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="needs a token in the variable ECHOLINE_GIT_TOKEN"):
        bring_up_to_date(RepositoryConfig(url=refusing[0]), tmp_path, BOUNDS, ENVIRON)


def test_a_copy_is_due_after_the_interval(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    url = f"file://{made.folder}"
    assert is_due(tmp_path, url, 60)
    copied(made, tmp_path)
    last = fetched_s(tmp_path, url)
    assert last is not None
    assert (is_due(tmp_path, url, 60, last + 59), is_due(tmp_path, url, 60, last + 60)) == (False, True)
