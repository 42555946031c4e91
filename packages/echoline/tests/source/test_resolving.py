"""Names of revisions find their commit, or say what is near."""

import pytest

from echoline.errors import BadInput
from echoline.source.git import Git
from echoline.source.resolving import is_known, resolve, revision_of_version
from made_repository import MadeRepository


def test_ids_tags_and_branches_are_found(made: MadeRepository) -> None:
    first = made.commit("first", {"a": "1"})
    made.git("tag", "-a", "v1.0.0", "-m", "one")
    second = made.commit("second", {"a": "2"})
    made.git("branch", "topic", first)
    git = Git(made.folder)
    assert {resolve(git, name) for name in (first, first[:8], "v1.0.0", "topic", " topic ")} == {first}
    assert {resolve(git, name) for name in (second, "main", "HEAD")} == {second}


def test_a_branch_that_only_the_remote_has_is_found(made: MadeRepository) -> None:
    first = made.commit("first")
    made.git("update-ref", "refs/remotes/origin/release", first)
    assert resolve(Git(made.folder), "release") == first


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("v1.0.1", "near to it: v1.0.0"),
        ("mian", "near to it: main"),
        ("0123456789", "`echoline revisions` lists"),
        ("--output=/tmp/x", "no name of a revision"),
        ("main..topic", "no name of a revision"),
        ("HEAD:a", "no name of a revision"),
        ("", "no name of a revision"),
    ],
)
def test_unknown_names_are_refused_with_what_is_near(made: MadeRepository, name: str, words: str) -> None:
    made.commit("first", {"a": "1"})
    made.git("tag", "v1.0.0")
    with pytest.raises(BadInput, match=words) as caught:
        resolve(Git(made.folder), name)
    assert caught.value.reason == "unknown_revision"


def test_a_mistyped_id_names_the_commit_that_begins_like_it(made: MadeRepository) -> None:
    first = made.commit("first")
    wrong = first[:8] + ("0" * 32 if first[8:] != "0" * 32 else "1" * 32)
    with pytest.raises(BadInput, match=f"near to it: {first[:12]}"):
        resolve(Git(made.folder), wrong)
    assert (is_known(Git(made.folder), first), is_known(Git(made.folder), wrong)) == (True, False)


def test_versions_find_their_tag(made: MadeRepository) -> None:
    first = made.commit("first")
    for tag in ("v1.0", "shop-2.0", "api-3.0", "web-3.0"):
        if tag == "web-3.0":
            made.commit("another")
        made.git("tag", tag)
    git = Git(made.folder)
    assert [revision_of_version(git, version) for version in ("1.0", "v1.0", "2.0")] == [first] * 3
    assert [revision_of_version(git, version) for version in ("3.0", "0", "", "4.0")] == [None] * 4
