"""The graph answers as GitHub's does; what is compiled answers as graphql-core would."""

import pytest
from graphql import GraphQLObjectType, graphql_sync

from integrations.github import documents
from tests.github_api.asking import graphql
from tests.github_api.graph import SCHEMA, answer
from tests.github_api.query import compiled
from tests.github_api.resolvers import Door, Graph
from tests.github_api.server import GitHub, serving
from tests.github_api.world import World

REPOSITORY = 'repository(owner: "guild", name: "hall")'
ITEMS = """
query Items($first: Int!, $after: String, $since: DateTime) {
  repository(owner: "guild", name: "hall") {
    issues(
      first: $first, after: $after, filterBy: {since: $since, states: [OPEN, CLOSED]},
      orderBy: {field: UPDATED_AT, direction: DESC}
    ) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        number state stateReason updatedAt author { __typename login ... on User { databaseId } }
        comments(first: 100) {
          totalCount nodes { fullDatabaseId createdAt updatedAt url author { login } }
        }
      }
    }
  }
  rateLimit { cost remaining limit resetAt nodeCount used }
}
"""
RATE = dict.fromkeys(("cost", "limit", "nodeCount", "remaining", "used"), 1) | {"resetAt": "soon"}
ORDER = {"field": "UPDATED_AT", "direction": "DESC"}
DOCUMENTS = {
    "overview": (documents.PULLS, {"first": 1, "overview": True, **ORDER}),
    "pulls": (documents.PULLS, {"first": 100, "overview": False, **ORDER}),
    "nested": (documents.NESTED, {"number": next(iter(World().pulls))}),
    "items": (ITEMS, {"first": 100}),
}


@pytest.fixture
def world(tmp_path):
    found = World()
    found.write_git(tmp_path)
    return found


@pytest.fixture
def github(world):
    return GitHub(world)


@pytest.fixture
def base(github):
    with serving(github) as address:
        yield address


def test_every_field_of_the_subset_can_be_answered():
    unanswered = [
        f"{name}.{field}"
        for name, kind in SCHEMA.type_map.items()
        if isinstance(kind, GraphQLObjectType) and not name.startswith("__")
        for field in kind.fields
        if field not in SCHEMA.extensions["fields"].get(name, {})
    ]

    assert unanswered == []


