"""Commits that are read once, until something moves."""

import pytest

from echoline.errors import BadInput
from echoline.source.commits import Commits
from echoline.source.git import Git
from made_repository import MadeRepository


def commits(made: MadeRepository, most: int = 100) -> Commits:
    return Commits(Git(made.folder), most=most)


def test_a_new_commit_and_a_new_tag_are_seen(made: MadeRepository) -> None:
    read = commits(made)
    assert read.now().history.commits == ()
    first = made.commit("first")
    assert [each.id for each in read.now().history.commits] == [first]
    assert read.now() is read.now()
    made.git("tag", "v1")
    assert (read.now().tags, read.now().tags_of) == ({"v1": first}, {first: ("v1",)})


def test_a_commit_is_found_by_its_first_digits(made: MadeRepository) -> None:
    first = made.commit("first")
    at = commits(made).now()
    assert (at.commit(first), at.commit(first[:7].upper()), at.commit(first[:3]), at.commit("f" * 40)) == (
        first, first, None, None,
    )  # fmt: skip


def test_a_release_is_built_from_its_revision_or_from_the_tag_of_its_version(made: MadeRepository) -> None:
    first = made.commit("first")
    made.git("tag", "v1.4")
    second = made.commit("second")
    read = commits(made).now()
    assert (read.built("1.4", ""), read.built("1.4", second[:9]), read.built("9", ""), read.built("", "")) == (
        first, second, None, None,
    )  # fmt: skip


def test_only_what_the_older_one_lacks_lies_between(made: MadeRepository) -> None:
    first = made.commit("first")
    made.git("checkout", "-q", "-b", "side")
    side = made.commit("side")
    made.git("checkout", "-q", "main")
    merged = made.merge("side", "merge")
    read = commits(made)
    assert read.between(first, merged) == read.between(first, merged) == {side, merged}
    assert read.between(merged, first) == frozenset()
    with pytest.raises(BadInput):
        read.between("f" * 40, first)


def test_a_branch_names_its_commits_and_a_tag_one(made: MadeRepository) -> None:
    first = made.commit("first")
    second = made.commit("second")
    made.git("tag", "v2")
    read = commits(made)
    assert (read.named("main"), read.named("v2"), read.named("mian")) == ((second, first), (second,), ())
