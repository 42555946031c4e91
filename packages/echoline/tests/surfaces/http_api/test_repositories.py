"""Repositories over HTTP: their state, and fetching."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from asking import api_over
from batches import NOW_NS, SECOND_NS, of, span
from echoline.config import RepositoryConfig
from kept import keep
from made_repository import MadeRepository

if TYPE_CHECKING:
    from echoline.stores.engine import Engine


def kinds(answer: Any) -> list[list[str]]:
    return [[problem["kind"] for problem in each["problems"]] for each in answer["items"]]


def test_each_repository_says_what_is_wrong_and_revisions_that_git_lacks_are_told(
    engine: "Engine", folder: Path, tmp_path: Path
) -> None:
    made = MadeRepository(tmp_path / "shop")
    newest = made.commit("Open the shop")
    resources = [of(service="shop", environment="", version="", revision=each) for each in (newest, "f" * 40)]
    keep(engine, "traces", *(span(resource=each, start_ns=NOW_NS - 60 * SECOND_NS) for each in resources))
    repositories = (RepositoryConfig(path=str(made.folder), services=("shop",)), RepositoryConfig(path="/gone"))
    with api_over(engine, folder, repositories=repositories) as api:
        found = api.json("repositories")
        api.parts.library.close()
    assert kinds(found) == [["rewritten"], ["missing"]]
    assert (found["items"][0]["newest"], found["items"][0]["newest_subject"]) == (newest, "Open the shop")
    assert "ffffffffffff" in found["items"][0]["problems"][0]["message"]


def test_fetching_makes_the_copy(engine: "Engine", folder: Path, tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "shop")
    made.commit("Open the shop")
    with api_over(engine, folder, repositories=(RepositoryConfig(url=f"file://{made.folder}"),)) as api:
        before, after = api.json("repositories"), api.send("POST", "repositories/fetch").json()
        api.parts.library.close()
    assert (kinds(before), kinds(after)) == ([["missing"]], [[]])
    assert after["items"][0]["fetched"] is not None


def test_without_any_the_list_is_empty(own: Any) -> None:
    assert own.json("repositories") == {"items": []}
