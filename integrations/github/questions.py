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


def changed_since(moments: Sequence[str]) -> str:
    """How many issues changed at each of these moments or later: a0, a1, ..."""
    return _query(
        "ChangedSince",
        (
            f'a{place}: issues(filterBy: {{since: "{moment}"}}) {{ totalCount }}'
            for place, moment in enumerate(moments)
        ),
    )


def ids_of(numbers: Sequence[int]) -> str:
    """What carries each of these numbers, with its comments: n12, n13, ...; or null."""
    asked = (f"n{number}: issueOrPullRequest(number: {number}) {{ ...c }}" for number in numbers)
    parts = "number fullDatabaseId comments { totalCount }"
    fragment = f"... on Issue {{ {parts} }} ... on PullRequest {{ {parts} }}"
    return _query("IdsOf", asked) + f"fragment c on IssueOrPullRequest {{ {fragment} }}\n"


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
