from echoline.privacy.findings import Finding, merged

RANK = {"token": 0, "email": 1}


def test_findings_that_overlap_become_one_named_by_the_longest() -> None:
    found = [Finding("email", 4, 9, "short"), Finding("token", 0, 6, "longest")]
    assert merged(found, RANK) == (Finding("token", 0, 9, "longest"),)


def test_of_equals_the_lower_rank_names_and_unknown_ones_come_first() -> None:
    found = [Finding("email", 0, 4, "a"), Finding("token", 0, 4, "a")]
    assert merged(found, RANK)[0].rule == "token"
    assert merged([*found, Finding("own", 0, 4, "a")], RANK)[0].rule == "own"


def test_findings_that_only_touch_stay_apart() -> None:
    found = (Finding("email", 0, 4, "a"), Finding("email", 4, 8, "b"))
    assert merged(reversed(found), RANK) == found
