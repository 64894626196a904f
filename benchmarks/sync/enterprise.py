"""What perceval asks of GitHub beyond what the local one answers, below /api/v3."""

from tests.github_api.replies import Asked, Reply
from tests.github_api.world import World

PREFIX = "/api/v3"
NOBODY = b'"user": null'
GHOST = b'"user": {"login": "ghost", "id": 10137, "type": "User"}'  # perceval cannot do without
PLAIN = b'"author_association": "NONE"'
WITH_REACTIONS = PLAIN + b', "reactions": {"total_count": 0}'


def reply(world: World, asked: Asked) -> Reply | None:
    """The limits, accounts and commits of pull requests; None for all the rest.

    Takes the prefix off the request, which leads to the local GitHub then.
    """
    if not asked.path.startswith(PREFIX):
        return None
    asked.path = asked.path.removeprefix(PREFIX)
    asked.headers["x-enterprise"] = "1"
    parts = asked.path.strip("/").split("/")
    if parts == ["rate_limit"]:
        return Reply(200, {"resources": {}})
    if parts[0] == "users":
        users = (user for user in world.users.values() if user["login"] == parts[1])
        return Reply(200, [] if parts[-1] == "orgs" else dict(next(users, {"login": parts[1]})))
    if parts[-1] == "commits" and "pulls" in parts:
        return Reply(200, [{"sha": "0" * 40}])
    return None


def complete(asked: Asked, found: Reply) -> None:
    """Addresses below the prefix, and the fields that perceval wants to be there."""
    if "x-enterprise" not in asked.headers:
        return
    for name in ("Link", "Location"):
        if name in found.headers:
            found.headers[name] = found.headers[name].replace("/repo", f"{PREFIX}/repo")
    if found.raw:
        found.raw = found.raw.replace(PLAIN, WITH_REACTIONS).replace(NOBODY, GHOST)
    if isinstance(found.body, dict) and "merged_by" in found.body:
        found.body |= {"base": {}, "commits": 1, "requested_reviewers": []}
