"""Print a one-time link for the administrator."""

from typing import Any

from django.core.management.base import BaseCommand

from community.people.signin import make_admin_link


class Command(BaseCommand):
    help = "Prints a link that signs the administrator in once; makes the first one if need be."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(make_admin_link())
