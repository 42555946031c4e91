from inline_snapshot import snapshot

from answer_builders import drawn
from echoline.model.answers_metrics import Series, SeriesPoint, SeriesSet
from echoline.surfaces.cli.rendering.series import SeriesPicture


def _series(values: list[float | None], **labels: str) -> Series:
    points = (SeriesPoint(f"2026-11-22T09:{minute:02}:00Z", value) for minute, value in enumerate(values))
    return Series(labels, 1, tuple(points))


def _set(*series: Series, unit: str = "s") -> SeriesSet:
    since, until = "2026-11-22T09:00:00Z", "2026-11-22T09:10:00Z"
    step_ns = 60 * 10**9
    return SeriesSet(
        "http.server.request.duration", "histogram", "delta", unit, "p95", since, until, step_ns, series, 0
    )


def test_a_line_per_series_with_least_most_and_latest() -> None:
    answer = _set(
        _series([0.01, 0.012, 0.011, None, 0.4, 0.02], **{"http.route": "/cart", "http.request.method": "GET"}),
        _series([0.1] * 10, **{"http.route": "/checkout", "http.request.method": "POST"}),
        _series([], **{"http.route": "", "http.request.method": "GET"}),
    )
    assert drawn(SeriesPicture(answer), 100) == snapshot("""\

series                                            least    most   latest
/cart GET       ▁▁▁▁▁▁▁▁▁   ███▁▁▁              10.0 ms  400 ms  20.0 ms
/checkout POST  ▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄▄   100 ms  100 ms   100 ms
(none) GET
""")


def test_a_series_without_labels_carries_the_name_of_the_metric() -> None:
    assert "http.server.request.duration" in drawn(SeriesPicture(_set(_series([1, 2]), unit="By")))
