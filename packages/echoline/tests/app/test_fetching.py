"""Copies of repositories are fetched while the server runs."""

from pathlib import Path

from echoline.app.fetching import fetching
from echoline.config import RepositoryConfig, Settings, SourceConfig
from echoline.source.library import Library
from made_repository import MadeRepository
from waiting import wait_until


def test_what_is_pushed_is_seen_without_asking(tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "shop")
    made.commit("first")
    settings = Settings(
        data_dir=tmp_path / "data",
        source=SourceConfig(fetch_interval_s=0.05),
        repositories=(RepositoryConfig(url=f"file://{made.folder}"),),
    )
    library = Library(settings)
    with fetching(library, is_on=True, look_s=0.05):
        wait_until(lambda: library.states()[0].newest_subject == "first")
        made.commit("second")
        wait_until(lambda: library.states()[0].newest_subject == "second")


def test_a_private_server_fetches_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, repositories=(RepositoryConfig(url="file:///nowhere"),))
    library = Library(settings)
    with fetching(library, is_on=False):
        assert [problem.kind for problem in library.states()[0].problems] == ["missing"]
