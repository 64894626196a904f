"""`manage.py criteria SLUG [--at DATE] [--person HANDLE] [--json]`: who meets a rule, and why."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from community.people.models import Person
from contributors.criteria import words
from contributors.criteria.cards import written_verdict
from contributors.criteria.explaining import explain
from contributors.criteria.models import Rule, RuleVersion
from contributors.criteria.queries import gap_behind, reach_of

EARLIEST = date(1970, 1, 1)


class Command(BaseCommand):
    help = "Tell how many people meet a rule, or why one person does or does not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name of the rule")
        parser.add_argument(
            "--at", type=date.fromisoformat, help="the day asked for, today by default"
        )
        parser.add_argument("--person", help="handle of somebody to explain")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        rule = Rule.objects.with_versions().filter(slug=options["slug"]).first()
        if rule is None:
            raise CommandError(f"There is no rule {options['slug']!r}.")
        on = options["at"] or timezone.now().date()
        if on < EARLIEST:
            raise CommandError(f"--at must be {EARLIEST} or later.")
        version = rule.latest
        found = {"rule": rule.slug, "version": version.number, "sha256": version.sha256}
        found |= {"on": str(on)}
        found |= (
            self._one(version, options["person"], on) if options["person"] else _all(version, on)
        )
        self.stdout.write(json.dumps(found) if options["json"] else "\n".join(lines(found)))

    def _one(self, version: RuleVersion, handle: str, on: date) -> dict[str, Any]:
        person = Person.objects.present().called(handle).first()
        if person is None:
            raise CommandError(f"There is nobody called {handle!r}.")
        found = explain(version.document, person, on)
        leaves = {
            leaf.path: words.sentence(leaf.word, leaf.body) for leaf in found.verdict.leaves()
        }
        return {"person": person.handle, "asked": leaves, **written_verdict(found)}


def _all(version: RuleVersion, on: date) -> dict[str, Any]:
    reach = reach_of(version.document, on)
    gap = gap_behind(version.document, on, None, timezone.now())
    lacking = None if gap is None else gap.as_json()
    return {"met": reach.met, "people": reach.people, "lacking": lacking}


def lines(found: dict[str, Any]) -> list[str]:
    """The same for people."""
    head = f"{found['rule']}, version {found['version']}, on {found['on']}"
    if "person" not in found:
        lacking = [found["lacking"]["reason"]] if found["lacking"] else []
        return [head, f"{found['met']} of {found['people']} people meet it.", *lacking]
    verdict = f"{found['person']} {'meets' if found['holds'] else 'does not meet'} it."
    return [head, verdict, *(line for one in found["clauses"] for line in _clause(one, found))]


def _clause(one: dict[str, Any], found: dict[str, Any]) -> list[str]:
    numbers = ", ".join(f"{it['what']} {it['have']}/{it['needed']}" for it in one["measures"])
    left = f", {len(one['left_out'])} left out by caps" if one["left_out"] else ""
    sign = "+" if one["holds"] else "-"
    return [f"{sign} {found['asked'][one['path']]}", f"    {numbers}{left}"]
