"""What the lists of quiet people follow."""

from django.utils import timezone

from community.jobs.topics import subscribe
from contributors.activity.derived import register_rebuild
from contributors.retention.actions import refresh_drifts

subscribe("people.erased", "retention.forget")
# After "metrics", from whose figures this is made.
register_rebuild("retention", lambda: refresh_drifts(at=timezone.now()))
