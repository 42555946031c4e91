"""Calls of git run nothing of a repository, hide tokens, and end."""

import time
from pathlib import Path

import pytest

from echoline.errors import BadInput, Unavailable
from echoline.source.git import Git
from made_repository import MadeRepository


def test_nothing_that_the_repository_configures_is_run(made: MadeRepository, tmp_path: Path) -> None:
    trap, sprung = tmp_path / "trap.sh", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\n")
    trap.chmod(0o755)
    made.commit("first", {"a.txt": "1\n", ".gitattributes": "*.txt diff=trap\n"})
    second = made.commit("second", {"a.txt": "2\n"})
    for name in ("core.fsmonitor", "diff.external", "diff.trap.textconv", "diff.trap.command", "core.pager"):
        made.git("config", name, str(trap))
    (made.folder / "a.txt").write_text("3\n")
    git = Git(made.folder)
    assert "a.txt" in git.text("status", "--porcelain")
    assert "+2" in git.text("diff-tree", "-p", "--no-ext-diff", "--no-textconv", second)
    assert not sprung.exists()


def test_the_token_is_in_no_argument_and_in_no_message() -> None:
    git = Git(Path("/"), environ={"PATH": "/usr/bin"}, remote="https://code.example/shop.git", token="s3cr3t")
    assert [word for word in git.command("fetch") if "s3cr3t" in word] == []
    assert git.environ()["GIT_CONFIG_KEY_0"] == "http.https://code.example/.extraHeader"
    with pytest.raises(BadInput) as caught:
        git.run("rev-parse", "--verify", "s3cr3t")
    assert "s3cr3t" not in str(caught.value)


def test_only_a_remote_that_was_named_is_spoken_to(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first", {"a": "1"})
    other = MadeRepository(tmp_path / "other")
    with pytest.raises(BadInput, match="not allowed"):
        Git(other.folder).run("fetch", f"file://{made.folder}", "main")
    Git(other.folder, remote=f"file://{made.folder}").run("fetch", f"file://{made.folder}", "main")


def test_a_call_that_takes_too_long_ends(made: MadeRepository) -> None:
    started = time.monotonic()
    with pytest.raises(Unavailable, match=r"did not end within 0\.2 s"):
        Git(made.folder, timeout_s=0.2, config=("alias.wait=!exec sleep 30",)).run("wait")
    assert time.monotonic() - started < 10


def test_a_machine_without_git_is_told_so(made: MadeRepository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Unavailable, match="install git"):
        Git(made.folder).run("status")
