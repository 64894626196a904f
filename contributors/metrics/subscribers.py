"""What the figures follow."""

from django.utils import timezone

from community.jobs.topics import subscribe
from contributors.activity.derived import register_rebuild
from contributors.metrics.actions import rebuild_figures

subscribe("activity.ingested", "metrics.note_activity")
for topic in (
    "people.merged",
    "people.split",
    "people.affiliation_changed",
    "people.bot_changed",
):
    subscribe(topic, "metrics.note_people")
subscribe("people.leave_changed", "metrics.note_leave")
register_rebuild("metrics", lambda: rebuild_figures(at=timezone.now()))
