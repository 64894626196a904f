"""What the OpenAPI schema says beyond what the views say of themselves."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "description": "Why a request was not carried out (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "For programs; does not change."},
        "detail": {"type": "string", "description": "For people; translated."},
        "errors": {"type": "object", "description": "By field, for code `invalid`."},
    },
}
ANSWERS = {
    "400": "What was sent cannot be read or is not valid.",
    "401": "The token is no good, or nobody is signed in.",
    "403": "The token or the person does not reach that far.",
    "404": "There is nothing here.",
    "405": "This cannot be done here.",
    "406": "Only JSON is spoken here.",
    "409": "A rule says no; `code` names it.",
    "413": "The body is too large.",
    "415": "Only JSON is read here.",
    "429": "Asked too often; `Retry-After` says when to ask again.",
}


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may answer with a problem; all problems have one shape."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM_SCHEMA
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            for status, words in ANSWERS.items():
                answer = {"description": words, "content": content}
                operation["responses"].setdefault(status, answer)
    return result


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema describes our tokens."""

    target_class = "community.tokens.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "A token made at /tokens/."}
