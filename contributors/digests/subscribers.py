"""What subscriptions to digests follow."""

from community.jobs.topics import subscribe

subscribe("people.erased", "digests.forget")
subscribe("people.merged", "digests.move")
subscribe("people.split", "digests.return")
