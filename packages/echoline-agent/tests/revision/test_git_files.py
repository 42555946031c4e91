"""`.git` is read as git would: the oracle is git itself."""

import os
import subprocess
from pathlib import Path

import pytest

from echoline_agent.revision import git_files
from echoline_agent.revision.found import Revision


class Repository:
    """A real repository with one commit."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.git("init", "-q", "-b", "main")
        (folder / "shop.py").write_text("price = 42\n")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "Sell")

    def git(self, *arguments: str) -> str:
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always")
        clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", *settings, *arguments], cwd=self.folder, env=clean, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


@pytest.fixture(name="repository")
def a_repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop")


def test_a_branch_is_read_from_any_folder_below(repository: Repository) -> None:
    (repository.folder / "deep" / "er").mkdir(parents=True)
    repository.git("remote", "add", "origin", "https://ci:secret@git.example/acme/shop.git")
    assert git_files.read(repository.folder / "deep" / "er") == Revision(
        repository.head(), "main", "https://git.example/acme/shop", is_dirty=False
    )


def test_references_are_read_when_they_are_packed(repository: Repository) -> None:
    repository.git("tag", "-a", "v1.2", "-m", "annotated")
    repository.git("pack-refs", "--all")
    found = git_files.read(repository.folder)
    assert (found.revision, found.branch, found.version) == (repository.head(), "main", "v1.2")


def test_a_detached_head_has_no_branch(repository: Repository) -> None:
    repository.git("checkout", "-q", "--detach")
    found = git_files.read(repository.folder)
    assert (found.revision, found.branch) == (repository.head(), None)


def test_a_worktree_has_the_commit_of_its_own(repository: Repository, tmp_path: Path) -> None:
    repository.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "tree"))
    (tmp_path / "tree" / "shop.py").write_text("price = 43\n")
    commit = repository.git("-C", str(tmp_path / "tree"), "commit", "-q", "-a", "-m", "Dearer")
    assert commit == ""
    found = git_files.read(tmp_path / "tree")
    assert (found.branch, found.revision) == ("other", repository.git("rev-parse", "other"))
    assert git_files.read(repository.folder).revision == repository.head() != found.revision


def test_a_folder_without_git_and_a_repository_without_commit_say_nothing(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path / "new")], check=True)
    assert git_files.read(tmp_path / "new").revision is None
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".git").write_text("gitdir: /nowhere\n")
    assert git_files.read(tmp_path / "odd").revision is None


@pytest.mark.parametrize(
    ("change", "is_dirty"),
    [
        ("printf 'price = 43\\n' > shop.py", True),
        ("printf 'price = 42, dearer\\n' > shop.py", True),
        ("touch -d 2020-01-01 shop.py", False),
        ("printf new > untracked.py", False),
        ("rm shop.py", False),
        # Staged: the index equals the file, and no one can tell without reading objects.
        ("printf 'price = 43\\n' > shop.py; git add shop.py", None),
        ("git checkout -q -b other; git commit -q --allow-empty -m Empty", False),
    ],
)
def test_changes_of_tracked_files_are_noticed(repository: Repository, change: str, is_dirty: bool | None) -> None:
    repository.git("config", "user.name", "A")
    repository.git("config", "user.email", "a@example.org")
    subprocess.run(["sh", "-c", change], cwd=repository.folder, check=True)
    assert git_files.read(repository.folder).is_dirty is is_dirty


def test_the_index_of_this_repository_is_understood() -> None:
    tree = Path(git_files.__file__).parents[5]
    repository = git_files.around(tree)
    assert repository is not None
    assert (
        git_files.read(tree).revision
        == subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=tree, capture_output=True, text=True, check=True
        ).stdout.strip()
    )
