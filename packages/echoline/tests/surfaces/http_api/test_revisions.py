"""Revisions over HTTP: real histories beside deployments that came from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from asking import Api, api_over, problem
from batches import NOW_NS, SECOND_NS, of, span
from echoline.config import RepositoryConfig
from kept import keep
from made_repository import MadeRepository

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

MINUTE_NS = 60 * SECOND_NS


@pytest.fixture
def made(tmp_path: Path) -> MadeRepository:
    return MadeRepository(tmp_path / "shop")


@contextmanager
def shop(engine: "Engine", folder: Path, made: MadeRepository, services: tuple[str, ...] = ("shop",)) -> Iterator[Api]:
    with api_over(engine, folder, repositories=(RepositoryConfig(path=str(made.folder), services=services),)) as api:
        yield api
        api.parts.library.close()


def deployed(engine: "Engine", *revisions: str, service: str = "shop", version: str = "") -> None:
    """Ten minutes of each revision, one after the other, all of them in the last hour."""
    for place, revision in enumerate(revisions):
        resource = of(service=service, environment="prod", version=version, revision=revision)
        at = [NOW_NS - (55 - 10 * place - n) * MINUTE_NS for n in range(10)]
        keep(engine, "traces", *(span(start_ns=each, resource=resource) for each in at))


def brought(item: Any) -> list[tuple[str, bool]]:
    return [(each["revision"][:8], each["is_built_from"]) for each in item["deployments"]]


def test_commits_come_newest_first_with_the_deployments_they_came_with(
    engine: "Engine", folder: Path, made: MadeRepository
) -> None:
    first = made.commit("Open the shop")
    made.git("tag", "v1")
    made.git("checkout", "-q", "-b", "prices")
    between = made.commit("Add prices")
    made.git("checkout", "-q", "main")
    merged = made.merge("prices", "Merge the prices")
    later = made.commit("Not deployed yet")
    deployed(engine, first, merged)
    with shop(engine, folder, made) as api:
        items = api.json("revisions")["items"]
    assert [each["id"] for each in items] == [later, merged, between, first]
    assert [each["is_merge"] for each in items] == [False, True, False, False]
    assert [brought(each) for each in items] == [
        [], [(merged[:8], True)], [(merged[:8], False)], [(first[:8], True)],
    ]  # fmt: skip
    newest, oldest = items[1]["deployments"][0], items[3]
    assert (newest["service"], newest["environment"]) == ("shop", "prod")
    assert newest["first_seen"].startswith("20")
    assert (oldest["subject"], oldest["author"], oldest["tags"]) == ("Open the shop", "Ada", ["v1"])
    assert (oldest["repository"], oldest["committed"][:4]) == ("shop", "2025")


def test_pages_make_the_whole_list(engine: "Engine", folder: Path, made: MadeRepository) -> None:
    for number in range(5):
        made.commit(f"Step {number}")
    deployed(engine, "feedface")
    with shop(engine, folder, made) as api:
        whole, page, found = api.json("revisions")["items"], api.json("revisions", limit=2), []
        made.commit("While somebody turns pages")
        while True:
            found += page["items"]
            if page["next"] is None:
                break
            page = api.json("revisions", limit=2, cursor=page["next"])
        assert found == whole
        assert len(found) == 6
        assert len(api.json("revisions")["items"]) == 7


def test_a_version_finds_its_commit_by_the_tag(engine: "Engine", folder: Path, made: MadeRepository) -> None:
    tagged = made.commit("Open the shop")
    made.git("tag", "v1.4")
    deployed(engine, "", version="1.4")
    with shop(engine, folder, made) as api:
        (item,) = api.json("revisions")["items"]
    assert (item["id"], [each["version"] for each in item["deployments"]]) == (tagged, ["1.4"])


def test_without_a_repository_what_telemetry_told_is_listed(engine: "Engine", folder: Path) -> None:
    deployed(engine, "aaaa1111", "bbbb2222")
    with api_over(engine, folder) as api:
        items = api.json("revisions")["items"]
        assert "no service has told of a revision 'cccc'" in problem(api.get("revisions?revision=cccc"), 404)
    assert [(each["id"], each["repository"], each["committed"]) for each in items] == [
        ("bbbb2222", "", None), ("aaaa1111", "", None),
    ]  # fmt: skip


def test_an_unknown_service_has_none_and_no_data_is_told(engine: "Engine", folder: Path, made: MadeRepository) -> None:
    made.commit("Open the shop")
    with shop(engine, folder, made, services=()) as api:
        found = api.json("revisions", service="shpo")
    assert (found["items"], found["newest"]) == ([], None)


def test_a_service_has_the_commits_of_its_repository_only(engine: "Engine", folder: Path, made: MadeRepository) -> None:
    first = made.commit("Open the shop")
    deployed(engine, first)
    deployed(engine, "aaaa1111", service="other")
    with shop(engine, folder, made) as api:
        assert [each["id"] for each in api.json("revisions", service="other")["items"]] == ["aaaa1111"]
        assert [each["id"] for each in api.json("revisions", service="shop")["items"]] == [first]


def test_one_revision_is_found_by_any_of_its_names(engine: "Engine", folder: Path, made: MadeRepository) -> None:
    first = made.commit("Open the shop")
    made.git("tag", "v1")
    made.commit("Add prices")
    with shop(engine, folder, made) as api:
        for name in ("v1", first, first[:7]):
            assert [each["id"] for each in api.json("revisions", revision=name)["items"]] == [first]
        assert "near to it: main" in problem(api.get("revisions?revision=mian"), 404)


def test_a_repository_that_is_gone_does_not_hide_what_telemetry_told(engine: "Engine", folder: Path) -> None:
    deployed(engine, "aaaa1111")
    with api_over(engine, folder, repositories=(RepositoryConfig(path="/gone"),)) as api:
        assert [each["id"] for each in api.json("revisions")["items"]] == ["aaaa1111"]
