"""A shop on Flask with every way to write a view that we know of."""
# A program as users write it, on frameworks without types.
# mypy: ignore-errors

import functools
from collections.abc import Callable
from typing import Any

import requests
from flask import Blueprint, Flask, Response, abort, stream_with_context
from flask.typing import ResponseReturnValue
from flask.views import MethodView, View
from opentelemetry import trace
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from shelves import OTHER, Carts, ask_sqlite

tracer = trace.get_tracer("shop")
WSGI = app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


def checked(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        ask_sqlite("shelves.ask_sqlite", "SELECT 4")
        return view(*args, **kwargs)

    return wrapper


@app.before_request
def early() -> ResponseReturnValue | None:
    from flask import request

    return ("stop", 403) if request.args.get("stop") else None


@app.get("/plain/<int:number>")
def plain_view(number: int) -> str:
    return str(Carts.sizes([number]))


@app.get("/checked")
@checked
def checked_view() -> str:
    return requests.get(f"{OTHER['address']}/by/flask_shop.checked_view", timeout=5).text


@app.get("/fails")
def failing_view() -> str:
    Carts().numbers()
    raise ValueError("no stock")


@app.get("/gone")
def gone_view() -> str:
    abort(410)


@app.get("/async")
async def async_view() -> str:
    with tracer.start_as_current_span("inside", attributes={"by": "flask_shop.async_view"}):
        return "fine"


@app.get("/stream")
def stream_view() -> Response:
    def rows() -> Any:
        for number in range(2):
            ask_sqlite("shelves.ask_sqlite", f"SELECT {number}")
            with tracer.start_as_current_span("row", attributes={"by": "flask_shop.stream_view.<locals>.rows"}):
                yield "row"

    return Response(stream_with_context(rows()))


class Orders(MethodView):
    decorators = [checked]  # noqa: RUF012

    def get(self) -> str:
        return str(Carts().count)

    def post(self) -> str:
        with tracer.start_as_current_span("made", attributes={"by": "flask_shop.Orders.post"}):
            return "made"


class Report(View):
    def dispatch_request(self) -> ResponseReturnValue:
        return str(sum(number for number in Carts().numbers()))


class BetterReport(Report):
    pass


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
app.add_url_rule("/report", view_func=Report.as_view("report"))
app.add_url_rule("/better", view_func=BetterReport.as_view("better"))
app.add_url_rule("/lambda", "short", lambda: "short")
app.add_url_rule("/partial", "partial", functools.partial(plain_view, number=2))

outer = Blueprint("outer", __name__, url_prefix="/outer")
inner = Blueprint("inner", __name__, url_prefix="/inner")


@inner.get("/view")
def blueprint_view() -> str:
    return str(Carts().count)


outer.register_blueprint(inner)
app.register_blueprint(outer)

_VIEWS = {
    "GET /plain/2": "plain_view",
    "GET /checked": "checked_view",
    "GET /checked?stop=1": "checked_view",
    "GET /fails": "failing_view",
    "GET /gone": "gone_view",
    "GET /async": "async_view",
    "GET /stream": "stream_view",
    "GET /orders": "Orders.get",
    "HEAD /orders": "Orders.get",
    "POST /orders": "Orders.post",
    "GET /report": "Report.dispatch_request",
    "GET /better": "Report.dispatch_request",
    "GET /lambda": "<lambda>",
    "GET /partial": "plain_view",
    "GET /outer/inner/view": "blueprint_view",
    "GET /static/none.css": "",
    "GET /nowhere": "",
    "POST /fails": "",
    "OPTIONS /checked": "",
}
SERVED = {request.split("?")[0]: f"flask_shop.{view}" if view else "" for request, view in _VIEWS.items()}
REQUESTS = list(_VIEWS)