def test_issues_are_walked_by_change_with_their_comments(world, base):
    found, after, numbers = None, None, []
    while after or found is None:
        found = graphql(base, ITEMS, first=7, after=after)["data"]["repository"]["issues"]
        numbers += [node["number"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None
        for node in found["nodes"]:
            rows = world.comments_of(node["number"])
            assert (
                node["comments"]["totalCount"] == len(rows) == world.comment_count(node["number"])
            )
            assert {c["fullDatabaseId"] for c in node["comments"]["nodes"]} == {
                str(row["id"]) for row in rows
            }

    changed = sorted(world.issues.values(), key=lambda row: (row["updated_at"], row["id"]))
    assert numbers == [row["number"] for row in changed][::-1]
    assert found["totalCount"] == len(world.issues)


def test_issues_can_be_asked_for_by_their_last_change(world, base):
    since = sorted(row["updated_at"] for row in world.issues.values())[20]

    found = graphql(base, ITEMS, first=100, since=since)["data"]["repository"]["issues"]

    wanted = {row["number"] for row in world.issues.values() if row["updated_at"] >= since}
    assert {node["number"] for node in found["nodes"]} == wanted
    assert found["totalCount"] == len(wanted)


def test_what_is_missing_is_an_error_beside_the_data(world, base):
    number, gone = next(iter(world.issues)), max([*world.issues, *world.pulls]) + 50
    pull = next(iter(world.pulls))
    query = f"""{{ {REPOSITORY} {{
      a: issue(number: {number}) {{ number }}
      b: issue(number: {gone}) {{ number }}
      c: issueOrPullRequest(number: {pull}) {{ __typename ... on PullRequest {{ number }} }}
      d: issueOrPullRequest(number: {gone}) {{ __typename }}
    }} }}"""

    found = graphql(base, query)

    assert found["data"]["repository"] == {
        "a": {"number": number},
        "b": None,
        "c": {"__typename": "PullRequest", "number": pull},
        "d": None,
    }
    assert [(error["type"], error["path"]) for error in found["errors"]] == [
        ("NOT_FOUND", ["repository", "b"]),
        ("NOT_FOUND", ["repository", "d"]),
    ]


def test_nodes_are_found_by_the_ids_that_rest_gives(world, base):
    comment, issue = next(iter(world.comments.values())), next(iter(world.issues.values()))
    ids = [f"IC_{comment['id']}", f"I_{issue['id']}", "I_1", f"R_{world.id}"]
    query = """query Nodes($ids: [ID!]!) { nodes(ids: $ids) {
      id ... on Issue { number } ... on IssueComment { fullDatabaseId }
      ... on Repository { nameWithOwner }
    } }"""

    found = graphql(base, query, ids=ids)

    assert found["data"]["nodes"] == [
        {"id": ids[0], "fullDatabaseId": str(comment["id"])},
        {"id": ids[1], "number": issue["number"]},
        None,
        {"id": ids[3], "nameWithOwner": "guild/hall"},
    ]
    assert [error["path"] for error in found["errors"]] == [["nodes", 2]]


def test_a_missing_repository_is_null(base):
    found = graphql(base, '{ repository(owner: "guild", name: "nothing") { id } }')

    assert found["data"] == {"repository": None}
    assert found["errors"][0]["type"] == "NOT_FOUND"


def test_a_renamed_repository_is_followed_unless_that_is_not_wanted(world, base):
    world.rename("guild/great-hall")
    plain = '{ repository(owner: "guild", name: "hall") { nameWithOwner } }'
    strict = plain.replace('"hall"', '"hall", followRenames: false')

    found = [graphql(base, query)["data"]["repository"] for query in (plain, strict)]

    assert found == [{"nameWithOwner": "guild/great-hall"}, None]


def test_the_history_is_walked_from_the_tip(world, base):
    query = f"""query History($after: String) {{ {REPOSITORY} {{ defaultBranchRef {{
      target {{ ... on Commit {{ history(first: 4, after: $after) {{
        totalCount pageInfo {{ hasNextPage endCursor }}
        nodes {{ oid committedDate additions message author {{ email user {{ login }} }}
          parents(first: 1) {{ totalCount }} }}
      }} }} }} }} }} }}"""
    found, after, oids = None, None, []
    while after or found is None:
        data = graphql(base, query, after=after)["data"]
        found = data["repository"]["defaultBranchRef"]["target"]["history"]
        oids += [node["oid"] for node in found["nodes"]]
        after = found["pageInfo"]["endCursor"] if found["pageInfo"]["hasNextPage"] else None

    assert oids == list(world.commits)[::-1]
    assert found["totalCount"] == len(world.commits)
    assert found["nodes"][-1]["parents"] == {"totalCount": 0}


def test_lines_belong_to_reviews_and_threads(world, base):
    query = f"""{{ {REPOSITORY} {{ pullRequests(first: 100) {{ nodes {{
      reviews(first: 100) {{ nodes {{ comments {{ totalCount }} }} }}
      reviewThreads(first: 100) {{ totalCount nodes {{ comments(first: 5) {{ totalCount }} }} }}
    }} }} discussions {{ totalCount }} isPrivate visibility }} }}"""

    found = graphql(base, query)["data"]["repository"]

    pulls = found["pullRequests"]["nodes"]
    assert sum(one["reviewThreads"]["totalCount"] for one in pulls) == len(world.line_comments)
    assert sum(
        review["comments"]["totalCount"] for one in pulls for review in one["reviews"]["nodes"]
    ) == sum(row["review_id"] is not None for row in world.line_comments.values())
    assert found["discussions"] == {"totalCount": len(world.discussions)}
    assert (found["isPrivate"], found["visibility"]) == (False, "PUBLIC")


def test_a_deleted_account_is_nobody(world, base):
    row = next(row for row in world.issues.values() if row["user"] in world.crowd)
    world.delete_user(row["user"])

    found = graphql(
        base, f"{{ {REPOSITORY} {{ issue(number: {row['number']}) {{ author {{ login }} }} }} }}"
    )

    assert found["data"]["repository"]["issue"] == {"author": None}


@pytest.mark.parametrize(
    ("query", "points"),
    [
        ("issues { totalCount }", 1),
        ("issues(first: 100) { nodes { number } }", 1),
        ("issues(first: 100) { nodes { comments(first: 10) { totalCount } } }", 1),
        ("pullRequests(first: 100) { nodes { labels { totalCount } reviews { totalCount } } }", 2),
        ("issues(first: 100) { nodes { comments(first: 100) { nodes { author { login } } } } }", 1),
    ],
)
def test_a_query_costs_what_github_says(base, query, points):
    found = graphql(base, f"{{ {REPOSITORY} {{ {query} }} rateLimit {{ cost }} }}")

    assert found["data"]["rateLimit"] == {"cost": points}


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("issues { nodes { number } }", "MISSING_PAGINATION_BOUNDARIES"),
        ("issues(first: 101) { nodes { number } }", "EXCESSIVE_PAGINATION"),
    ],
)
def test_a_list_without_a_proper_first_is_refused(base, query, kind):
    found = graphql(base, f"{{ {REPOSITORY} {{ {query} }} }}")

    assert found["errors"][0]["type"] == kind


def test_a_query_that_does_not_fit_the_schema_is_refused(base):
    found = graphql(base, f"{{ {REPOSITORY} {{ secrets }} }}")

    assert "data" not in found
    assert "Cannot query field 'secrets'" in found["errors"][0]["message"]


@pytest.mark.parametrize("name", ["overview", "pulls", "nested", "items"])
def test_compiled_queries_answer_as_graphql_core_does(world, name):
    text, variables = DOCUMENTS[name]
    variables = {"owner": "guild", "name": "hall", **variables}
    door = Door(lambda _: world, [world])

    ours = answer(door, text, variables, lambda cost, nodes: RATE)
    theirs = graphql_sync(
        SCHEMA,
        text,
        (door, door),
        variable_values=variables,
        field_resolver=resolved,
        type_resolver=lambda value, *_: value[1]["type"],
    )

    assert (ours["data"], theirs.errors) == (theirs.data, None)


def resolved(source, info, **given):
    """A field of the table for graphql-core, which is handed the graph along with the row."""
    graph, row = source
    if isinstance(row, Graph):
        graph = row
    get = SCHEMA.extensions["fields"][info.parent_type.name][info.field_name]
    value = get(graph, row, given) if callable(get) else row[get]
    if isinstance(value, list):
        return [(graph, one) for one in value]
    return (graph, value) if isinstance(value, dict | Graph) else value


def test_a_query_is_compiled_once(base):
    graphql(base, ITEMS, first=1)
    before = compiled.cache_info().misses

    graphql(base, ITEMS, first=2)

    assert compiled.cache_info().misses == before
