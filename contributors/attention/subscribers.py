"""What follows from the ledger here."""

from django.utils import timezone

from community.jobs.topics import subscribe
from contributors.activity.derived import register_rebuild
from contributors.attention.actions import refresh_reviews

subscribe("people.erased", "attention.forget")
register_rebuild("attention", lambda: refresh_reviews(at=timezone.now()))
