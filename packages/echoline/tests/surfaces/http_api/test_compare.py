from pathlib import Path
from typing import Any

from asking import Api, api_over, problem
from echoline.config import RepositoryConfig
from made_repository import MadeRepository
from traffic import Calls, Release, send

HOUR_S = 3600
USUAL = tuple(Calls(f"GET /page/{n}", ms=10 + 5 * n) for n in range(6))


def released(engine: Any) -> None:
    """Two releases, both before the clock of the tests stands still."""
    send(engine, Release("1", 0, HOUR_S, revision="aaaa1111"), *USUAL, Calls("GET /a", ms=20))
    send(engine, Release("2", HOUR_S, 2 * HOUR_S, revision="bbbb2222"), *USUAL, Calls("GET /a", ms=40))


def test_the_last_deployment_is_compared_with_what_ran_before(own: Api, store: Any) -> None:
    released(store)
    found = own.json("compare")
    assert (found["before"]["releases"], found["after"]["releases"]) == (
        ["shop 1 (aaaa1111)"], ["shop 2 (bbbb2222)"],
    )  # fmt: skip
    first = found["items"][0]
    assert (first["name"], first["verdict"], first["environment"]) == ("GET /a", "worse", "prod")
    assert own.json("compare", limit=1)["left_out"] == 6


def test_a_side_that_is_not_there_is_told_with_what_there_is(own: Api, store: Any) -> None:
    released(store)
    assert "There are the releases 2 (bbbb2222), 1 (aaaa1111)" in problem(own.get("compare?before=7"), 404)
    assert "are the same data" in problem(own.get("compare?before=1&after=aaaa1111"), 400)


def test_without_any_data_that_is_said(own: Api, store: Any) -> None:
    assert "Nothing has been received in this window" in problem(own.get("compare"), 404)


def test_branches_and_tags_of_the_repository_are_sides(engine: Any, folder: Path, tmp_path: Path) -> None:
    made = MadeRepository(tmp_path / "shop")
    first = made.commit("Open the shop")
    made.git("tag", "opening")
    made.git("checkout", "-q", "-b", "faster")
    second = made.commit("Be slower")
    made.commit("Not deployed")
    made.git("tag", "later")
    send(engine, Release("1", 0, HOUR_S, revision=first), *USUAL, Calls("GET /a", ms=20))
    send(engine, Release("2", HOUR_S, 2 * HOUR_S, revision=second[:9]), *USUAL, Calls("GET /a", ms=40))
    gone = RepositoryConfig(path="/gone")
    with api_over(engine, folder, repositories=(gone, RepositoryConfig(path=str(made.folder)))) as api:
        found = api.json("compare", before="opening", after="branch:faster")
        unknown = problem(api.get("compare?before=openning&after=faster"), 404)
        undeployed = problem(api.get("compare?before=opening&after=later"), 404)
        api.parts.library.close()
    assert (found["before"]["releases"], found["after"]["releases"]) == (
        [f"shop 1 ({first})"], [f"shop 2 ({second[:9]})"],
    )  # fmt: skip
    assert (found["items"][0]["name"], found["after"]["kind"]) == ("GET /a", "branch")
    assert "nothing is called 'openning'; near to it: opening" in unknown
    assert "no service ran a commit of 'later'" in undeployed
