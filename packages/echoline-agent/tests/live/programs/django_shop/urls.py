"""Routes and views of the shop."""

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path


def item(request: HttpRequest, number: int) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s * 2", [number])
        return HttpResponse(cursor.fetchone()[0])


urlpatterns = [path("items/<int:number>/", item)]
