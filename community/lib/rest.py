"""What answers of the API share: lists cut into pages, every no as `application/problem+json`.

Apart from the lists of screens, since a worker serves no API and is smaller without it.
"""

from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.http import Http404
from rest_framework import exceptions
from rest_framework.pagination import CursorPagination, PageNumberPagination
from rest_framework.response import Response
from rest_framework.views import set_rollback

from community.lib.paging import ROWS
from community.lib.refusals import Refused

PROBLEM = "application/problem+json"


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


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The problem that this error is to a caller; None when it is our own fault."""
    if isinstance(error, Refused):
        set_rollback()
        return problem(409, error.code, str(error))
    known = _as_api_error(error)
    if known is None:
        return None
    set_rollback()
    headers = {}
    if header := getattr(known, "auth_header", None):
        headers["WWW-Authenticate"] = str(header)
    if wait := getattr(known, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    if isinstance(known, exceptions.ValidationError):
        return problem(400, "invalid", "", errors=known.get_full_details(), headers=headers)
    code, detail = known.get_codes(), str(known.detail)
    return problem(known.status_code, str(code), detail, headers=headers)


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Any = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """A problem body; `code` is for programs, `detail` for people."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if errors is not None:
        body["errors"] = errors
    return Response(body, status=status, headers=headers, content_type=PROBLEM)


def _as_api_error(error: Exception) -> exceptions.APIException | None:
    """The framework's error for this one, where a caller can cause it."""
    if isinstance(error, exceptions.APIException):
        return error
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return _TooLarge()
    # Nested deeper than the parser can follow, or text that no encoding can carry.
    if isinstance(error, RecursionError | SuspiciousOperation | UnicodeError):
        return exceptions.ParseError()
    return None


class _TooLarge(exceptions.APIException):
    status_code = 413
    default_detail = "The body is larger than this site accepts."
    default_code = "too_large"
