"""The local server against what GitHub publishes of its API."""

import json
from functools import cache
from pathlib import Path
from urllib.request import urlopen

import pytest
from graphql import GraphQLSchema, build_schema, parse, validate
from jsonschema import Draft202012Validator

from integrations.github import documents, questions
from tests.github_api.graph import SCHEMA
from tests.github_api.published import published
from tests.github_api.server import GitHub, serving
from tests.github_api.world import Size, World

QUERIES = {
    "pulls": documents.PULLS,
    "nested": documents.NESTED,
    "authors": documents.authors(["0" * 40, "1" * 40]),
    "head": documents.HEAD,
    "history": documents.HISTORY,
    "totals": questions.TOTALS,
    "pull states": questions.PULL_STATES,
    "comments of one": questions.COMMENTS_OF,
    "comments of many": questions.comments_of([1, 2]),
    "changed since": questions.changed_since(["2024-01-01T00:00:00Z"]),
    "changed since, and ids": questions.changed_since(["2024-01-01T00:00:00Z"], [1, 2]),
    "ids": questions.ids_of([1, 2]),
}
PATHS = {
    "": "/repos/{owner}/{repo}",
    "/issues?state=all": "/repos/{owner}/{repo}/issues",
    "/issues/comments": "/repos/{owner}/{repo}/issues/comments",
    "/pulls/comments": "/repos/{owner}/{repo}/pulls/comments",
    "/releases": "/repos/{owner}/{repo}/releases",
    "/issues/{issue}": "/repos/{owner}/{repo}/issues/{issue_number}",
    "/issues/{issue}/comments": "/repos/{owner}/{repo}/issues/{issue_number}/comments",
    "/issues/comments/{comment}": "/repos/{owner}/{repo}/issues/comments/{comment_id}",
    "/pulls/comments/{line}": "/repos/{owner}/{repo}/pulls/comments/{comment_id}",
    "/releases/{release}": "/repos/{owner}/{repo}/releases/{release_id}",
}


@cache
def description(path: Path) -> dict:
    """GitHub's OpenAPI 3.0 description, with its `nullable` as JSON Schema says it."""
    return json.loads(path.read_text(), object_hook=nullable)


@cache
def whole_schema(path: Path) -> GraphQLSchema:
    """GitHub's whole schema; it may define a field twice, which the parser would refuse."""
    return build_schema(path.read_text(), assume_valid=True, assume_valid_sdl=True)


def nullable(found: dict) -> dict:
    if not found.pop("nullable", False):
        return found
    if "enum" in found:
        found["enum"] = [*found["enum"], None]
    if isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
        return found
    return {"anyOf": [found, {"type": "null"}]}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path or "repository")
def test_rest_answers_keep_to_the_published_description(path):
    openapi = description(published("openapi/generated/api.github.com.json"))
    operation = openapi["paths"][PATHS[path]]["get"]
    schema = operation["responses"]["200"]["content"]["application/json"]["schema"]

    world = World(size=Size(8, 8, 20, 10, 10, 2, 0, 5))
    one = {
        "issue": next(number for number in world.issues if world.comment_count(number)),
        "comment": next(iter(world.comments)),
        "line": next(iter(world.line_comments)),
        "release": next(iter(world.releases)),
    }
    with serving(GitHub(world)) as base:
        body = json.load(urlopen(f"{base}/repos/guild/hall{path.format(**one)}"))

    found = Draft202012Validator({**schema, "components": openapi["components"]})
    assert [f"{list(error.path)}: {error.message[:200]}" for error in found.iter_errors(body)] == []
    assert body


@pytest.mark.parametrize("name", QUERIES)
def test_our_queries_use_documented_fields_only(name):
    schema = whole_schema(published("graphql-schema/schema.graphql"))

    assert [error.message for error in validate(schema, parse(QUERIES[name]))] == []


@pytest.mark.parametrize("name", QUERIES)
def test_our_queries_fit_the_subset_that_the_server_answers(name):
    assert [error.message for error in validate(SCHEMA, parse(QUERIES[name]))] == []


def test_the_subset_agrees_with_the_published_schema():
    whole = whole_schema(published("graphql-schema/schema.graphql"))

    differing = [
        f"{kind}.{name}"
        for kind, ours in SCHEMA.type_map.items()
        if not kind.startswith("__") and hasattr(ours, "fields")
        for name, field in ours.fields.items()
        if str(whole.type_map[kind].fields[name].type) != str(field.type)
        or [
            given
            for given, argument in getattr(field, "args", {}).items()
            if str(whole.type_map[kind].fields[name].args[given].type) != str(argument.type)
        ]
    ]

    assert differing == []
