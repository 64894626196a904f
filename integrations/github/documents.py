"""The GraphQL queries: documented fields only, checked against GitHub's published schema."""

from collections.abc import Sequence

ACTOR = """
fragment actor on Actor {
  __typename login avatarUrl(size: 80)
  ... on User { databaseId }
  ... on Bot { databaseId }
  ... on Mannequin { databaseId }
  ... on Organization { databaseId }
}
"""

REVIEW = """
fragment review on PullRequestReview {
  fullDatabaseId url state submittedAt updatedAt author { ...actor }
}
"""

PULLS = (
    """
query Pulls(
  $owner: String!, $name: String!, $first: Int!, $after: String,
  $field: IssueOrderField!, $direction: OrderDirection!, $overview: Boolean!
) {
  repository(owner: $owner, name: $name) {
    issues @include(if: $overview) { totalCount }
    latest: pullRequests(
      first: 1, orderBy: {field: UPDATED_AT, direction: DESC}
    ) @include(if: $overview) {
      nodes { updatedAt }
    }
    labels(first: 100) @include(if: $overview) { nodes { name color description } }
    milestones(
      first: 100, orderBy: {field: DUE_DATE, direction: ASC}
    ) @include(if: $overview) {
      nodes { number title description state dueOn closedAt url progressPercentage }
    }
    pullRequests(
      first: $first, after: $after, orderBy: {field: $field, direction: $direction}
    ) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        fullDatabaseId number title url state isDraft
        createdAt updatedAt closedAt mergedAt
        author { ...actor }
        mergedBy { ...actor }
        milestone { title }
        comments { totalCount }
        labels(first: 20) { totalCount nodes { name } }
        reviews(first: 20) { totalCount nodes { ...review } }
      }
    }
  }
}
"""
    + ACTOR
    + REVIEW
)

NESTED = (
    """
query Nested($owner: String!, $name: String!, $number: Int!, $after: String) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      labels(first: 100) { totalCount nodes { name } }
      reviews(first: 100, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { ...review }
      }
    }
  }
}
"""
    + ACTOR
    + REVIEW
)

COMMITS = """
fragment commits on Commit {
  oid
  history(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      oid message additions deletions
      author { name email date user { databaseId login name avatarUrl(size: 80) } }
      committer { name email date }
      parents(first: 20) { totalCount nodes { oid } }
    }
  }
}
"""
HEAD = (
    """
query Head($owner: String!, $name: String!, $first: Int!, $after: String) {
  repository(owner: $owner, name: $name) { defaultBranchRef { target { ...commits } } }
}
"""
    + COMMITS
)
HISTORY = (
    """
query History(
  $owner: String!, $name: String!, $oid: GitObjectID!, $first: Int!, $after: String
) {
  repository(owner: $owner, name: $name) { object(oid: $oid) { ...commits } }
}
"""
    + COMMITS
)

AUTHOR = "... on Commit { author { user { databaseId login name avatarUrl(size: 80) } } }"


def authors(oids: Sequence[str]) -> str:
    """Who GitHub says wrote these commits, under the aliases c0, c1, ..."""
    lines = [f'c{place}: object(oid: "{oid}") {{ {AUTHOR} }}' for place, oid in enumerate(oids)]
    return (
        "query Authors($owner: String!, $name: String!) {\n"
        "  repository(owner: $owner, name: $name) {\n    " + "\n    ".join(lines) + "\n  }\n}"
    )
