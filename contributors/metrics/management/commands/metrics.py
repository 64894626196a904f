"""`manage.py metrics SCOPE --from --to`: every metric of a scope and period."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.people.models import Person
from community.projects.models import Project, Repository
from contributors.metrics.formats import phrase
from contributors.metrics.models import Scope
from contributors.metrics.periods import Window, chosen_window
from contributors.metrics.queries import COMMUNITY, Measure, Place, compute
from contributors.metrics.registry import METRICS
from contributors.metrics.wholeness import Gap, gap_of


class Command(BaseCommand):
    help = "Print every metric of a scope and period, computed from the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "scope", help="community, project:SLUG, repository:OWNER/NAME or person:HANDLE"
        )
        parser.add_argument(
            "--from",
            dest="start",
            type=date.fromisoformat,
            help="first day, 90 days ago by default",
        )
        parser.add_argument(
            "--to", dest="end", type=date.fromisoformat, help="the day after the last, tomorrow"
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        end = options["end"] or timezone.now().date() + timedelta(days=1)
        start = options["start"] or end - timedelta(days=90)
        if start >= end:
            raise CommandError("--from must be before --to.")
        place, window = place_named(options["scope"]), chosen_window(start, end)
        found, gap = compute(place, window), gap_of(place, window, None, timezone.now())
        if options["json"]:
            self.stdout.write(as_json(options["scope"], window, found, gap))
            return
        for key, one in found.items():
            value = phrase(one.value, METRICS[key].unit) if one.is_tracked else "not tracked"
            self.stdout.write(f"{METRICS[key].name:35} {value:>14}   n = {one.n}")
        for line in lines_of(gap):
            self.stdout.write(line)


def place_named(text: str) -> Place:
    """The scope that the command line names; says what it could not find."""
    kind, _colon, name = text.partition(":")
    if text == "community":
        return COMMUNITY
    if kind == "project" and (project := Project.objects.filter(slug=name).first()):
        return Place(Scope.PROJECT, project.pk, project=project.slug)
    if kind == "repository" and (found := Repository.objects.filter(name=name).first()):
        return Place(Scope.REPOSITORY, found.pk, repository=found.pk)
    people = Person.objects.present()
    if kind == "person" and (person := people.filter(handle__iexact=name).first()):
        return Place(Scope.PERSON, person.pk, handle=person.handle)
    raise CommandError(f"There is no {text!r}.")


def lines_of(gap: Gap | None) -> list[str]:
    """How complete it is where it is not, and everything that is open."""
    if gap is None:
        return []
    percent = gap.weight.percent
    share = "not known" if percent is None else f"{percent}%"
    said = dict.fromkeys([str(gap.said), *(str(one.said) for one in gap.weight.reasons)])
    return [f"{share} complete", *(f"  {line}" for line in said)]


def as_json(scope: str, window: Window, found: dict[str, Measure], gap: Gap | None) -> str:
    metrics = {
        key: {
            "name": METRICS[key].name,
            "is_tracked": one.is_tracked,
            "value": one.value,
            "unit": METRICS[key].unit,
            "n": one.n,
            "missing": one.missing,
            "completeness": gap.share(one.completeness) if gap else one.completeness,
            "before": one.before,
            "version": METRICS[key].version,
            "details": dict(one.details),
        }
        for key, one in found.items()
    }
    return json.dumps(
        {
            "scope": scope,
            "from": str(window.start),
            "to": str(window.end),
            "metrics": metrics,
            "lacking": None if gap is None else gap.as_json(),
        }
    )
