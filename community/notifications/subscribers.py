"""What notices follow."""

from community.jobs.topics import subscribe

subscribe("people.erased", "notifications.forget")
subscribe("people.merged", "notifications.move")
subscribe("people.split", "notifications.return")
