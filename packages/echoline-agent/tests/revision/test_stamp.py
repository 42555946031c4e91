"""A build writes the stamp, the agent reads it where there is no `.git`."""

from pathlib import Path

import pytest

from echoline_agent import loud, revision
from echoline_agent.launcher.stamping import write_stamp
from echoline_agent.revision import stamp
from echoline_agent.revision.found import Revision

COMMIT = "4f2c1d0a9b8e7f6a5b4c3d2e1f0a9b8c7d6e5f40"


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loud, "_said", set())


def test_what_was_written_is_read_from_a_folder_below(tmp_path: Path) -> None:
    found = Revision(COMMIT, "main", "https://git.example/acme/shop", True, "1.2")
    stamp.write(found, tmp_path / stamp.NAME)
    (tmp_path / "app").mkdir()
    assert revision.find({}, tmp_path / "app") == found


def test_the_stamp_counts_before_variables_but_the_environment_is_of_the_place(tmp_path: Path) -> None:
    stamp.write(Revision(COMMIT, version="1.2"), tmp_path / stamp.NAME)
    environ = {"GIT_COMMIT_ID": "0" * 40, "DEPLOYMENT_ENV": "live"}
    assert revision.attributes(revision.find(environ, tmp_path)) == {
        "vcs.ref.head.revision": COMMIT,
        "service.version": "1.2",
        "deployment.environment.name": "live",
    }


def test_credentials_do_not_leave_with_the_url(tmp_path: Path) -> None:
    environ = {"GITHUB_SHA": COMMIT, "ECHOLINE_REPOSITORY_URL": "https://me:secret@git.example/acme/shop.git"}
    assert write_stamp(tmp_path / "stamp.json", Revision(), environ) == 0
    assert "secret" not in (tmp_path / "stamp.json").read_text()
    assert "https://git.example/acme/shop" in (tmp_path / "stamp.json").read_text()


def test_without_a_revision_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert write_stamp(None, Revision(), {}) == 2
    assert "name it with --revision, or set GIT_COMMIT_ID" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_stamp_that_cannot_be_written_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert write_stamp(tmp_path / "none" / "stamp.json", Revision(COMMIT), {}) == 2
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("content", ["{", '{"format": 9}', "[]", "\x00"])
def test_a_broken_stamp_is_said_and_the_rest_goes_on(
    tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / stamp.NAME).write_text(content)
    assert revision.find({"GIT_COMMIT_ID": COMMIT}, tmp_path).revision == COMMIT
    assert f"the stamp {tmp_path / stamp.NAME}" in capsys.readouterr().err


def test_a_stamp_that_was_named_and_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert revision.find({}, tmp_path, str(tmp_path / "no.json")) == Revision()
    assert "there is no stamp at" in capsys.readouterr().err
