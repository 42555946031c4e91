"""Routes of Django find their views."""

from source.programs import program
from source.routes.test_routers import found

PROJECT = {
    "site/settings.py": 'ROOT_URLCONF = "site.urls"\n',
    "site/urls.py": """
from django.contrib import admin
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from shop import views, urls as shop_urls
from shop.views import ProductView as Product

extra = [path("ping/", views.ping)]
urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("api.urls", namespace="api")),
    path("products/<slug:slug>/", Product.as_view(), name="product"),
    re_path(r"^catalogue/(?P<product_slug>[\\w-]*)_(?P<pk>\\d+)/$", views.detail),
    path("inner/", include(([path("one/", views.one)], "inner"))),
    path("extra/", include(extra)),
] + [path("", views.home)]
urlpatterns += i18n_patterns(path("shop/", include(shop_urls)))
if settings.DEBUG:
    urlpatterns += [path("debug/", include("debug_toolbar.urls"))]
""",
    "api/urls.py": """
from django.urls import path
from django.views.decorators.cache import cache_page
from . import views
urlpatterns = [
    path("carts/<int:cart_id>/lines", views.Lines.as_view()),
    path("cached", cache_page(60)(views.cached)),
    path("named", "api.views.cached"),
]
""",
    "api/views.py": "class Lines: ...\ndef cached(request): ...\n",
    "shop/__init__.py": "",
    "shop/urls.py": "from django.urls import path\nfrom shop.views import home\nurlpatterns = [path('', home)]\n",
    "shop/views.py": """
def ping(r): ...
def detail(r): ...
def one(r): ...
def home(r): ...
class ProductView:
    def get(self, request): ...
""",
    "old/urls.py": "from django.urls import path\nfrom shop import views\nurlpatterns = [path('old/', views.home)]\n",
}


def test_lists_are_joined_from_the_root() -> None:
    assert {(each[0].strip(), each[1], each[2]) for each in found(PROJECT)} == {
        ("/admin/", "?:admin.site.urls", ""),
        ("/api/carts/{cart_id}/lines", "api.views:Lines", ""),
        ("/api/cached", "api.views:cached", ""),
        ("/api/named", "api.views:cached", ""),
        ("/products/{slug}/", "shop.views:ProductView", ""),
        ("/catalogue/{product_slug}_{pk}/", "shop.views:detail", ""),
        ("/inner/one/", "shop.views:one", ""),
        ("/extra/ping/", "shop.views:ping", ""),
        ("/", "shop.views:home", ""),
        ("/{language}/shop/", "shop.views:home", ""),
        ("/old/", "shop.views:home", "?"),
    }


def test_without_a_named_root_what_nobody_includes_is_one() -> None:
    files = {path: text for path, text in PROJECT.items() if "settings" not in path}
    assert (" /old/", "shop.views:home", "") in found(files)
    assert not any(route == " /carts/{cart_id}/lines" for route, *_ in found(files))


def test_a_file_that_does_not_parse_hides_only_its_own() -> None:
    read = program({**PROJECT, "api/urls.py": "urlpatterns = [path(", "old/urls.py": "print 'old'\n"})
    assert (read.unread, "site.urls" in read.modules) == (2, True)
