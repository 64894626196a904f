"""What a loaded demo community made, so that exactly this can be taken away again."""

from django.db import models


class Loading(models.Model):
    """The one demo community of this site: from which seed, and the ids of what it made."""

    seed = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    told_at = models.DateTimeField()  # the moment at which the story ends
    made = models.JSONField(default=dict)  # kind of thing -> ids
    only = models.BooleanField(default=True, unique=True, editable=False)

    def __str__(self) -> str:
        return f"demo from seed {self.seed}"

    def ids(self, kind: str) -> list[int]:
        """The ids of what was made of one kind: people, identities, projects, ..."""
        found: list[int] = self.made.get(kind, [])
        return found
