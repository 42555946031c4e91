"""The shop on Django, served asynchronously."""
# A program as users write it, on frameworks without types.
# mypy: ignore-errors

from django.core.handlers.asgi import ASGIHandler
from django_shop import OTHER, REQUESTS, SERVED

__all__ = ["ASGI", "OTHER", "REQUESTS", "SERVED"]
ASGI = ASGIHandler()
