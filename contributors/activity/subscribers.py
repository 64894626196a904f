"""What the ledger follows."""

from community.jobs.topics import subscribe

for topic in ("people.merged", "people.split", "people.bot_changed"):
    subscribe(topic, "activity.note_people")
subscribe("projects.maintainers_changed", "activity.note_maintainers")
