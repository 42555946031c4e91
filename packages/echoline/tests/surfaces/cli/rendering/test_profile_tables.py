from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers_profiles import Profile, ProfiledFunction
from echoline.surfaces.cli.rendering.profile_tables import functions, measured

MS = 10**6
FOUND = Profile(
    "cpu", "nanoseconds", 1000 * MS, 50, 100 * MS,
    (
        ProfiledFunction("", "tax.of", "/srv/app/shop/tax.py", 9, 600 * MS, 620 * MS, 30, False, 0),
        ProfiledFunction("", "cart.total", "/srv/app/shop/cart.py", 7, 80 * MS, 900 * MS, 4, False, 60 * MS),
        ProfiledFunction("", "main", "C:\\app\\main.py", 0, 0, 1000 * MS, 0, False, 0),
    ),
    3, (), 12, (), "2026-11-22T10:00:00Z", "2026-11-22T11:00:00Z",
)  # fmt: skip


def test_functions_show_their_own_their_total_and_where() -> None:
    assert drawn(functions(FOUND)) == snapshot("""\

     own                   total         function    at                  hits
  600 ms  60 %  ████▊     620 ms   62 %  tax.of      app/shop/tax.py:9     30
~80.0 ms   8 %  ▋         900 ms   90 %  cart.total  app/shop/cart.py:7     4
                          1.00 s  100 %  main        C:/app/main.py
""")


def test_values_have_the_words_of_their_unit() -> None:
    told = [measured(2048, unit) for unit in ("nanoseconds", "bytes", "count", "cycles")]
    assert told == ["2.05 µs", "2.00 KiB", "2,048", "2,048 cycles"]
