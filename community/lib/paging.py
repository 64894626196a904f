"""Lists cut into pages, on screens and in the API."""

from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.pagination import CursorPagination, PageNumberPagination

ROWS = 50
M = TypeVar("M", bound=Model)


class ApiPages(PageNumberPagination):
    """Pages of 50 rows, up to 200 on request."""

    page_size = ROWS
    page_size_query_param = "page_size"
    max_page_size = 200


class ApiCursor(CursorPagination):
    """Pages that stay in place while rows are added, for long lists in order of time."""

    page_size = ROWS
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-occurred_at", "-pk")


def page_of(rows: "QuerySet[M]", request: HttpRequest, size: int = ROWS) -> "Page[M]":
    """The page of rows that the `page` parameter names; the nearest one if it is off."""
    return Paginator(rows, size).get_page(request.GET.get("page"))
