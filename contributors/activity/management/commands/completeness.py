"""`manage.py completeness`: what has come of what was expected, and why the rest lacks."""

import json
import sys
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q
from django.utils import timezone

from community.projects.models import Project, Repository
from contributors.activity.models import Completeness
from contributors.activity.standing import Weight, weigh_each, why_short


class Command(BaseCommand):
    help = "Tell what has come of what was expected; exits with 1 where anything lacks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", nargs="*", metavar="SLUG or OWNER/NAME")
        parser.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--to", dest="end", type=date.fromisoformat, metavar="DAY")
        parser.add_argument("--json", action="store_true", help="one JSON object per repository")

    def handle(self, *_: Any, **options: Any) -> None:
        chosen = self.chosen(options["names"])
        start, end = options["start"], options["end"]
        weights = weigh_each([one.pk for one in chosen], timezone.now(), start, end)
        rows = Completeness.objects.lacking().within(start, end).order_by("day")
        for repository in chosen:
            days = list(rows.filter(repository=repository))
            self.tell(repository, weights[repository.pk], days, as_json=options["json"])
        if not all(weight.is_complete for weight in weights.values()):
            sys.exit(1)

    def chosen(self, names: list[str]) -> list[Repository]:
        """The repositories of these names and projects, or all."""
        every = Repository.objects.order_by("name", "pk")
        wanted = Q(pk__in=[])
        for name in names:
            found = Q(name__iexact=name) | Q(project__slug=name)
            is_project = Project.objects.filter(slug=name).exists()
            if not is_project and not every.filter(found).exists():
                raise CommandError(f"Neither a project nor a repository: {name}.")
            wanted |= found
        return list(every.filter(wanted) if names else every)

    def tell(
        self,
        repository: Repository,
        weight: Weight,
        days: Sequence[Completeness],
        *,
        as_json: bool,
    ) -> None:
        """One repository: its share, what is open, its short days."""
        said = [str(why_short(day, weight.reasons)) for day in days]
        if as_json:
            self.stdout.write(json.dumps(_as_json(repository, weight, days, said)))
            return
        share = "not known" if weight.percent is None else f"{weight.percent}%"
        counts = f"{weight.received} of {weight.expected}"
        self.stdout.write(f"{repository.name}: {share} complete, {counts}")
        for line in [*(str(one.said) for one in weight.reasons), *said]:
            self.stdout.write(f"  {line}")


def _as_json(
    repository: Repository, weight: Weight, days: Sequence[Completeness], said: Sequence[str]
) -> dict[str, Any]:
    return {
        "repository": repository.name,
        "share": weight.share,
        "expected": weight.expected,
        "received": weight.received,
        "is_complete": weight.is_complete,
        "reasons": [
            {
                "code": one.code,
                "sentence": str(one.said),
                "next_at": one.next_at.isoformat() if one.next_at else None,
            }
            for one in weight.reasons
        ],
        "days": [
            {
                "day": day.day.isoformat(),
                "expected": day.expected,
                "received": day.received,
                "reason": words,
                "kinds": day.parts,
            }
            for day, words in zip(days, said, strict=True)
        ],
    }
