"""A function stays the same one over its whole life, and is never taken for another one."""

from dataclasses import dataclass

import pytest

from echoline.source.cache import Cache
from echoline.source.identity import Identity
from echoline.source.parsed import Parsed
from made_history import MadeHistory
from made_repository import MadeRepository
from source.conftest import read

COMMITS = 320


def identity(made: MadeRepository) -> Identity:
    repository, cache = read(made), Cache()
    return Identity(repository, Parsed(repository.blobs, cache), cache)


@dataclass
class Outcome:
    """How well keys of one revision were followed to another."""

    moved: int = 0
    found: int = 0
    wrong: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


def outcome(history: MadeHistory, followed: Identity, old: int, new: int) -> Outcome:
    before, after = history.truth[old], history.truth[new]
    owners = {key: uid for uid, key in after.items()}
    told = followed.continued(before.values(), history.commits[old], history.commits[new])
    result = Outcome()
    for uid, key in before.items():
        now = told[key]
        if uid in after and after[uid] != key:
            result.moved += 1
            result.found += now == after[uid]
            result.lost += () if now == after[uid] else (f"{history.did[new]}: {uid} {key} → {after[uid]}, told {now}",)
        if now is not None and owners.get(now, uid) != uid:
            result.wrong += (f"{history.did[new]}: {uid} {key} told {now}, which is {owners[now]}",)
    return result


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> MadeHistory:
    made = MadeHistory(MadeRepository(tmp_path_factory.mktemp("history") / "code"), seed=7)
    made.write(COMMITS)
    return made


@pytest.fixture(scope="module")
def followed(history: MadeHistory) -> Identity:
    return identity(history.made)


def test_code_objects_go_on_over_moves_renames_and_splits(history: MadeHistory, followed: Identity) -> None:
    results = [outcome(history, followed, number, number + 1) for number in range(COMMITS)]
    moved, found = sum(each.moved for each in results), sum(each.found for each in results)
    assert moved > 500
    assert found / moved >= 0.95, [each.lost for each in results if each.lost]
    assert [each.wrong for each in results if each.wrong] == []


def test_they_are_found_again_after_hundreds_of_commits(history: MadeHistory, followed: Identity) -> None:
    pairs = [(first, COMMITS) for first in range(0, 300, 20)]
    results = [outcome(history, followed, *pair) for old, new in pairs for pair in ((old, new), (new, old))]
    moved, found = sum(each.moved for each in results), sum(each.found for each in results)
    assert found / moved >= 0.95, [each.lost for each in results if each.lost]
    assert [each.wrong for each in results if each.wrong] == []
