"""Routes of Flask, FastAPI and Starlette find their views."""

from pathlib import Path

from echoline.source.routes import routes
from source.programs import program

FLASK = {
    "site/__init__.py": """
from flask import Flask
from site.settings import PREFIX

def create_app():
    app = Flask(__name__)
    from site import auth, blog
    app.register_blueprint(auth.bp)
    app.register_blueprint(blog.bp, url_prefix=PREFIX + "/blog")
    app.add_url_rule("/", endpoint="index", view_func=blog.index)

    @app.route("/hello")
    def hello():
        return "hi"

    return app
""",
    "site/settings.py": 'PREFIX = "/v1"\n',
    "site/auth.py": """
import functools
from flask import Blueprint
bp = Blueprint("auth", __name__, url_prefix="/auth")
admin = Blueprint("admin", __name__, url_prefix="/admin")
bp.register_blueprint(admin)

@bp.route("/login", methods=("GET", "POST"))
@functools.cache
def login(): ...

@admin.post("/users/<int:user_id>")
def user(user_id): ...
""",
    "site/blog.py": """
from flask import Blueprint
from flask.views import MethodView
bp = Blueprint("blog", __name__, url_prefix="/ignored")

class Post(MethodView):
    def get(self, id): ...

bp.add_url_rule("/<int:id>/", view_func=Post.as_view("post"))

@bp.route("/")
def index(): ...
""",
    "site/lost.py": """
from flask import Blueprint
bp = Blueprint("lost", __name__)

@bp.get("/nowhere")
def nowhere(): ...
""",
}
FASTAPI = {
    "api/main.py": """
from fastapi import FastAPI
from api import routers, items as goods
from api.more import make_router
from other import settings

app = FastAPI()
sub = FastAPI()
app.mount("/sub", sub)
for part in (goods, routers):
    app.include_router(part.router, prefix="/api")
app.include_router(make_router())
app.include_router(router=goods.hidden, prefix=settings.PREFIX)

@sub.get("/inner")
async def inner(): ...
""",
    "api/routers.py": "from api.nested.deep import router\n",
    "api/nested/deep.py": """
from api.base import user_router
router = user_router()

class Users:
    @router.get("/{user_id}")
    def one(self): ...

@router.api_route("/", methods=["PUT", "PATCH"])
def change(): ...
""",
    "api/base.py": """
from fastapi import APIRouter
class UserAPIRouter(APIRouter): ...
ROOT = "users"
def user_router():
    return UserAPIRouter(prefix=f"/{ROOT}")
""",
    "api/items.py": """
from fastapi import APIRouter
router, more = APIRouter(prefix="/items"), 1
router = APIRouter(prefix="/items")
hidden = APIRouter()

@router.get("/{item_id:int}")
def read(item_id: int): ...

@router.websocket("/live")
async def live(socket): ...

@hidden.get("/secret")
def secret(): ...
""",
    "api/more.py": """
from fastapi import APIRouter
def make_router():
    router = APIRouter(prefix="/more")

    @router.delete("/{id}")
    def remove(): ...

    return router
""",
}
STARLETTE = {
    "web/app.py": """
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from web import views
from web.admin import admin

inner = [Route("/{name}", views.show, methods=["POST"])]
app = Starlette(routes=[
    Route("/", endpoint=views.home),
    Mount("/things", routes=inner),
    Mount("/admin", app=admin),
])
""",
    "web/views.py": "async def home(request): ...\nclass show: ...\n",
    "web/admin.py": """
from starlette.applications import Starlette
admin = Starlette()

async def panel(request): ...

admin.add_route("/panel", panel)
""",
}


def found(files: dict[str, str]) -> set[tuple[str, str, str]]:
    """Method and route, view, and whether its front is known."""
    return {
        (
            f"{','.join(each.methods)} {each.route}",
            each.code_object.removeprefix("python:"),
            "" if each.is_attached else "?",
        )
        for each in routes(program(files))
    }


def test_flask_blueprints_nest_and_registrations_replace_their_prefix() -> None:
    assert found(FLASK) == {
        ("GET /hello", "site:create_app.<locals>.hello", ""),
        (" /", "site.blog:index", ""),
        ("GET,POST /auth/login", "site.auth:login", ""),
        ("POST /auth/admin/users/{user_id}", "site.auth:user", ""),
        (" /v1/blog/{id}/", "site.blog:Post", ""),
        ("GET /v1/blog/", "site.blog:index", ""),
        ("GET /nowhere", "site.lost:nowhere", "?"),
    }


def test_fastapi_routers_are_followed_through_modules_loops_and_functions() -> None:
    assert found(FASTAPI) == {
        ("GET /api/items/{item_id}", "api.items:read", ""),
        (" /api/items/live", "api.items:live", ""),
        ("GET /api/users/{user_id}", "api.nested.deep:Users.one", ""),
        ("PATCH,PUT /api/users/", "api.nested.deep:change", ""),
        ("DELETE /more/{id}", "api.more:make_router.<locals>.remove", ""),
        ("GET /sub/inner", "api.main:inner", ""),
        ("GET /secret", "api.items:secret", "?"),
    }


def test_starlette_lists_and_mounts_are_read() -> None:
    assert found(STARLETTE) == {
        (" /", "web.views:home", ""),
        ("POST /things/{name}", "web.views:show", ""),
        (" /admin/panel", "web.admin:panel", ""),
    }


def test_routers_in_a_circle_end() -> None:
    text = "from fastapi import APIRouter, FastAPI\na = FastAPI()\nb = APIRouter()\n"
    circle = text + "a.include_router(b)\nb.include_router(b)\n@b.get('/x')\ndef x(): ...\n"
    assert ("GET /x", "m:x", "") in found({"m.py": circle})


def test_the_example_shop_is_understood(repository: Path) -> None:
    root = repository / "examples" / "shop"
    files = {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*.py")}
    routes_found = found(files)
    assert ("GET /products/{product_id}", "shop.web.catalogue:product", "") in routes_found
    assert ("POST /reservations", "shop.backoffice.stock:reserve", "") in routes_found
    assert not {each for each in routes_found if each[2]}
    assert len(routes_found) == sum(text.count("@router.") + text.count("@app.") for text in files.values())
