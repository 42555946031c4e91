from collections.abc import Iterator
from pathlib import Path

import pytest

from echoline.errors import BadInput
from echoline.model.deployments import Release, Started
from echoline.state.database import Database
from echoline.state.deployments import Deployments, Kept
from told_deployments import receipt

NOW_NS = 1_795_300_000_000_000_000


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "state.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def deployments(database: Database) -> Deployments:
    return Deployments(database, lambda: NOW_NS)


def test_telling_twice_changes_nothing(deployments: Deployments) -> None:
    first, is_new = deployments.tell("shop", version="1", revision="aaa")
    assert is_new
    assert deployments.tell("shop", version="1", revision="aaa") == (first, False)
    assert deployments.told() == [first]


def test_another_revision_of_a_version_takes_its_place(deployments: Deployments) -> None:
    deployments.tell("shop", version="1", revision="aaa")
    deployments.tell("shop", version="1", revision="bbb")
    assert [each.revision for each in deployments.told()] == ["bbb"]


def test_each_environment_may_have_its_own_revision_of_a_version(deployments: Deployments) -> None:
    deployments.tell("shop", version="1", revision="aaa")
    deployments.tell("shop", version="1", revision="bbb", environment="test", is_deployed=True)
    assert [(each.environment, each.revision) for each in deployments.told()] == [("", "aaa"), ("test", "bbb")]


def test_an_announcement_keeps_its_first_time_unless_another_is_given(deployments: Deployments) -> None:
    first, _ = deployments.tell("shop", version="1", environment="prod", is_deployed=True)
    assert first.deployed_ns == NOW_NS
    assert deployments.tell("shop", version="1", environment="prod", is_deployed=True) == (first, False)
    later, is_new = deployments.tell("shop", version="1", environment="prod", is_deployed=True, deployed_ns=5)
    assert (later.deployed_ns, is_new, len(deployments.told())) == (5, True, 1)


@pytest.mark.parametrize("given", [{}, {"version": "1"}, {"revision": "aaa"}])
def test_what_says_nothing_is_refused(deployments: Deployments, given: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        deployments.tell("shop", **given)  # type: ignore[arg-type] # all of them are texts
    assert deployments.told() == []


def started(name: str = "1", since_ns: int = NOW_NS, service: str = "shop") -> Started:
    release = Release(name, "abc")
    return Started(
        f"id{name}", service, "prod", release, frozenset({release}), Release("0", ""), since_ns=since_ns,
        until_ns=since_ns + 60, calls=7,
    )  # fmt: skip


def test_what_was_kept_comes_back_as_it_was_after_a_restart(deployments: Deployments, tmp_path: Path) -> None:
    kept = Kept(started(), "worse", is_final=False, receipt=receipt("worse"))
    deployments.keep([kept])
    assert Deployments(Database(tmp_path / "state.sqlite")).kept() == [kept]


def test_a_receipt_is_updated_until_it_is_final(deployments: Deployments) -> None:
    deployments.keep([Kept(started())])
    deployments.keep([Kept(started(), "better", is_final=True, receipt=receipt("better"))])
    deployments.keep([Kept(started(), "worse", is_final=True, receipt=receipt("worse"))])
    (found,) = deployments.kept()
    assert (found.verdict, found.is_final, found.receipt) == ("better", True, receipt("better"))


def test_those_kept_are_found_by_service_environment_and_time(deployments: Deployments) -> None:
    deployments.keep([Kept(started("1")), Kept(started("2", NOW_NS + 100)), Kept(started("3", service="cart"))])
    assert [each.started.id for each in deployments.kept(service="shop")] == ["id2", "id1"]
    assert [each.started.id for each in deployments.kept(since_ns=NOW_NS + 100)] == ["id2"]
    assert deployments.kept(environment="test") == []
