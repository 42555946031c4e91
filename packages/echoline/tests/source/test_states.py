"""What is wrong with a repository is said in a clear word, and nothing else stops."""

from pathlib import Path

from echoline.config import RepositoryConfig, Settings, SourceConfig
from echoline.model.revisions import Repository
from echoline.source.states import states
from made_repository import MadeRepository


def state(tmp_path: Path, bounds: SourceConfig | None = None, **given: object) -> Repository:
    config = RepositoryConfig(**{"path": str(tmp_path / "code"), **given})  # type: ignore[arg-type]
    settings = Settings(data_dir=tmp_path / "data", source=bounds or SourceConfig(), repositories=(config,))
    return states(settings)[0]


def kinds(found: Repository) -> list[str]:
    return [problem.kind for problem in found.problems]


def test_a_good_one_has_no_problem(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    made.git("tag", "v1")
    newest = made.commit("second")
    found = state(tmp_path)
    assert (found.name, found.branch, found.commits, found.tags) == ("code", "main", 2, 1)
    assert (found.newest, found.newest_subject, found.problems) == (newest, "second", ())


def test_every_repository_answers_also_beside_bad_ones(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    (tmp_path / "plain").mkdir()
    MadeRepository(tmp_path / "empty")
    folders = ("gone", "plain", "empty", "code")
    settings = Settings(
        data_dir=tmp_path, repositories=tuple(RepositoryConfig(path=str(tmp_path / name)) for name in folders)
    )
    assert [kinds(found) for found in states(settings)] == [["missing"], ["not_a_repository"], ["empty"], []]


def test_one_that_was_never_cloned_says_how(tmp_path: Path) -> None:
    found = state(tmp_path, path="", url="https://code.example/shop.git")
    assert kinds(found) == ["missing"]
    assert "echoline repositories --fetch" in found.problems[0].message


def test_a_shallow_one_says_what_it_cannot_see(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    second = made.commit("second")
    made.git("clone", "--quiet", "--depth=1", f"file://{made.folder}", str(tmp_path / "shallow"))
    found = state(tmp_path, path=str(tmp_path / "shallow"))
    assert (kinds(found), found.commits) == (["shallow"], 1)
    assert second[:12] in found.problems[0].message


def test_a_dirty_one_is_told_and_no_filter_of_it_is_run(made: MadeRepository, tmp_path: Path) -> None:
    trap, sprung = tmp_path / "trap.sh", tmp_path / "sprung"
    trap.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    trap.chmod(0o755)
    made.commit("first", {"a.txt": "1", ".gitattributes": "*.txt filter=trap\n"})
    made.git("config", "filter.trap.clean", str(trap))
    made.git("config", "filter.trap.required", "true")
    (made.folder / "a.txt").write_text("2")
    found = state(tmp_path)
    assert kinds(found) == ["dirty"]
    assert not sprung.exists()


def test_an_untracked_file_makes_nothing_dirty(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    (made.folder / "notes.txt").write_text("x")
    assert kinds(state(tmp_path)) == []


def test_a_huge_one_is_read_up_to_its_bounds(made: MadeRepository, tmp_path: Path) -> None:
    for number in range(4):
        made.commit(f"{number}", {f"{number}.py": "", f"{number}.txt": ""})
    found = state(tmp_path, SourceConfig(max_commits=3, max_files=5))
    assert (kinds(found), found.commits) == (["huge", "huge"], 3)
    assert not any(problem.is_fatal for problem in found.problems)


def test_an_unknown_branch_names_those_there_are(made: MadeRepository, tmp_path: Path) -> None:
    made.commit("first")
    assert kinds(state(tmp_path, branch="trunk")) == ["unknown_branch"]


def test_reported_revisions_that_are_gone_are_told(made: MadeRepository, tmp_path: Path) -> None:
    first = made.commit("first")
    settings = Settings(data_dir=tmp_path, repositories=(RepositoryConfig(path=str(made.folder)),))
    (found,) = states(settings, seen={"code": [first, "f" * 40, "not a revision"]}, unreachable={"code": "no route"})
    assert kinds(found) == ["unreachable", "rewritten"]
    assert "ffffffffffff" in found.problems[1].message
    assert first[:12] not in found.problems[1].message
