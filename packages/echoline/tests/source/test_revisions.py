"""Commits, their order, and what lies between two of them."""

from echoline.model.revisions import Tag
from echoline.source.git import Git
from echoline.source.revisions import between, branches, history, is_ancestor, merge_base, picked, tags
from made_repository import MadeRepository


def subjects(made: MadeRepository) -> list[str]:
    return [commit.subject for commit in history(Git(made.folder), most=100).commits]


def test_history_tells_who_when_and_what(made: MadeRepository) -> None:
    first = made.commit("Start")
    made.commit("Ümlaut \x01 | and more", {"a": "1"}, "--author", "Grace Hopper <grace@example.org>")
    newest, oldest = history(Git(made.folder), most=100).commits
    assert (newest.subject, newest.author, newest.author_email) == (
        "Ümlaut \x01 | and more",
        "Grace Hopper",
        "grace@example.org",
    )
    assert (newest.parents, oldest.parents, oldest.id) == ((first,), (), first)
    assert newest.committed > oldest.committed > "2025-10-09T"


def test_an_empty_repository_has_no_history(made: MadeRepository) -> None:
    assert history(Git(made.folder), most=10).commits == ()


def test_history_is_cut_at_its_bound_and_says_so(made: MadeRepository) -> None:
    for number in range(5):
        made.commit(f"{number}")
    found = history(Git(made.folder), most=3)
    assert ([commit.subject for commit in found.commits], found.is_cut) == (["4", "3", "2"], True)


def branched(made: MadeRepository) -> dict[str, str]:
    """main: base, b, merge, after; side: s1, s2."""
    ids = {"base": made.commit("base", {"f": "0"})}
    made.git("checkout", "--quiet", "-b", "side")
    ids["s1"] = made.commit("s1", {"s": "1"})
    ids["s2"] = made.commit("s2", {"s": "2"})
    made.git("checkout", "--quiet", "main")
    ids["b"] = made.commit("b", {"f": "1"})
    ids["merge"] = made.merge("side", "merge side")
    ids["after"] = made.commit("after", {"f": "2"})
    return ids


def test_between_is_what_the_new_one_has_and_the_old_one_has_not(made: MadeRepository) -> None:
    ids = branched(made)
    git = Git(made.folder)
    assert {each.subject for each in between(git, ids["b"], ids["after"])} == {"s1", "s2", "merge side", "after"}
    assert [each.subject for each in between(git, ids["s1"], ids["s2"])] == ["s2"]
    assert between(git, ids["after"], ids["b"]) == ()


def test_merges_and_ancestors_are_recognised(made: MadeRepository) -> None:
    ids = branched(made)
    git = Git(made.folder)
    by_id = history(git, most=100).by_id
    assert [each.subject for each in by_id.values() if each.is_merge] == ["merge side"]
    assert by_id[ids["merge"]].parents == (ids["b"], ids["s2"])
    assert merge_base(git, ids["b"], ids["s2"]) == ids["base"]
    assert (is_ancestor(git, ids["s1"], ids["merge"]), is_ancestor(git, ids["s1"], ids["b"])) == (True, False)


def test_unrelated_histories_have_no_common_commit(made: MadeRepository) -> None:
    one = made.commit("one")
    made.git("checkout", "--quiet", "--orphan", "other")
    assert merge_base(Git(made.folder), one, made.commit("other")) is None


def test_no_commit_comes_before_its_child(made: MadeRepository) -> None:
    branched(made)
    found = history(Git(made.folder), most=100)
    for commit in found.commits:
        assert all(found.age[parent] > found.age[commit.id] for parent in commit.parents)


def test_a_picked_commit_is_known_as_such(made: MadeRepository) -> None:
    made.commit("base", {"f": "0"})
    made.git("checkout", "--quiet", "-b", "release")
    made.git("checkout", "--quiet", "main")
    fix = made.commit("fix", {"g": "fixed"})
    feature = made.commit("feature", {"h": "new"})
    made.git("checkout", "--quiet", "release")
    made.commit("only here", {"r": "1"})
    made.git("cherry-pick", fix)
    old = made.git("rev-parse", "HEAD")
    git = Git(made.folder)
    assert {each.id for each in between(git, old, feature)} == {fix, feature}
    assert picked(git, old, feature) == {fix}


def test_commits_that_blame_ignores_and_reverts_are_flagged(made: MadeRepository) -> None:
    made.commit("base", {"a.py": "x=1\n"})
    formatting = made.commit("format", {"a.py": "x = 1\n"})
    made.commit("note", {".git-blame-ignore-revs": f"# black\n{formatting}  # all\nnonsense\n"})
    bad = made.commit("bad", {"a.py": "x = 2\n"})
    made.git("revert", "--no-edit", bad)
    found = history(Git(made.folder), most=100).commits
    assert [each.subject for each in found if each.is_ignored] == ["format"]
    assert [each.reverts for each in found if each.reverts] == [bad]


def test_tags_mean_commits_and_branches_their_newest(made: MadeRepository) -> None:
    first = made.commit("first", {"a": "1"})
    made.git("tag", "v1")
    made.git("tag", "-a", "v1.1", "-m", "annotated")
    made.git("tag", "a-file", "HEAD:a")
    second = made.commit("second")
    made.git("branch", "feature/x", first)
    git = Git(made.folder)
    assert set(tags(git)) == {Tag("v1", first), Tag("v1.1", first)}
    assert branches(git) == {"main": second, "feature/x": first}
