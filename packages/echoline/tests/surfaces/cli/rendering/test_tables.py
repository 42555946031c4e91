from typing import Any

from inline_snapshot import snapshot

from answer_builders import MS, NOW_NS, at, drawn, operation
from echoline.model.answers import Service
from echoline.model.answers_logs import LogPattern
from echoline.model.answers_metrics import Metric
from echoline.model.answers_traces import Match, TraceSummary
from echoline.surfaces.cli.rendering import tables

OPERATIONS = [
    operation("GET /products/{product_id}", 1_204, 0, 12),
    operation("POST /checkout", 28, 5, 1_840),
    operation("SELECT a.id, a.name, a.text FROM reviews AS a WHERE a.id = ?", 17_760, 1, 0.4, kind="CLIENT"),
]


def test_operations_at_100_and_at_60_columns() -> None:
    assert drawn(tables.operations(OPERATIONS), 100) == snapshot("""\

operation                               kind    calls     errors      p50      p95   total
GET /products/{product_id}              server  1,204             6.00 ms  12.0 ms  7.22 s  ██▎
POST /checkout                          server     28  5    18 %   920 ms   1.84 s  25.8 s  ████████
SELECT … FROM reviews AS a WHERE a.id…  client  17.8k  1  <0.1 %   200 µs   400 µs  3.55 s  █▏
""")
    assert drawn(tables.operations(OPERATIONS), 60) == snapshot("""\

operation                          calls     errors      p95
GET /products/{product_id}         1,204             12.0 ms
POST /checkout                        28  5    18 %   1.84 s
SELECT … FROM reviews AS a WHERE…  17.8k  1  <0.1 %   400 µs
""")


def test_services() -> None:
    def service(name: str, **others: Any) -> Service:
        given: dict[str, Any] = {"environment": "prod", "versions": (), "revisions": (), "calls": 0, "errors": 0}
        given |= {"p50_ns": None, "p95_ns": None, "p99_ns": None, "spans": 0, "last_seen": None}
        return Service(service=name, **(given | others))

    items = [
        service(
            "shop", versions=("1.3.0", "1.4.0"), revisions=("b5643a9399465d8b",), calls=784, errors=5,
            p50_ns=8 * MS, p95_ns=48 * MS, p99_ns=MS, spans=12_345, last_seen=at(0),
        ),
        service("", environment=""),
    ]  # fmt: skip
    assert drawn(tables.services(items, NOW_NS), 110) == snapshot("""\

service    environment  version   revision   calls     errors      p50      p95  spans  last seen
shop       prod         1.4.0 +1  b5643a939    784  5   0.6 %  8.00 ms  48.0 ms  12.3k  1 min ago
(no name)                                        0                                   0
""")


def test_traces() -> None:
    match = Match("1" * 16, "shop", "0" * 16, "SERVER", "GET /cart", at(0), MS, "UNSET")
    items = [
        TraceSummary(
            "0af7651916cd43dd8448eb211c80319c", "shop", "test", "SERVER", name, at(ms), ms * MS, 9, errors, match
        )
        for name, ms, errors in (("POST /checkout", 1_840, 2), ("GET /cart", 12, 0), ("", 1, 0))
    ]
    assert drawn(tables.traces(items, NOW_NS), 100) == snapshot("""\

trace             started             ago  root            spans  errors  duration
0af7651916cd43dd  09:58:31.840  1 min ago  POST /checkout      9       2    1.84 s  ████████
0af7651916cd43dd  09:58:30.012  1 min ago  GET /cart           9           12.0 ms  ▏
0af7651916cd43dd  09:58:30.001  1 min ago  (no name)           9           1.00 ms  ▏
""")


def test_patterns() -> None:
    items = [
        LogPattern("1", "shop", "test", "order <*> sent to <*>", "INFO", 9, 1_812, at(0), at(80_000), ()),
        LogPattern("2", "shop", "test", "payment failed\nTraceback <*>", "ERROR", 17, 3, at(0), at(0), ()),
    ]
    assert drawn(tables.patterns(items, NOW_NS), 80) == snapshot("""\

count            severity  pattern                last seen
1,812  ████████  info      order <*> sent to <*>  10 s ago
    3  ▏         error     payment failed         1 min ago
""")


def test_metrics() -> None:
    items = [
        Metric(
            "http.server.request.duration", "shop", "test", "exponential_histogram", "cumulative", True, "s", "",
            12, 400, at(0), ("http.route", "http.request.method"), ("rate",),
        ),
        Metric("db.connections", "shop", "test", "sum", "delta", False, "{connection}", "", 2, 9, at(0), (), ()),
    ]  # fmt: skip
    assert drawn(tables.metrics(items, NOW_NS), 100) == snapshot("""\

metric                        type                   unit          series  last seen
http.server.request.duration  exponential histogram  s                 12  1 min ago
db.connections                sum                    {connection}       2  1 min ago
""")
