from typing import TYPE_CHECKING, Any

from batches import NOW_NS, SECOND_NS, Item, of, span
from echoline.model.deployments import Release, Told
from echoline.model.window import Window
from echoline.queries.deployments import deployments
from kept import HOUR_NS, keep

if TYPE_CHECKING:
    from echoline.stores.engine import Engine

MINUTE_NS = 60 * SECOND_NS
START = NOW_NS // HOUR_NS * HOUR_NS - 10 * HOUR_NS
DAY = Window(START - 5 * HOUR_NS, START + 8 * HOUR_NS)


def release(version: str = "", revision: str = "", **others: Any) -> Item:
    return of(**{"service": "shop", "environment": "prod", "version": version, "revision": revision, **others})


def calls(resource: Item, first: int, until: int, step: int = 1) -> list[Item]:
    """One call a minute, from the minute `first` on."""
    return [span(start_ns=START + n * MINUTE_NS, resource=resource) for n in range(first, until, step)]


def minutes(found: Any) -> list[tuple[str, int, int]]:
    return [
        (each.release.version, (each.since_ns - START) // MINUTE_NS, (each.until_ns - START) // MINUTE_NS)
        for each in found
    ]


def test_a_new_version_is_a_deployment_that_names_what_ran_before(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1", "aaa"), 0, 30), *calls(release("2", "bbb"), 30, 60))
    second, first = deployments(engine, DAY)
    assert (first.release, first.previous, first.is_rollback) == (Release("1", "aaa"), None, False)
    assert (second.release, second.previous) == (Release("2", "bbb"), Release("1", "aaa"))
    assert minutes([second]) == [("2", 30, 60)]
    assert (second.calls, second.overlap_until_ns) == (30, None)
    assert first.id != second.id


def test_a_new_revision_of_the_same_version_is_a_deployment(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1", "aaa"), 0, 30), *calls(release("1", "bbb"), 30, 60))
    assert [each.release.revision for each in deployments(engine, DAY)] == ["bbb", "aaa"]


def test_a_rolling_deployment_is_one_that_says_how_long_both_ran(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 50), *calls(release("2"), 30, 60))
    second, _ = deployments(engine, DAY)
    assert second.overlap_until_ns == START + 50 * MINUTE_NS
    assert len(deployments(engine, DAY)) == 2


def test_a_release_that_comes_back_is_a_rollback(engine: "Engine") -> None:
    keep(
        engine, "traces",
        *calls(release("1"), 0, 20), *calls(release("2"), 20, 40), *calls(release("1"), 40, 60),
    )  # fmt: skip
    back, second, first = deployments(engine, DAY)
    assert minutes([back, second, first]) == [("1", 40, 60), ("2", 20, 40), ("1", 0, 20)]
    assert (back.is_rollback, back.previous) == (True, Release("2", ""))
    assert back.id != first.id


def test_a_night_without_calls_is_no_deployment(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 20), *calls(release("1"), 300, 320))
    assert minutes(deployments(engine, DAY)) == [("1", 0, 320)]


def test_each_environment_and_service_has_its_own(engine: "Engine") -> None:
    there = [release("2"), release("2", environment="test"), release("2", service="cart")]
    keep(engine, "traces", *calls(release("1"), 0, 20), *(each for one in there for each in calls(one, 20, 40)))
    found = deployments(engine, DAY)
    assert {(each.service, each.environment): each.previous for each in found if each.release.version == "2"} == {
        ("shop", "prod"): Release("1", ""), ("shop", "test"): None, ("cart", "prod"): None,
    }  # fmt: skip
    assert [each.service for each in deployments(engine, DAY, service="cart")] == ["cart"]
    assert [each.environment for each in deployments(engine, DAY, environment="test")] == ["test"]


def test_what_ran_before_the_window_did_not_start_in_it(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 180), *calls(release("2"), 180, 240))
    found = deployments(engine, Window(START + 100 * MINUTE_NS, DAY.until_ns))
    assert minutes(found) == [("2", 180, 240)]
    assert found[0].previous == Release("1", "")


def test_data_without_version_and_revision_is_no_deployment_but_what_ran_before_one(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release(), 0, 20), *calls(release("1"), 20, 40))
    (found,) = deployments(engine, DAY)
    assert (found.release, found.previous) == (Release("1", ""), Release("", ""))


def test_a_revision_that_was_told_completes_a_version(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 20), *calls(release("2"), 20, 40))
    told = [Told("shop", "", "2", "bbb", NOW_NS), Told("cart", "", "1", "ccc", NOW_NS)]
    second, first = deployments(engine, DAY, told=told)
    assert (second.release, set(second.reported)) == (Release("2", "bbb"), {Release("2", "")})
    assert first.release == Release("1", "")


def test_a_version_that_gets_its_revision_later_is_the_same_release(engine: "Engine") -> None:
    """As when the agent is restarted with a stamp: nothing new was deployed."""
    keep(engine, "traces", *calls(release("1"), 0, 20), *calls(release("1", "aaa"), 20, 40))
    (found,) = deployments(engine, DAY)
    assert (found.release, set(found.reported)) == (Release("1", "aaa"), {Release("1", ""), Release("1", "aaa")})
    assert minutes([found]) == [("1", 0, 40)]


def test_an_announcement_goes_to_what_it_announced(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 20), *calls(release("2"), 20, 40))
    at_ns = START + 18 * MINUTE_NS
    second, first = deployments(engine, DAY, told=[Told("shop", "prod", "2", "bbb", at_ns, at_ns)])
    assert (second.announced_ns, second.release.revision, first.announced_ns) == (at_ns, "bbb", None)


def test_what_is_announced_and_was_not_seen_yet_stands_by_itself(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 20))
    at_ns = START + 30 * MINUTE_NS
    coming, _ = deployments(engine, DAY, told=[Told("shop", "prod", "2", "", at_ns, at_ns)])
    assert (coming.release, coming.announced_ns, coming.since_ns) == (Release("2", ""), at_ns, None)
    assert coming.previous == Release("1", "")


def test_late_spans_move_a_deployment_back(engine: "Engine") -> None:
    keep(engine, "traces", *calls(release("1"), 0, 20), *calls(release("2"), 22, 40))
    keep(engine, "traces", *calls(release("2"), 20, 22))
    assert minutes(deployments(engine, DAY))[0] == ("2", 20, 40)


def test_releases_that_meet_within_a_minute_are_told_apart(engine: "Engine") -> None:
    first = [span(start_ns=START + n * SECOND_NS, resource=release("1")) for n in range(10, 30)]
    second = [span(start_ns=START + n * SECOND_NS, resource=release("2")) for n in range(32, 50)]
    keep(engine, "traces", *first, *second)
    after, before = deployments(engine, DAY)
    assert (after.previous, after.since_ns, after.overlap_until_ns) == (Release("1", ""), START + 32 * SECOND_NS, None)
    assert (before.since_ns, before.until_ns) == (START + 10 * SECOND_NS, START + 29 * SECOND_NS + 1)


def test_a_release_that_runs_for_less_than_minutes_has_exact_ends(engine: "Engine") -> None:
    keep(engine, "traces", *(span(start_ns=START + n * SECOND_NS, resource=release("1")) for n in range(50, 75)))
    (found,) = deployments(engine, DAY)
    assert (found.since_ns, found.until_ns) == (START + 50 * SECOND_NS, START + 74 * SECOND_NS + 1)
