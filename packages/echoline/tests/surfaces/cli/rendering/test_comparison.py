from answer_builders import NOW_NS, drawn
from echoline.model.answers_compare import Change, Comparison, Judged, Measured, Numbers, SideShown
from echoline.surfaces.cli.rendering.comparison import ComparisonPicture

AT = "2026-11-22T10:00:00.000000000Z"
SIDE = SideShown("1", "version", ("shop 1 (230207735df9d3b9301fdce6b92e69d38c433c66)",), AT, AT, 500)


def change(name: str, verdict: Judged, visible: float | None = 0.073) -> Change:
    numbers = Numbers(100, 0, 6.0, 20_000_000, 20_000_000, 40_000_000, 50_000_000)
    measure = Measured("duration", 2e7, 2.8e7, 0.4, 0.33, 0.48, 0.0002, 100, 100, visible, verdict)
    return Change(
        "endpoint", "a" * 16, "shop", "prod", "SERVER", name, "both", verdict, 0.1, numbers, numbers, (measure,)
    )


def pictured(*items: Change, is_whole: bool = False) -> str:
    worse, unchanged = (sum(each.verdict == name for each in items) for name in ("worse", "unchanged"))
    found = Comparison(SIDE, SIDE, "windows", worse, 0, unchanged, 0, (), items, 0)
    return drawn(ComparisonPicture(found, NOW_NS, is_whole))


def test_what_moved_has_both_numbers_the_change_and_its_interval() -> None:
    told = pictured(change("POST /checkout", "worse"), change("GET /a", "unchanged"))
    assert "1 worse · 0 better · 1 unchanged" in told
    assert "▲  POST /checkout  time of a call  20.0 ms  28.0 ms   +40 %  +33 % to +48 %     <0.1 %" in told
    assert "GET /a" not in told


def test_what_did_not_move_says_what_would_have_been_seen() -> None:
    assert "a change of 7.3 % would have been seen" in pictured(change("GET /a", "unchanged"))
    assert "a change of ×4.9 would have been seen" in pictured(change("GET /a", "unchanged", 3.9))
    assert "=  GET /a" in pictured(change("GET /a", "unchanged"), is_whole=True)


def test_revisions_are_abbreviated() -> None:
    assert "shop 1 (230207735)" in pictured(change("GET /a", "unchanged"))
