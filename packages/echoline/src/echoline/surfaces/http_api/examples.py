"""Examples for the API's description: answers about a small shop, by the name of their schema."""

from typing import Any

import orjson

from echoline.model.answers import (
    Endpoint,
    ErrorGroup,
    Health,
    Operation,
    OperationDetail,
    OperationPoint,
    Page,
    Service,
    Stored,
)
from echoline.model.answers_admin import Deleted, Flushed
from echoline.model.answers_logs import LogPattern, LogRecord
from echoline.model.answers_metrics import Metric, Series, SeriesPoint, SeriesSet
from echoline.model.answers_traces import Difference, HeatCell, HeatMap, Match, TraceSummary
from echoline.model.ids import identity, operation_id

_SINCE, _UNTIL = "2026-11-21T10:00:00.000000000Z", "2026-11-22T10:00:00.000000000Z"
_AT = "2026-11-22T09:58:12.031415926Z"
_TRACE, _SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
_CHECKOUT = operation_id("shop", "SERVER", "POST /checkout")
_TIMES = {"p50_ns": 41_200_000, "p95_ns": 188_000_000, "p99_ns": 402_000_000}
_OPERATION: dict[str, Any] = {
    "id": _CHECKOUT,
    "service": "shop",
    "environment": "prod",
    "kind": "SERVER",
    "name": "POST /checkout",
    "calls": 1204,
    "errors": 7,
    **_TIMES,
    "duration_sum_ns": 71_400_000_000,
}
_STACK = 'Traceback (most recent call last):\n  File "shop/payment.py", line 41, in charge\nPaymentDeclined: card\n'

_SERVICE = Service("shop", "prod", ("1.4.2",), ("2ac89889",), 8211, 12, **_TIMES, spans=96_402, last_seen=_AT)
_ERROR = ErrorGroup(
    id=identity("span", "PaymentDeclined", "shop", "SERVER", "POST /checkout"), source="span", type="PaymentDeclined",
    service="shop", environment="prod", operation_id=_CHECKOUT, operation="POST /checkout", kind="SERVER", count=7,
    traces=7, first_seen=_SINCE, last_seen=_AT, message="card", stack=_STACK, trace_id=_TRACE, span_id=_SPAN,
)  # fmt: skip
_TRACE_SUMMARY = TraceSummary(
    trace_id=_TRACE, service="shop", environment="prod", kind="SERVER", name="POST /checkout", start=_AT,
    duration_ns=402_000_000, spans=31, errors=1,
    match=Match(_SPAN, "shop", _CHECKOUT, "SERVER", "POST /checkout", _AT, 402_000_000, "ERROR"),
)  # fmt: skip
_PATTERN = identity("shop", "order <*> failed")
_LOG = LogRecord(
    time=_AT, observed=_AT, service="shop", environment="prod", version="1.4.2", severity="ERROR", severity_number=17,
    severity_text="ERROR", event_name="", body="order 4711 failed", pattern_id=_PATTERN, trace_id=_TRACE,
    span_id=_SPAN, scope="shop.orders", exception_type="", attributes={"code.function.name": "shop.orders.place"},
    originals={}, dropped_attributes=0,
)  # fmt: skip
_LOG_PATTERN = LogPattern(
    _PATTERN, "shop", "prod", "order <*> failed", "ERROR", 17, 7, _SINCE, _AT, ("order 4711 failed",)
)
_METRIC = Metric(
    "http.server.request.duration", "shop", "prod", "histogram", "cumulative", False, "s",
    "Duration of HTTP server requests", 14, 3402, _AT, ("http.request.method", "http.route"), ("p95", "rate"),
)  # fmt: skip
_SERIES = SeriesSet(
    metric="http.server.request.duration", type="histogram", temporality="cumulative", unit="s", function="p95",
    since=_SINCE, until=_UNTIL, step_ns=900_000_000_000, left_out=0,
    items=(Series({"http.route": "/checkout"}, 1, (SeriesPoint(_SINCE, 0.188), SeriesPoint(_AT, None))),),
)  # fmt: skip


def _page(item: object) -> Page[object]:
    return Page((item,), "lQGsN2NkZTFl", _SINCE, _UNTIL)


_ANSWERS: dict[str, object] = {
    "Page_Service_": _page(_SERVICE),
    "Page_Operation_": _page(Operation(**_OPERATION)),
    "Page_Endpoint_": _page(Endpoint(**_OPERATION, method="POST", route="/checkout")),
    "Page_TraceSummary_": _page(_TRACE_SUMMARY),
    "Page_ErrorGroup_": _page(_ERROR),
    "Page_LogRecord_": _page(_LOG),
    "Page_LogPattern_": _page(_LOG_PATTERN),
    "Page_Metric_": _page(_METRIC),
    "OperationDetail": OperationDetail(
        **_OPERATION, environments=("prod",), versions=("1.4.2",), revisions=("2ac89889",), since=_SINCE, until=_UNTIL,
        step_ns=900_000_000_000, points=(OperationPoint(_SINCE, 12, 0, **_TIMES),),
    ),
    "HeatMap": HeatMap(
        since=_SINCE, until=_UNTIL, step_ns=900_000_000_000, columns=96, bounds_ns=(10_000_000, 13_335_215, 17_782_795),
        cells=(HeatCell(95, 1, 12, 1),), spans=12, errors=1,
    ),
    "Difference": Difference("payment.provider", "slowpay", 0.92, 0.08, 11.5, 46, 80),
    "SeriesSet": _SERIES,
    "Health": Health("ok", "0.1.0", Stored(96_402, 18_233, 40_100), {"too_old": 3}, {}, {}, 0, 0.4),
    "Flushed": Flushed(True, 0.0, None),
    "Deleted": Deleted({"spans": 1204, "operations_1m": 31}),
}  # fmt: skip
EXAMPLES: dict[str, Any] = {name: orjson.loads(orjson.dumps(answer)) for name, answer in _ANSWERS.items()}
