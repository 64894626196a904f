"""What rolls follow."""

from community.jobs.topics import subscribe

subscribe("people.erased", "rolls.forget")
subscribe("rolls.published", "rolls.tell_published")
subscribe("rolls.request_decided", "rolls.tell_decided")
