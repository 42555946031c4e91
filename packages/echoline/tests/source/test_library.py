"""All repositories in one place."""

from pathlib import Path

import pytest

from echoline.config import RepositoryConfig, Settings
from echoline.errors import BadInput
from echoline.source.library import Library
from made_repository import MadeRepository


@pytest.fixture
def settings(made: MadeRepository, tmp_path: Path) -> Settings:
    made.commit("first", {"cart.py": "def total():\n    return 1\n"})
    made.git("tag", "v1")
    made.commit("second", {"cart.py": "def total():\n    return 2\n"})
    repositories = (
        RepositoryConfig(path=str(made.folder), services=("shop-*",)),
        RepositoryConfig(url=f"file://{made.folder}", name="copy"),
        RepositoryConfig(path=str(tmp_path / "gone")),
    )
    return Settings(data_dir=tmp_path / "data", repositories=repositories)


def test_what_is_asked_is_answered_by_the_repository_of_the_service(settings: Settings) -> None:
    library = Library(settings)
    assert (library.repository_of("shop-web"), library.repository_of("other")) == ("code", "copy")
    changed = library.difference("code", "v1", "main")
    assert [(each.change, each.code_object) for each in changed.functions] == [("modified", "python:cart:total")]
    assert library.text("code", "v1", "cart.py") == "def total():\n    return 1\n"
    assert library.text("code", "v1", "other.py") is None
    assert library.index("code").locate("/app/cart.py", "total") is not None
    assert library.identity("code").aliases(library.resolve("code", "v1"), library.resolve("code", "main")) == ()
    library.close()


def test_a_copy_is_there_after_a_fetch_and_bad_ones_stop_nothing(settings: Settings) -> None:
    library = Library(settings)
    assert [[problem.kind for problem in each.problems] for each in library.states()] == [[], ["missing"], ["missing"]]
    library.fetch()
    assert [[problem.kind for problem in each.problems] for each in library.states()] == [[], [], ["missing"]]
    assert library.states()[1].fetched is not None
    assert list(library.index("copy").by_key) == ["python:cart:total"]
    library.close()


def test_a_failed_fetch_is_told_until_one_succeeds(settings: Settings, made: MadeRepository, tmp_path: Path) -> None:
    library = Library(settings)
    library.fetch()
    made.folder.rename(tmp_path / "away")
    library.fetch(only_due=True)
    assert library.states()[1].problems == ()
    library.fetch()
    assert [problem.kind for problem in library.states()[1].problems] == ["unreachable"]
    (tmp_path / "away").rename(made.folder)
    library.fetch()
    assert library.states()[1].problems == ()
    library.close()


def test_unknown_names_say_which_there_are(settings: Settings) -> None:
    library = Library(settings)
    with pytest.raises(BadInput, match="no repository 'cod'; there are: code, copy, gone"):
        library.repository("cod")
    with pytest.raises(BadInput, match="no revision 'v2'"):
        library.difference("code", "v1", "v2")
    library.close()
