"""GraphQL that asks about many things at once, each under an alias of its own."""

from collections.abc import Iterable, Sequence

from integrations.github.documents import ACTOR

COMMENT = """
fragment comment on IssueComment {
  fullDatabaseId url createdAt updatedAt author { ...actor }
}
"""

LISTED = """
fragment listed on IssueCommentConnection {
  pageInfo { hasNextPage endCursor }
  nodes { ...comment }
}
"""

TOTALS = """
query Totals($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    issues { totalCount }
    pullRequests { totalCount }
  }
}
"""

PULL_STATES = """
query PullStates($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    open: pullRequests(states: OPEN) { totalCount }
    closed: pullRequests(states: CLOSED) { totalCount }
    merged: pullRequests(states: MERGED) { totalCount }
  }
}
"""

COMMENTS_OF = (
    """
query CommentsOf($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    issueOrPullRequest(number: $number) {
      ... on Issue { comments(first: 100, after: $after) { ...listed } }
      ... on PullRequest { comments(first: 100, after: $after) { ...listed } }
    }
  }
}
"""
    + LISTED
    + COMMENT
    + ACTOR
)


_IDS = "number fullDatabaseId comments { totalCount }"
_ID = f"""fragment c on IssueOrPullRequest {{
  ... on Issue {{ {_IDS} }}
  ... on PullRequest {{ {_IDS} }}
}}
"""


def changed_since(moments: Sequence[str], numbers: Iterable[int] = ()) -> str:
    """How many issues changed at each of these moments or later: a0, a1, ...

    In the same question what carries these numbers, as `ids_of` asks.
    """
    counts = [
        f'a{place}: issues(filterBy: {{since: "{moment}"}}) {{ totalCount }}'
        for place, moment in enumerate(moments)
    ]
    ids = _ids(numbers)
    return _query("ChangedSince", [*counts, *ids]) + (_ID if ids else "")


def ids_of(numbers: Iterable[int]) -> str:
    """What carries each of these numbers, with its comments: n12, n13, ...; or null."""
    return _query("IdsOf", _ids(numbers)) + _ID


def _ids(numbers: Iterable[int]) -> list[str]:
    return [f"n{number}: issueOrPullRequest(number: {number}) {{ ...c }}" for number in numbers]


def comments_of(numbers: Sequence[int]) -> str:
    """The first hundred comments on each of these: n12, n13, ..."""
    parts = "... on Issue { comments(first: 100) { ...listed } } "
    parts += "... on PullRequest { comments(first: 100) { ...listed } }"
    asked = (f"n{number}: issueOrPullRequest(number: {number}) {{ {parts} }}" for number in numbers)
    return _query("Comments", asked) + LISTED + COMMENT + ACTOR


def _query(title: str, lines: Iterable[str]) -> str:
    inner = "\n    ".join(lines)
    return (
        f"query {title}($owner: String!, $name: String!) {{\n"
        f"  repository(owner: $owner, name: $name) {{\n    {inner}\n  }}\n}}\n"
    )
