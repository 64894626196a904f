"""A week in the invented repository: what an incremental reading has to find."""

from dataclasses import dataclass

from tests.github_api.world import World

# At scale 1: 481 rows that are new or changed.
ISSUES, PULLS, COMMENTS, EDITS, REVIEWS, LINE_COMMENTS, CLOSED, COMMITS = (
    30, 40, 170, 10, 90, 75, 25, 41,
)  # fmt: skip
KINDS = (ISSUES, PULLS, COMMENTS, EDITS, REVIEWS, LINE_COMMENTS, CLOSED, COMMITS)


@dataclass(frozen=True)
class Gone:
    """What no list tells: numbers and ids that were there, and what moved."""

    comment: int
    deleted: int
    transferred: int
    name: str


def live_a_week(world: World, elsewhere: World, scale: float) -> Gone:
    """Change the world, its git repository and its name."""
    issues, pulls, comments, edits, reviews, lines, closed, commits = (
        max(1, int(kind * scale)) for kind in KINDS
    )
    quiet = [number for number in list(world.issues)[:200] if world.comment_count(number) > 1]
    opened = [world.add_item("issue") for _ in range(issues)]
    fresh = [world.add_item("pull") for _ in range(pulls)]
    talked = [*opened, *list(world.issues)[-issues - 20 : -issues], *fresh]
    for _ in range(comments):
        world.comment(world.random.choice(talked))
    for _ in range(reviews):
        world.review(world.random.choice(fresh))
    for _ in range(lines):
        world.line_comment(world.random.choice(fresh))
    for key in world.random.sample(list(world.comments)[-comments * 2 :], edits):
        world.edit_comment(key)
    for number in world.random.sample([*opened, *fresh], min(closed, issues + pulls)):
        world.close(number, merged=number in world.pulls)
    world.push(commits)
    return take_away(world, elsewhere, quiet)


def take_away(world: World, elsewhere: World, quiet: list[int]) -> Gone:
    """A comment and an issue deleted, an issue transferred, the repository renamed."""
    comment = next(row["id"] for row in world.comments.values() if row["number"] == quiet[0])
    world.delete_comment(comment)
    world.delete_issue(quiet[1])
    world.transfer_issue(quiet[2], elsewhere)
    old, new = world.full_name, "guild/great-hall"
    world.rename(new)
    assert world.folder
    # GitHub leads git to the new name as well.
    (world.folder / f"{old}.git").symlink_to((world.folder / f"{new}.git").resolve())
    return Gone(comment, quiet[1], quiet[2], new)


def changed_rows(scale: float) -> int:
    """How many rows are new or changed after such a week."""
    return sum(max(1, int(kind * scale)) for kind in KINDS)
