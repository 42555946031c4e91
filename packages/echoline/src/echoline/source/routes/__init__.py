"""Routes of web frameworks and the functions that answer them, read off the source."""

from echoline.model.code import RouteView
from echoline.source.program import Program
from echoline.source.routes import django, routers


def routes(program: Program) -> list[RouteView]:
    """Of Django, Flask, FastAPI and Starlette, by route."""
    found = {*django.routes(program), *routers.routes(program)}
    return sorted(found, key=lambda each: (each.route, each.methods, each.code_object, each.file, each.line))
