"""Contents by id, through one git that lives long."""

import subprocess

import pytest

from echoline.config import SourceConfig
from echoline.errors import BadInput
from made_repository import MadeRepository
from source.conftest import read

NOWHERE = "1" * 40


def ids(made: MadeRepository) -> dict[str, str]:
    lines = (line.split() for line in made.git("ls-tree", "-r", "HEAD").splitlines())
    return {path: blob for _, _, blob, path in lines}


def test_contents_come_in_the_order_asked(made: MadeRepository) -> None:
    made.commit("many", {f"{n}.txt": f"text {n}\n" * n for n in range(300)})
    by_path = ids(made)
    asked = [by_path[f"{n}.txt"] for n in reversed(range(300))]
    blobs = read(made).blobs
    assert [content for _, content in blobs.many(asked)] == [f"text {n}\n".encode() * n for n in reversed(range(300))]


def test_what_is_missing_or_too_large_is_none_and_the_next_one_is_read(made: MadeRepository) -> None:
    made.commit("two", {"large": "x" * 5000, "small": "y"})
    by_path = ids(made)
    blobs = read(made, SourceConfig(max_file_bytes=100)).blobs
    found = blobs.many([by_path["large"], NOWHERE, by_path["small"]])
    assert [content for _, content in found] == [None, None, b"y"]


def test_a_git_that_died_is_started_anew(made: MadeRepository) -> None:
    made.commit("one", {"a": "y"})
    blobs = read(made).blobs
    blob = ids(made)["a"]
    assert blobs.read(blob) == b"y"
    process = blobs._process
    assert isinstance(process, subprocess.Popen)
    process.kill()
    process.wait()
    assert blobs.read(blob) == b"y"
    blobs.close()


def test_only_ids_reach_git(made: MadeRepository) -> None:
    with pytest.raises(BadInput, match="no id"):
        read(made).blobs.read("HEAD:a\nHEAD:b")
