from hypothesis import given
from hypothesis import strategies as st

from echoline.queries.span_tree import Link, Place, tree


def link(span_id: str, parent_id: str = "", start: int = 0, end: int = 10) -> Link:
    return Link(span_id, parent_id, start, end)


def shape(*spans: Link) -> list[tuple[str, int]]:
    return [(spans[place.index].span_id, place.depth) for place in tree(spans)]


def problems(*spans: Link) -> dict[str, str | None]:
    return {spans[place.index].span_id: place.problem for place in tree(spans)}


def test_spans_come_depth_first_with_siblings_in_order() -> None:
    spans = link("root"), link("a", "root"), link("b", "root"), link("a1", "a"), link("a2", "a")
    assert shape(*spans) == [("root", 0), ("a", 1), ("a1", 2), ("a2", 2), ("b", 1)]


def test_a_child_may_come_before_its_parent() -> None:
    assert shape(link("a", "root"), link("root")) == [("root", 0), ("a", 1)]


def test_a_span_whose_parent_is_missing_stands_at_the_top_with_its_children() -> None:
    spans = link("root"), link("lost", "gone"), link("below", "lost")
    assert shape(*spans) == [("root", 0), ("lost", 0), ("below", 1)]
    assert problems(*spans) == {"root": None, "lost": "missing_parent", "below": None}


def test_the_first_span_of_a_circle_opens_it() -> None:
    spans = link("tail", "b"), link("a", "c"), link("b", "a"), link("c", "b")
    assert shape(*spans) == [("a", 0), ("b", 1), ("tail", 2), ("c", 2)]
    assert problems(*spans) == {"a": "circle", "b": None, "tail": None, "c": None}


def test_a_span_that_is_its_own_parent_stands_at_the_top() -> None:
    assert problems(link("a", "a")) == {"a": "circle"}


def test_of_spans_with_one_id_the_first_has_the_children() -> None:
    found = tree([link("root"), link("a", "root"), link("a", "root"), link("below", "a")])
    assert [(place.index, place.children, place.problem) for place in found] == [
        (0, 2, None),
        (1, 1, None),
        (3, 0, None),
        (2, 0, "repeated_id"),
    ]


def test_a_chain_of_a_hundred_thousand_is_no_problem() -> None:
    spans = [link("0")] + [link(str(n), str(n - 1)) for n in range(1, 100_000)]
    assert tree(spans)[-1] == Place(99_999, 99_999, 0, 10, None)


def test_own_time_leaves_out_what_children_cover_once() -> None:
    """Overlapping children count once, and one that outlives its parent counts as far as the parent goes."""
    parent = link("p", start=0, end=100)
    children = link("a", "p", 10, 30), link("b", "p", 20, 40), link("c", "p", 90, 200), link("d", "p", 200, 300)
    assert tree([parent, *children])[0].self_ns == 60


NAMES = st.sampled_from([*"abcdefgh", ""])
SPANS = st.lists(st.builds(Link, NAMES.filter(bool), NAMES, st.integers(0, 50), st.integers(50, 99)), max_size=30)


@given(SPANS)
def test_whatever_parents_say_each_span_stands_once_right_below_another(spans: list[Link]) -> None:
    found = tree(spans)
    assert sorted(place.index for place in found) == list(range(len(spans)))
    assert sum(place.children for place in found) + sum(place.depth == 0 for place in found) == len(spans)
    before = -1
    for place in found:
        assert 0 <= place.depth <= before + 1
        before = place.depth
        assert (spans[place.index].parent_id == "" or place.problem is not None) == (
            place.depth == 0 or place.problem == "repeated_id"
        )


@given(SPANS)
def test_own_time_is_what_no_child_covers(spans: list[Link]) -> None:
    found = tree(spans)
    for at, place in enumerate(found):
        own = spans[place.index]
        below = list[Link]()
        for each in found[at + 1 :]:
            if each.depth <= place.depth:
                break
            below += [spans[each.index]] if each.depth == place.depth + 1 else []
        covered = {t for child in below for t in range(child.start_ns, child.end_ns)}
        assert place.self_ns == len(set(range(own.start_ns, own.end_ns)) - covered)
