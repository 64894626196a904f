"""`manage.py metrics SCOPE --from --to`: every metric of a scope and period."""

import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.people.models import Organization, Person
from community.projects.models import Project, Repository
from contributors.activity.labels import label_named
from contributors.metrics.computing import compute
from contributors.metrics.formats import phrase
from contributors.metrics.models import Scope
from contributors.metrics.periods import Window, chosen_window, day_or_none, named_window
from contributors.metrics.queries import COMMUNITY, Measure, Place, extent_of
from contributors.metrics.registry import METRICS
from contributors.metrics.stepping import Figures, stepped
from contributors.metrics.steps import STEPS, Step
from contributors.metrics.wholeness import Gap, gap_of


class Command(BaseCommand):
    help = "Print every metric of a scope and period, computed from the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "scope",
            help="community, project:SLUG, repository:OWNER/NAME, organization:SLUG, label:NAME,"
            " person:HANDLE",
        )
        parser.add_argument(
            "--period",
            help="2026-W12, 2026-03, 2026-Q1 or 2026; week, month, quarter or year: the last over",
        )
        days = "a day, or the first of a week, month, quarter or year"
        parser.add_argument(
            "--from", dest="start", type=day_of, help=f"{days}; 90 days ago by default"
        )
        parser.add_argument("--to", dest="end", type=day_of, help=f"{days}, not included; tomorrow")
        parser.add_argument("--by", choices=list(STEPS), help="each week, month, ... of the period")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        place = place_named(options["scope"])
        window = window_named(place, options)
        gap = gap_of(place, window, None, timezone.now())
        if options["by"]:
            found = steps_of(place, window, STEPS[options["by"]])
            write = steps_as_json if options["json"] else steps_as_lines
            self.stdout.write(write(options["scope"], window, STEPS[options["by"]], found, gap))
            return
        measured = compute(place, window)
        if options["json"]:
            self.stdout.write(as_json(options["scope"], window, measured, gap))
            return
        for line in [*map(line_of, measured.items()), *lines_of(gap)]:
            self.stdout.write(line)


def day_of(text: str) -> date:
    """A day that an option names; ValueError where it names none."""
    day = day_or_none(text)
    if day is None:
        raise ValueError(text)
    return day


def window_named(place: Place, options: dict[str, Any]) -> Window:
    """The period that the options name."""
    if options["period"]:
        extent = extent_of(place)
        window = named_window(options["period"], extent) if extent else None
        if window is None:
            raise CommandError(f"Nothing is known of a period {options['period']!r}.")
        return window
    end = options["end"] or timezone.now().date() + timedelta(days=1)
    start = options["start"] or end - timedelta(days=90)
    if start >= end:
        raise CommandError("--from must be before --to.")
    return chosen_window(start, end)


def line_of(pair: tuple[str, Measure]) -> str:
    """Name, value, that of the period before and of a year ago, and the rows behind it."""
    key, one = pair
    unit = METRICS[key].unit
    value = phrase(one.value, unit) if one.is_tracked else "not tracked"
    told = [("before", one.before), ("a year ago", one.year_ago)]
    more = [f"{words} {phrase(then, unit)}" for words, then in told if then is not None]
    return f"{METRICS[key].name:35} {value:>14}   {', '.join([f'n = {one.n}', *more])}"


def steps_of(place: Place, window: Window, step: Step) -> Figures:
    """Every metric of each step that the period touches."""
    extent, starts = extent_of(place), step.between(window.start, window.end)
    if len(starts) > step.most:
        raise CommandError(f"At most {step.most} of them at once.")
    return stepped([place], METRICS.values(), step, starts, extent)[place]


def steps_as_lines(scope: str, window: Window, step: Step, found: Figures, gap: Gap | None) -> str:
    lines = [f"{scope}, {window.start} to {window.end}"]
    for key, rows in found.items():
        metric = METRICS[key]
        for start, one in rows.items():
            value = phrase(one.value, metric.unit)
            lines.append(f"{metric.name:35} {step.code(start):>9} {value:>14}   n = {one.n}")
    return "\n".join([*lines, *lines_of(gap)])


def steps_as_json(scope: str, window: Window, step: Step, found: Figures, gap: Gap | None) -> str:
    metrics = {
        key: {
            "name": METRICS[key].name,
            "unit": METRICS[key].unit,
            "version": METRICS[key].version,
            "rows": [
                {
                    "period": step.code(start),
                    "start": str(start),
                    "end": str(step.shifted(start, 1)),
                    "value": one.value,
                    "n": one.n,
                    "missing": one.missing,
                    "completeness": gap.share(one.completeness) if gap else one.completeness,
                }
                for start, one in rows.items()
            ],
        }
        for key, rows in found.items()
    }
    told = {"scope": scope, "from": str(window.start), "to": str(window.end), "by": step.key}
    lacking = None if gap is None else gap.as_json()
    return json.dumps({**told, "metrics": metrics, "lacking": lacking})


def place_named(text: str) -> Place:
    """The scope that the command line names; says what it could not find."""
    kind, _colon, name = text.partition(":")
    if text == "community":
        return COMMUNITY
    if kind == "project" and (project := Project.objects.filter(slug=name).first()):
        return Place(Scope.PROJECT, project.pk, project=project.slug)
    if kind == "repository" and (found := Repository.objects.filter(name=name).first()):
        return Place(Scope.REPOSITORY, found.pk, repository=found.pk)
    if kind == "organization" and (one := Organization.objects.filter(slug=name).first()):
        return Place(Scope.ORGANIZATION, one.pk, name=one.name)
    if kind == "label" and (label := label_named(name, None)):
        return Place(Scope.LABEL, name=label.name, label=label.name)
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
            "year_ago": one.year_ago,
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
            "period": window.code,
            "before": dict(zip(("from", "to"), map(str, window.before), strict=True)),
            "year_ago": dict(zip(("from", "to"), map(str, window.year_ago), strict=True)),
            "metrics": metrics,
            "lacking": None if gap is None else gap.as_json(),
        }
    )
