"""A shop on Django with every way to write a view that we know of."""
# A program as users write it, on frameworks without types.
# mypy: ignore-errors

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import httpx
import requests
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, models
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.http import require_GET
from django.views.generic import ListView, TemplateView
from opentelemetry import trace
from opentelemetry.instrumentation.django import DjangoInstrumentor
from shelves import FILE, OTHER, Carts, ask_sqlite

tracer = trace.get_tracer("shop")
settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="of a test",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FILE)}},
    MIDDLEWARE=["django.middleware.common.CommonMiddleware", f"{__name__}.Timed"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [str(Path(__file__).parent)]}],
    LOGGING_CONFIG=None,
)
DjangoInstrumentor().instrument()
django.setup()


class Timed:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with tracer.start_as_current_span("timed", attributes={"by": "django_shop.Timed.__call__"}):
            return self.get_response(request)


class Cart(models.Model):
    class Meta:
        app_label = "shop"
        db_table = "carts"
        managed = False

    @classmethod
    def all_numbers(cls) -> list[int]:
        return [cart.pk for cart in cls.objects.extra(where=["1 /* by=django_shop.Cart.all_numbers */"])]


def checked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @functools.wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> HttpResponse:
        return view(*args, **kwargs)

    return wrapper


@require_GET
@checked
def plain_view(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponse(str(Cart.all_numbers()))


def cursor_view(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 /* by=django_shop.cursor_view */")
    answer = requests.get(f"{OTHER['address']}/by/django_shop.cursor_view", timeout=5)
    return HttpResponse(answer.text)


async def async_view(request: HttpRequest) -> HttpResponse:
    async with httpx.AsyncClient() as client:
        await client.get(f"{OTHER['address']}/by/django_shop.async_view")
    return HttpResponse("fine")


def failing_view(request: HttpRequest) -> HttpResponse:
    raise ValueError(str(Carts().count))


def missing_view(request: HttpRequest) -> HttpResponse:
    raise Http404


def denied_view(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def stream_view(request: HttpRequest) -> StreamingHttpResponse:
    def rows() -> Any:
        for number in range(2):
            ask_sqlite("shelves.ask_sqlite", f"SELECT {number}")
            yield "row"

    return StreamingHttpResponse(rows())


@method_decorator(checked, name="dispatch")
class Orders(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(Carts().numbers()))

    async def _never(self) -> None: ...

    def post(self, request: HttpRequest) -> HttpResponse:
        with tracer.start_as_current_span("made", attributes={"by": "django_shop.Orders.post"}):
            return HttpResponse("made")


class MoreOrders(Orders):
    pass


class CartList(ListView):
    template_name = "carts.txt"

    def get_queryset(self) -> Any:
        return Cart.objects.extra(where=["1 /* by=django_shop.CartList */"])


class Caller:
    def __call__(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("called")


urlpatterns = [
    path("plain/<int:number>", plain_view),
    path("cursor", cursor_view),
    path("async", async_view),
    path("fails", failing_view),
    path("missing", missing_view),
    path("denied", denied_view),
    path("stream", stream_view),
    path("callable", Caller()),
    path("partial", functools.partial(plain_view, number=2)),
    path("in/", include([path("orders", Orders.as_view()), path("more", checked(MoreOrders.as_view()))])),
    path("carts", CartList.as_view()),
    path("template", TemplateView.as_view(template_name="carts.txt")),
]

_VIEWS = {
    "GET /plain/2": "plain_view",
    "POST /plain/2": "plain_view",
    "GET /cursor": "cursor_view",
    "GET /async": "async_view",
    "GET /fails": "failing_view",
    "GET /missing": "missing_view",
    "GET /denied": "denied_view",
    "GET /stream": "stream_view",
    "GET /callable": "Caller.__call__",
    "GET /partial": "plain_view",
    "GET /in/orders": "Orders.get",
    "HEAD /in/orders": "Orders.get",
    "POST /in/orders": "Orders.post",
    "DELETE /in/orders": "Orders",
    "GET /in/more": "Orders.get",
    "GET /carts": "CartList",
    "GET /template": "",
    "GET /nowhere": "",
}
SERVED = {request: f"django_shop.{view}" if view else "" for request, view in _VIEWS.items()}
REQUESTS = list(_VIEWS)
WSGI = WSGIHandler()
