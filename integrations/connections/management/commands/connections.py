"""`manage.py connections`: every source, how it stands and what is left."""

from typing import Any

from django.core.management.base import BaseCommand

from integrations.connections.models import Source


class Command(BaseCommand):
    help = "List connected repositories with state, completeness and the requests left."

    def handle(self, *_: Any, **_options: Any) -> None:
        for source in Source.objects.with_standing().order_by("location"):
            share, left = source.completeness, source.budget.get("remaining")
            known = "not known" if share is None else f"{int(share * 10_000) / 100:.2f}%"
            limit = source.budget.get("limit")
            budget = f"{left}/{limit} requests left" if limit else "no budget known"
            self.stdout.write(f"{source.location}: {source.state}, completeness {known}, {budget}")
            if source.problem:
                self.stdout.write(f"  {source.problem}")
